import { bad, ok, type Result } from '@fluoroscope/model';
import type { KeyName } from './key-ring.ts';

/**
 * A message encrypted at rest (ADR-014), all in one piece.
 *
 *   sealed     = header ciphertext tag
 *   header     = version packing idLength id fingerprint salt nonce
 *   version    u8      0xE1: AES-256-GCM under HKDF-SHA256(key, salt, "fluoroscope sealed 1")
 *   packing    u8      0: the message as it is; 1: raw deflate with dictionary 1 (packing.ts)
 *   idLength   u8      1 to 64
 *   id         ASCII   of the key in the ring
 *   fingerprint 4      of that key
 *   salt       16      random; of the derived key, which seals up to 2^20 messages
 *   nonce      12      random
 *   tag        16      over the ciphertext, the header and the context
 *
 * The context says what the message belongs to and is not written: it is authenticated behind the header. Versions: 0xE1, the
 * first. A record of the journal that is not sealed begins with 1, a document with "{".
 */
export interface Header extends KeyName {
  readonly packing: Packing;
  readonly salt: Buffer;
  readonly nonce: Buffer;
  /** Where the ciphertext begins. */
  readonly bytes: number;
}

export type Packing = 0 | 1;

export const SEALED_VERSION = 0xe1;
export const SALT_BYTES = 16;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
const FINGERPRINT_BYTES = 4;
const ID_AT = 3;

export function headerBytes(id: string): number {
  return ID_AT + id.length + FINGERPRINT_BYTES + SALT_BYTES + NONCE_BYTES;
}

/** All of the header but the nonce, which is the last of it. */
export function encodeHeaderStart({ id, fingerprint }: KeyName, packing: Packing, salt: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from([SEALED_VERSION, packing, id.length]),
    Buffer.from(id, 'latin1'),
    Buffer.from(fingerprint, 'hex'),
    salt,
  ]);
}

export function isSealed(bytes: Uint8Array): boolean {
  return bytes[0] === SEALED_VERSION;
}

/** Views of `sealed`, not copies. */
export function decodeHeader(sealed: Buffer): Result<Header, 'malformed'> {
  const idLength = sealed[2] ?? 0;
  const packing = sealed[1];
  const bytes = ID_AT + idLength + FINGERPRINT_BYTES + SALT_BYTES + NONCE_BYTES;
  const isOurs = isSealed(sealed) && idLength > 0 && (packing === 0 || packing === 1);
  if (!isOurs || sealed.byteLength < bytes + TAG_BYTES) return bad('malformed');
  const fingerprintAt = ID_AT + idLength;
  const saltAt = fingerprintAt + FINGERPRINT_BYTES;
  return ok({
    packing,
    id: sealed.toString('latin1', ID_AT, fingerprintAt),
    fingerprint: sealed.toString('hex', fingerprintAt, saltAt),
    salt: sealed.subarray(saltAt, saltAt + SALT_BYTES),
    nonce: sealed.subarray(saltAt + SALT_BYTES, bytes),
    bytes,
  });
}
