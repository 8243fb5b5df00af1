// Hot path: two ids for each segment, one for each subsegment.
import { randomFillSync } from 'node:crypto';

/** Random bytes are fetched and printed this many at a time. An id that lives long keeps one such text (8 kB) alive. */
const POOL_BYTES = 4_096;

const pool = Buffer.allocUnsafeSlow(POOL_BYTES);
let digitsLeft = '';
let at = 0;
let secondOfEpoch = 0;
let epochHex = '';

/** Lower-case hex digits from a secure source: ids leak in response headers. */
export function randomHex(digits: number): string {
  if (at + digits > digitsLeft.length) {
    digitsLeft = randomFillSync(pool).toString('hex');
    at = 0;
  }
  at += digits;
  return digitsLeft.slice(at - digits, at);
}

export function newEntityId(): string {
  return randomHex(16);
}

/** The 8 digits of a trace id that tell when the trace began. Rounded down: an id never lies ahead of its segment. */
export function epochDigits(second: number = Math.floor(Date.now() / 1000)): string {
  if (second !== secondOfEpoch) {
    secondOfEpoch = second;
    epochHex = second.toString(16).padStart(8, '0');
  }
  return epochHex;
}

/** @param second since the epoch in which the trace began */
export function newTraceIdText(second?: number): string {
  return `1-${epochDigits(second)}-${randomHex(24)}`;
}
