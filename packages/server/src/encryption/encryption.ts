import { ApiError, type EncryptionAnswer, type EncryptionConfig, type EncryptionType } from '@fluoroscope/api';
import type { KeptEncryption, KeptUsedKey } from '../control/control-state.ts';
import type { EncryptionChoice } from '../control/encryption-choice.ts';
import type { Events } from '../events.ts';
import { StartError } from '../start-error.ts';
import { readKeyFile } from './key-file.ts';
import { findKey, isSameKey, printKeyName, type Key, type KeyName, type KeyRing } from './key-ring.ts';
import { createVault, type Vault, type VaultKeys } from './vault.ts';

/** Which keys encrypt and decrypt what is kept, from --encryption-keys and PutEncryptionConfig. */
export interface Encryption {
  /** The main thread's: seals the journal's records. */
  readonly vault: Vault;
  config(): EncryptionConfig;
  /** For the console: the keys too, none of them itself. */
  describe(): EncryptionAnswer;
  /** Throws ApiError for a key that there is none of. What is acknowledged after its answer is kept as it says. */
  put(type: EncryptionType, keyId: string | undefined): Promise<EncryptionConfig>;
  /** Reads the file again. Never throws: a file that cannot be used changes nothing and is told of. */
  reload(): Promise<void>;
  /** For /api/status. */
  notices(): readonly string[];
}

export interface EncryptionOptions {
  /** Null without --encryption-keys. */
  readonly keyFile: string | null;
  readonly choice: EncryptionChoice;
  /** Hands the keys to the thread that seals and opens documents; resolves once it uses them. */
  readonly setStorageKeys: (keys: VaultKeys) => Promise<void>;
  readonly account: { readonly region: string; readonly accountId: string };
  /** How long a key that encrypts nothing new may still be needed. */
  readonly retentionSeconds: number;
  readonly nowSeconds: () => number;
  readonly events: Pick<Events, 'troubleMet' | 'stateChanged'>;
}

