import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeFrame,
  decodeHeader,
  encodeFrame,
  encodeHeader,
  findFrame,
  findSalt,
  FRAME_HEADER_BYTES,
  HEADER_BYTES,
} from './frame.ts';
import { RECORD_BYTES_MAX } from './limits.ts';

const SALT = 0xc0ff_ee01;
const SEED = 41;

test('what is encoded is decoded, whatever the bytes, sequence and salt', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.maxSafeNat(),
      fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      (record, sequence, salt) => {
        const bytes = Buffer.alloc(FRAME_HEADER_BYTES + record.length + 3);
        const end = encodeFrame(bytes, 3, salt, sequence, record);
        expect(end).toBe(bytes.length);
        expect(decodeFrame(bytes, 3, end, salt)).toEqual({ ok: true, value: { sequence, bytes: Buffer.from(record) } });
      },
    ),
    { seed: SEED },
  );
});

test('every flipped bit of a frame is noticed', () => {
  const bytes = frame('record');
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(decodeFrame(flipped, 0, flipped.length, SALT).ok, `bit ${bit}`).toBe(false);
  }
});

test.each([
  ['nothing', 0, FRAME_HEADER_BYTES],
  ['half a frame header', 10, FRAME_HEADER_BYTES],
  ['half a record', 23, FRAME_HEADER_BYTES + 6],
])('%s: says how much it takes', (_name, end, needBytes) => {
  expect(decodeFrame(frame('record'), 0, end, SALT)).toEqual({ ok: false, problem: { code: 'partial', needBytes } });
});

test('a length beyond the limit is damage, not a reason to wait for more', () => {
  const bytes = frame('record');
  bytes.writeUInt32LE(RECORD_BYTES_MAX + 1, 8);
  expect(decodeFrame(bytes, 0, bytes.length, SALT)).toMatchObject({ problem: { code: 'damaged' } });
});

test('the next frame is found behind garbage, and nothing is found without the salt', () => {
  const bytes = Buffer.concat([Buffer.from('garbage'), frame('record')]);
  expect(findFrame(bytes, 1, bytes.length, SALT)).toBe(7);
  expect(findFrame(bytes, 1, bytes.length, SALT + 1)).toBe(bytes.length - 7);
  expect(findFrame(bytes, 8, 12, SALT)).toBe(8);
});

test.each([
  [1, SALT],
  [5, SALT],
  [6, null],
])('without a header, in a file that begins with %d, the salt is %s', (firstSequence, salt) => {
  const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES), frame('record')]);
  expect(findSalt(bytes, bytes.length, firstSequence)).toBe(salt);
});

test('a header is read back; damaged, it is no header; of another version, it says so', () => {
  const bytes = header();
  expect(decodeHeader(bytes)).toEqual({ ok: true, value: { salt: SALT, firstSequence: 2 ** 40, previousSequence: 7 } });
  for (let at = 0; at < HEADER_BYTES; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    expect(decodeHeader(damaged)).toEqual({ ok: false, problem: { code: 'damaged' } });
  }
});

// A change here is a change of the format: a new version, and a line in docs/formats/journal.md.
test('the bytes of version 1 stay as they are', () => {
  const bytes = Buffer.concat([header(), frame('record'), frame('')]);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(
    '87b42cbac1234a47cfc1d356b2c6e0cd0f88534002370f022abd1e9665d7b923',
  );
});

function header(): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  encodeHeader(bytes, { salt: SALT, firstSequence: 2 ** 40, previousSequence: 7 });
  return bytes;
}

function frame(text: string): Buffer {
  const record = Buffer.from(text);
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + record.length);
  encodeFrame(bytes, 0, SALT, 5, record);
  return bytes;
}
