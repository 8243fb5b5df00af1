import { crc32 } from 'node:zlib';
import { bad, ok, type Result } from '@fluoroscope/model/result';
import type { JournalRecord } from './journal.ts';
import { RECORD_BYTES_MAX } from './limits.ts';

// Hot path: every record is framed once and checked once. A frame is contiguous, so one CRC call covers it.

/**
 * file   = header *frame                       ; all numbers little-endian
 *
 * header   0        8      12     16       24           32    36
 *          ┌────────┬──────┬──────┬────────┬────────────┬─────┐
 *          │ magic  │ ver- │ salt │ first  │ previous   │ CRC │   CRC of the 32 bytes before it
 *          │FLUOJRNL│ sion │      │sequence│ sequence   │     │
 *          └────────┴──────┴──────┴────────┴────────────┴─────┘
 *
 * frame    0     4      8        12         20
 *          ┌─────┬──────┬────────┬──────────┬───────────┐
 *          │ CRC │ salt │ length │ sequence │ record …  │         CRC of all that follows it
 *          └─────┴──────┴────────┴──────────┴───────────┘
 *
 * previous: the last acknowledged sequence before this file. salt: random for each file, never 0. The header keeps
 * its layout in every version.
 */
export const HEADER_BYTES = 36;
export const FRAME_HEADER_BYTES = 20;

const MAGIC = Buffer.from('FLUOJRNL', 'latin1');
const VERSION = 1;
const TWO_POW_32 = 2 ** 32;

export interface Header {
  readonly salt: number;
  readonly firstSequence: number;
  readonly previousSequence: number;
}

export type HeaderProblem =
  | { readonly code: 'damaged' }
  | { readonly code: 'unknown-version'; readonly version: number };

/** `partial`: it would need so many bytes. That too may be damage, of the length. */
export type FrameProblem = { readonly code: 'damaged' } | { readonly code: 'partial'; readonly needBytes: number };

const DAMAGED: Result<never, { readonly code: 'damaged' }> = bad({ code: 'damaged' });

/** What records take in a file. */
export function framedBytes(records: readonly Uint8Array[]): number {
  let bytes = records.length * FRAME_HEADER_BYTES;
  for (const record of records) bytes += record.byteLength;
  return bytes;
}

/** Writes a header at the start of `target`. */
export function encodeHeader(target: Buffer, { salt, firstSequence, previousSequence }: Header): void {
  target.set(MAGIC, 0);
  target.writeUInt32LE(VERSION, 8);
  target.writeUInt32LE(salt, 12);
  writeSequence(target, firstSequence, 16);
  writeSequence(target, previousSequence, 24);
  target.writeUInt32LE(crc32(target.subarray(0, 32)), 32);
}

/** Reads the header at the start of at least `HEADER_BYTES` bytes. */
export function decodeHeader(bytes: Buffer): Result<Header, HeaderProblem> {
  if (crc32(bytes.subarray(0, 32)) !== bytes.readUInt32LE(32) || !MAGIC.equals(bytes.subarray(0, 8))) return DAMAGED;
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) return bad({ code: 'unknown-version', version });
  return ok({
    salt: bytes.readUInt32LE(12),
    firstSequence: readSequence(bytes, 16),
    previousSequence: readSequence(bytes, 24),
  });
}

/** Writes a frame into `target`, which has room for it, and returns where the next one goes. */
export function encodeFrame(target: Buffer, at: number, salt: number, sequence: number, record: Uint8Array): number {
  const end = at + FRAME_HEADER_BYTES + record.byteLength;
  target.writeUInt32LE(salt, at + 4);
  target.writeUInt32LE(record.byteLength, at + 8);
  writeSequence(target, sequence, at + 12);
  target.set(record, at + FRAME_HEADER_BYTES);
  target.writeUInt32LE(crc32(target.subarray(at + 4, end)), at);
  return end;
}

/** Reads the frame at `at` of bytes that are known up to `end`. The record is a view, not a copy. */
export function decodeFrame(bytes: Buffer, at: number, end: number, salt: number): Result<JournalRecord, FrameProblem> {
  const recordAt = at + FRAME_HEADER_BYTES;
  if (recordAt > end) return bad({ code: 'partial', needBytes: FRAME_HEADER_BYTES });
  const lengthBytes = bytes.readUInt32LE(at + 8);
  if (bytes.readUInt32LE(at + 4) !== salt || lengthBytes > RECORD_BYTES_MAX) return DAMAGED;
  const frameEnd = recordAt + lengthBytes;
  if (frameEnd > end) return bad({ code: 'partial', needBytes: frameEnd - at });
  if (crc32(bytes.subarray(at + 4, frameEnd)) !== bytes.readUInt32LE(at)) return DAMAGED;
  return ok({ sequence: readSequence(bytes, at + 12), bytes: bytes.subarray(recordAt, frameEnd) });
}

/**
 * Where the next frame may begin, from `from` on, or `end` − 7 (at least `from`) when a marker could still be cut
 * there. Records are strangers' bytes and could imitate a frame; they cannot know the salt.
 */
export function findFrame(bytes: Buffer, from: number, end: number, salt: number): number {
  const marker = Buffer.allocUnsafe(4);
  marker.writeUInt32LE(salt);
  const found = bytes.subarray(0, end).indexOf(marker, from + 4);
  return found === -1 ? Math.max(from, end - 7) : found - 4;
}

/**
 * The salt of a file whose header is damaged, from the first frame that agrees with itself and whose sequence can
 * be in a file that begins with `firstSequence`; null when there is none.
 */
export function findSalt(bytes: Buffer, end: number, firstSequence: number): number | null {
  for (let at = 0; at + FRAME_HEADER_BYTES <= end; at++) {
    const ahead = readSequence(bytes, at + 12) - firstSequence;
    if (ahead < 0 || ahead > end) continue;
    const salt = bytes.readUInt32LE(at + 4);
    if (salt !== 0 && decodeFrame(bytes, at, end, salt).ok) return salt;
  }
  return null;
}

function writeSequence(target: Buffer, sequence: number, at: number): void {
  target.writeUInt32LE(sequence % TWO_POW_32, at);
  target.writeUInt32LE(Math.floor(sequence / TWO_POW_32), at + 4);
}

function readSequence(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * TWO_POW_32 + bytes.readUInt32LE(at);
}
