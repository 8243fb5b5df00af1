import { ApiError, type KeysAnswer, type NewKey, type NewKeyInput } from '@fluoroscope/api';
import { StartError } from '../start-error.ts';
import type { KeyRing } from './key-ring.ts';
import { createKey, listKeys, revokeKey } from './manage-keys.ts';

/** Keys by way of the server; who may ask is the gate's. Every change counts before it is answered. */
export interface KeyAdministration {
  list(): Promise<KeysAnswer>;
  /** `isNear`: the caller is on this machine. Throws ApiError for a key that must not be made so. */
  create(input: NewKeyInput, isNear: boolean): Promise<NewKey>;
  /** Throws ApiError for a key that there is none of. */
  revoke(id: string): Promise<void>;
}

export interface KeyAdministrationOptions {
  readonly dataDir: string;
  readonly ring: Pick<KeyRing, 'isMade' | 'refresh'>;
  readonly lastUses: () => ReadonlyMap<string, number>;
  readonly nowMs: () => number;
}

export function createKeyAdministration(options: KeyAdministrationOptions): KeyAdministration {
  const { dataDir, ring, lastUses, nowMs } = options;
  const usesSince = nowMs() / 1_000;
  let last: Promise<unknown> = Promise.resolve();

  /** One after another, so that they never meet at the file's lock. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work).catch((error: unknown) => {
      // What is wrong with the file is an administrator's to mend, who may know where it is.
      throw error instanceof StartError ? new ApiError('InvalidRequestException', error.message) : error;
    });
    last = done.catch(() => {});
    return done;
  }

  return {
    list: () =>
      inTurn(async () => {
        const uses = lastUses();
        const keys = await listKeys(dataDir);
        const used = (id: string): number | null => {
          const atMs = uses.get(id);
          return atMs === undefined ? null : atMs / 1_000;
        };
        return {
          keys: keys.map((key) => Object.assign({ usedAt: used(key.id) }, key)),
          isMade: ring.isMade,
          usesSince,
        };
      }),
    create: ({ name, scopes }, isNear) =>
      inTurn(async () => {
        if (!ring.isMade) requireGoodFirst(scopes, isNear);
        const key = await createKey(dataDir, name, scopes, 'server');
        await ring.refresh();
        return { id: key.id, secret: key.secret, name, scopes };
      }),
    revoke: (id) =>
      inTurn(async () => {
        const isRevoked = await revokeKey(dataDir, id, 'server');
        await ring.refresh();
        if (!isRevoked) throw new ApiError('ResourceNotFoundException', `there is no key ${id}`, { resourceName: id });
      }),
  };
}

/** The first key closes the server to everybody without one. */
function requireGoodFirst(scopes: NewKeyInput['scopes'], isNear: boolean): void {
  if (!isNear) {
    throw new ApiError(
      'AccessDeniedException',
      'The first key is made on the server’s own machine: by the console there, or with "fluoroscope keys create"',
    );
  }
  if (!scopes.includes('admin')) {
    throw new ApiError(
      'InvalidRequestException',
      'scopes: the first key needs admin, or nobody could make another one here',
    );
  }
}