/** Rejects with a StartError for a file that cannot be used, or that lacks the key that encrypts. */
export async function openEncryption(options: EncryptionOptions): Promise<Encryption> {
  const { keyFile, choice, account, retentionSeconds, nowSeconds, events } = options;
  const vault = createVault();
  let ring = keyFile === null ? null : await readKeyFile(keyFile);
  let updatingCount = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** The storage thread may be busy: until it has the keys, both settings are in use. */
  function handOut(active: Key | null): void {
    const keys: VaultKeys = { keys: ring ?? [], active };
    vault.set(keys);
    updatingCount += 1;
    options
      .setStorageKeys(keys)
      .catch((error: unknown) => events.troubleMet('the storage thread did not take the encryption keys', error))
      .finally(() => (updatingCount -= 1));
  }

  function config(): EncryptionConfig {
    const Status = updatingCount > 0 ? 'UPDATING' : 'ACTIVE';
    const { keyId } = choice.current();
    const key = vault.sealer?.key;
    if (keyId === null || key === undefined) return { Status, Type: 'NONE' };
    return { KeyId: isKeyArn(keyId) ? keyId : keyArn(key), Status, Type: 'KMS' };
  }

  function keyArn({ id }: Key): string {
    return `arn:aws:kms:${account.region}:${account.accountId}:key/${id}`;
  }

  async function choose(keyId: string | null, key: Key | null): Promise<void> {
    await choice.choose(keyId === null || key === null ? null : { keyId, key });
    handOut(key);
  }

  async function put(type: EncryptionType, keyId: string | undefined): Promise<EncryptionConfig> {
    const key = type === 'NONE' ? refuseKeyId(keyId) : chosenKey(ring, keyId);
    const isAsBefore = (keyId ?? null) === choice.current().keyId;
    if (!isAsBefore) await choose(keyId ?? null, key);
    return config();
  }

  async function reload(): Promise<void> {
    if (keyFile === null) return;
    try {
      const next = await readKeyFile(keyFile);
      const { keyId } = choice.current();
      const key = keyId === null ? null : activeKey(next, keyId, keyFile);
      await choice.choose(keyId === null || key === null ? null : { keyId, key });
      ring = next;
      handOut(key);
      const now = key === null ? 'nothing new is encrypted' : `what is new is encrypted with ${printKeyName(key)}`;
      events.stateChanged(`the encryption keys were read again (${next.length}): ${now}`);
    } catch (error) {
      events.troubleMet('the encryption keys were not read again: those from before are in use', error);
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  const { keyId } = choice.current();
  await choose(keyId, keyId === null ? null : activeKey(ring, keyId, keyFile));
  return {
    vault,
    config,
    describe: () => describeKeys(ring, choice.current(), vault.sealer?.key, updatingCount > 0),
    put: (type, given) => inTurn(() => put(type, given)),
    reload: () => inTurn(reload),
    notices: () =>
      missingKeys(choice.current().usedKeys, ring)
        .filter(({ until }) => until === null || until + retentionSeconds > nowSeconds())
        .map((key) => `The key ${printKeyName(key)} is not in --encryption-keys: what it encrypted cannot be read.`),
  };
}

function describeKeys(
  ring: KeyRing | null,
  { keyId, usedKeys }: KeptEncryption,
  active: Key | undefined,
  isUpdating: boolean,
): EncryptionAnswer {
  return {
    type: active === undefined ? 'NONE' : 'KMS',
    status: isUpdating ? 'UPDATING' : 'ACTIVE',
    keyId,
    hasKeyFile: ring !== null,
    keys: [...(ring ?? []), ...missingKeys(usedKeys, ring)].map((name) => {
      const used = usedKeys.find((key) => isSameKey(key, name));
      return {
        id: name.id,
        fingerprint: name.fingerprint,
        isInFile: ring?.some((key) => isSameKey(key, name)) ?? false,
        isActive: active !== undefined && isSameKey(active, name),
        isUsed: used !== undefined,
        usedUntil: used?.until ?? null,
      };
    }),
  };
}

/** Of the keys that have encrypted something. */
export function missingKeys(usedKeys: readonly KeptUsedKey[], ring: readonly KeyName[] | null): readonly KeptUsedKey[] {
  return usedKeys.filter((used) => !(ring ?? []).some((key) => isSameKey(key, used)));
}

function activeKey(ring: KeyRing | null, keyId: string, keyFile: string | null): Key {
  const key = ring === null ? undefined : findKey(ring, keyId);
  if (key !== undefined) return key;
  throw new StartError(
    keyFile === null
      ? `--encryption-keys: what is stored is encrypted with the key "${keyId}" (PutEncryptionConfig): name the file that has it`
      : `--encryption-keys: ${keyFile} lacks the key "${keyId}", which encrypts (PutEncryptionConfig): put it back`,
  );
}

function refuseKeyId(keyId: string | undefined): null {
  if (keyId === undefined) return null;
  throw new ApiError('InvalidRequestException', 'KeyId is for Type KMS only; Type NONE has no key');
}

function chosenKey(ring: KeyRing | null, keyId: string | undefined): Key {
  if (ring === null) {
    throw new ApiError(
      'InvalidRequestException',
      'Type: KMS needs keys: start the server with --encryption-keys FILE (docs/encryption.md)',
    );
  }
  if (keyId === undefined) throw new ApiError('InvalidRequestException', 'KeyId: Type KMS needs one');
  const key = findKey(ring, keyId);
  if (key !== undefined) return key;
  throw new ApiError(
    'InvalidRequestException',
    `KeyId: "${keyId}" names no key of --encryption-keys: add it to the file, and have the server read it again (SIGHUP)`,
  );
}

function isKeyArn(keyId: string): boolean {
  return /^arn:[^/]+:key\//.test(keyId);
}
