import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { bad, ok, type Result } from '@fluoroscope/model';
import { KEY_ID_CHARS_MAX, KEYS_MAX } from './limits.ts';

/** What a ciphertext says of its key. Another key under the same id has another fingerprint. */
export interface KeyName {
  readonly id: string;
  /** 8 hex digits, derived from the key; says nothing of it. */
  readonly fingerprint: string;
}

export interface Key extends KeyName {
  readonly secret: KeyObject;
}

/** In the order of the file; ids differ. */
export type KeyRing = readonly [Key, ...Key[]];

export interface KeyRingProblem {
  readonly code: 'no-keys' | 'too-many' | 'bad-line' | 'bad-id' | 'reserved-id' | 'bad-key' | 'repeated-id';
  /** Counted from 1; 0 for the file as a whole. */
  readonly line: number;
}

/** In place of an id: the last key of the file, whichever that is. */
export const LATEST_KEY_ALIAS = 'latest';

const KEY_BYTES = 32;
const FINGERPRINT_BYTES = 4;
const ID = new RegExp(`^[A-Za-z0-9_.-]{1,${KEY_ID_CHARS_MAX}}$`);
/** Of exactly `KEY_BYTES`. */
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/**
 *   file = *( line LF )
 *   line = "" / "#" anything / id 1*SP key
 *   id   = 1*64 ( letter / digit / "_" / "." / "-" )     not "latest"
 *   key  = base64 of 32 bytes
 */
export function parseKeyRing(text: string): Result<KeyRing, KeyRingProblem> {
  const keys = new Map<string, Key>();
  for (const [at, whole] of text.split('\n').entries()) {
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) continue;
    const problem = (code: KeyRingProblem['code']) => bad({ code, line: at + 1 });
    const [id = '', secret = '', ...more] = line.split(/[ \t]+/);
    if (secret === '' || more.length > 0) return problem('bad-line');
    if (!ID.test(id)) return problem('bad-id');
    if (id === LATEST_KEY_ALIAS) return problem('reserved-id');
    if (!BASE64.test(secret)) return problem('bad-key');
    if (keys.has(id)) return problem('repeated-id');
    if (keys.size === KEYS_MAX) return problem('too-many');
    keys.set(id, makeKey(id, Buffer.from(secret, 'base64')));
  }
  const [first, ...rest] = keys.values();
  return first === undefined ? bad({ code: 'no-keys', line: 0 }) : ok([first, ...rest]);
}

export function makeKey(id: string, bytes: Uint8Array): Key {
  if (bytes.byteLength !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes, not ${bytes.byteLength}`);
  const secret = createSecretKey(bytes);
  const fingerprint = hkdfSync('sha256', secret, '', 'fluoroscope fingerprint 1', FINGERPRINT_BYTES);
  return { id, secret, fingerprint: Buffer.from(fingerprint).toString('hex') };
}

/**
 * The key that a KeyId names; undefined when the ring has none such.
 *
 *   KeyId = [ prefix "/" ] ( id / "latest" )     prefix: "alias", or that of an ARN
 */
export function findKey(ring: KeyRing, keyId: string): Key | undefined {
  const id = keyId.slice(keyId.lastIndexOf('/') + 1);
  return id === LATEST_KEY_ALIAS ? ring.at(-1) : ring.find((key) => key.id === id);
}

export function printKeyName({ id, fingerprint }: KeyName): string {
  return `"${id}" (fingerprint ${fingerprint})`;
}

export function isSameKey(a: KeyName, b: KeyName): boolean {
  return a.id === b.id && a.fingerprint === b.fingerprint;
}
