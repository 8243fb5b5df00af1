import { isSameKey, type KeyName } from '../encryption/key-ring.ts';
import { USED_KEYS_MAX } from '../encryption/limits.ts';
import type { ControlPlane } from './control-plane.ts';
import type { KeptEncryption, KeptUsedKey } from './control-state.ts';

/** Which key encrypts, and which ones have. What they do is `../encryption`'s. */
export interface EncryptionChoice {
  current(): KeptEncryption;
  /** Kept before it counts: nothing is encrypted with a key that is not among those used. Null for type NONE. */
  choose(choice: { readonly keyId: string; readonly key: KeyName } | null): Promise<void>;
}

export interface EncryptionChoiceOptions {
  readonly control: ControlPlane;
  readonly nowSeconds: () => number;
}

export function createEncryptionChoice({ control, nowSeconds }: EncryptionChoiceOptions): EncryptionChoice {
  return {
    current: () => control.state.encryption,
    choose: (choice) =>
      control.change((state) => {
        const { keyId, usedKeys } = state.encryption;
        const next = choice?.keyId ?? null;
        const isSame = next === keyId && isInUse(usedKeys, choice?.key ?? null);
        if (isSame) return { state, answer: undefined };
        const used = useKey(usedKeys, choice?.key ?? null, Math.floor(nowSeconds()));
        return { state: { ...state, encryption: { keyId: next, usedKeys: used } }, answer: undefined };
      }),
  };
}

function isInUse(usedKeys: readonly KeptUsedKey[], key: KeyName | null): boolean {
  const inUse = usedKeys.filter(({ until }) => until === null);
  if (key === null) return inUse.length === 0;
  return inUse.length === 1 && inUse.every((used) => isSameKey(used, key));
}

function useKey(usedKeys: readonly KeptUsedKey[], key: KeyName | null, now: number): readonly KeptUsedKey[] {
  const ended = usedKeys
    .filter((used) => key === null || !isSameKey(used, key))
    .map(({ id, fingerprint, until }) => ({ id, fingerprint, until: until ?? now }));
  if (key === null) return ended;
  return [...ended, { id: key.id, fingerprint: key.fingerprint, until: null }].slice(-USED_KEYS_MAX);
}
