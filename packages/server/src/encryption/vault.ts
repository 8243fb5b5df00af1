import type { Key } from './key-ring.ts';
import { createOpener, type Opener } from './opener.ts';
import { createSealer, type Sealer } from './sealer.ts';

/** Keys as one thread has them; handed from thread to thread. */
export interface VaultKeys {
  /** All that open. */
  readonly keys: readonly Key[];
  /** The one that seals; null leaves what is new as it is. */
  readonly active: Key | null;
}

/** The keys of one thread, replaced as a whole. */
export interface Vault {
  readonly sealer: Sealer | null;
  readonly opener: Opener;
  /** All that open. */
  readonly keys: readonly Key[];
  set(keys: VaultKeys): void;
}

export function createVault(first: VaultKeys = { keys: [], active: null }): Vault {
  let sealer: Sealer | null = null;
  let opener: Opener = createOpener([]);
  let keys: readonly Key[] = [];

  function set({ active, ...next }: VaultKeys): void {
    ({ keys } = next);
    opener = createOpener(keys);
    sealer = active === null ? null : createSealer(active);
  }

  set(first);
  return {
    get sealer() {
      return sealer;
    },
    get opener() {
      return opener;
    },
    get keys() {
      return keys;
    },
    set,
  };
}
