import { createDecipheriv, type KeyObject } from 'node:crypto';
import { bad, ok, type Result } from '@fluoroscope/model';
import { isSameKey, type Key, type KeyName } from './key-ring.ts';
import { DERIVED_KEYS_HELD_MAX } from './limits.ts';
import { decodeHeader, TAG_BYTES, type Header, type Packing } from './sealed.ts';
import { ALGORITHM, associated, deriveKey } from './sealer.ts';

export type SealedProblem =
  | { readonly code: 'missing-key'; readonly key: KeyName }
  /** Cut, changed, or moved here from elsewhere. */
  | { readonly code: 'altered' };

export interface Opened {
  readonly message: Buffer;
  readonly packing: Packing;
}

export interface Opener {
  open(sealed: Buffer, context: string): Result<Opened, SealedProblem>;
}

const ALTERED: Result<never, SealedProblem> = bad({ code: 'altered' });

export function createOpener(keys: readonly Key[]): Opener {
  /** By header up to the nonce; in the order of their first use. */
  const derived = new Map<string, KeyObject>();

  function keyOf(header: Header): KeyObject | undefined {
    const name = `${header.id} ${header.fingerprint} ${header.salt.toString('latin1')}`;
    const held = derived.get(name);
    if (held !== undefined) return held;
    const key = keys.find((candidate) => isSameKey(candidate, header));
    if (key === undefined) return undefined;
    const made = deriveKey(key, header.salt);
    const [oldest] = derived.keys();
    if (derived.size >= DERIVED_KEYS_HELD_MAX && oldest !== undefined) derived.delete(oldest);
    derived.set(name, made);
    return made;
  }

  return {
    open(sealed, context) {
      const header = decodeHeader(sealed);
      if (!header.ok) return ALTERED;
      const { id, fingerprint, nonce, packing, bytes } = header.value;
      const secret = keyOf(header.value);
      if (secret === undefined) return bad({ code: 'missing-key', key: { id, fingerprint } });
      const tagAt = sealed.byteLength - TAG_BYTES;
      const decipher = createDecipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associated(sealed.subarray(0, bytes), context));
      decipher.setAuthTag(sealed.subarray(tagAt));
      const message = decipher.update(sealed.subarray(bytes, tagAt));
      try {
        decipher.final();
      } catch {
        return ALTERED;
      }
      return ok({ message, packing });
    },
  };
}
