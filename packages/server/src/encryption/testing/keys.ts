import { makeKey, type Key } from '../key-ring.ts';

const KEY_BYTES = 32;

/** Tests only: 32 bytes of this value in base64. */
export function keyText(value: number): string {
  return Buffer.alloc(KEY_BYTES, value).toString('base64');
}

/** Tests only. */
export function keyOf(id: string, value = 1): Key {
  return makeKey(id, Buffer.alloc(KEY_BYTES, value));
}
