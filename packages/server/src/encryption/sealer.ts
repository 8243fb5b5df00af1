import { createCipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Key } from './key-ring.ts';
import { MESSAGES_PER_DERIVED_KEY_MAX } from './limits.ts';
import { createRandomPool } from './random-pool.ts';
import { encodeHeaderStart, headerBytes, NONCE_BYTES, SALT_BYTES, TAG_BYTES, type Packing } from './sealed.ts';

export const ALGORITHM = 'aes-256-gcm';

export interface Sealer {
  readonly key: Key;
  /** What a sealed message has more than the message. */
  readonly overheadBytes: number;
  /** Bound to `context`: opened under another one it is refused. */
  seal(message: Uint8Array, context: string, packing: Packing): Buffer;
}

export interface SealerOptions {
  readonly messagesPerDerivedKeyMax?: number;
}

// Hot path: one message, one cipher; keys are derived once in a million messages. encryption.bench.ts
export function createSealer(key: Key, options: SealerOptions = {}): Sealer {
  const { messagesPerDerivedKeyMax = MESSAGES_PER_DERIVED_KEY_MAX } = options;
  const random = createRandomPool();
  const nonceAt = headerBytes(key.id) - NONCE_BYTES;
  const overheadBytes = headerBytes(key.id) + TAG_BYTES;
  let derived: KeyObject | null = null;
  let salt: Uint8Array = new Uint8Array(SALT_BYTES);
  let leftCount = 0;

  function nextKey(): KeyObject {
    if (derived === null || leftCount === 0) {
      salt = Uint8Array.from(random(SALT_BYTES));
      derived = deriveKey(key, salt);
      leftCount = messagesPerDerivedKeyMax;
    }
    leftCount -= 1;
    return derived;
  }

  return {
    key,
    overheadBytes,
    seal(message, context, packing) {
      const secret = nextKey();
      const nonce = random(NONCE_BYTES);
      const header = Buffer.concat([encodeHeaderStart(key, packing, salt), nonce], nonceAt + NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, secret, nonce);
      cipher.setAAD(associated(header, context));
      const ciphertext = cipher.update(message);
      cipher.final();
      return Buffer.concat([header, ciphertext, cipher.getAuthTag()], overheadBytes + message.byteLength);
    },
  };
}

export function deriveKey({ secret }: Pick<Key, 'secret'>, salt: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, salt, 'fluoroscope sealed 1', 32)));
}

/** The header says how long it is, so that no other header and context are these bytes. */
export function associated(header: Uint8Array, context: string): Buffer {
  return Buffer.concat([header, Buffer.from(context, 'utf8')]);
}
