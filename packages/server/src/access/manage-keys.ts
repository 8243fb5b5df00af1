import { chown, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KEY_NAME_CHARS_MAX } from '@fluoroscope/api';
import { replaceFile } from '../checked-file.ts';
import { makeFolder } from '../data-folder.ts';
import { StartError } from '../start-error.ts';
import { makeAccessKey, type AccessKey } from './access-key.ts';
import { appendAuditLine } from './audit-log.ts';
import { explainKeyFile, KEY_FILE, printKeyFile, readKeyFile } from './key-file.ts';
import { KEYS_MAX } from './limits.ts';
import type { Scope } from './scopes.ts';

/** A key without its secret. */
export type ListedKey = Omit<AccessKey, 'secret'>;

/** Who changes keys. The server writes its own line in the audit log, with who asked it. */
export type ChangedBy = 'command line' | 'server';

/** The key with its secret, which nobody is shown again. Running servers take it within two seconds. Throws StartError. */
export async function createKey(
  dataDir: string,
  name: string,
  scopes: readonly Scope[],
  by: ChangedBy = 'command line',
): Promise<AccessKey> {
  if (name.length > KEY_NAME_CHARS_MAX) throw new StartError(`--name has at most ${KEY_NAME_CHARS_MAX} characters`);
  const key = makeAccessKey(name, scopes, Date.now() / 1_000);
  await changeKeys({ dataDir, operation: 'create-key', keyId: key.id, by }, (keys) => {
    if (keys.length >= KEYS_MAX) throw new StartError(`there are ${KEYS_MAX} keys already: revoke some first`);
    return [...keys, key];
  });
  return key;
}

/** False when there is no such key. A running server refuses it within two seconds. */
export async function revokeKey(dataDir: string, id: string, by: ChangedBy = 'command line'): Promise<boolean> {
  const keys = await readKeys(dataDir);
  if (!keys.some((key) => key.id === id)) return false;
  await changeKeys({ dataDir, operation: 'revoke-key', keyId: id, by }, (present) =>
    present.filter((key) => key.id !== id),
  );
  return true;
}

export async function listKeys(dataDir: string): Promise<readonly ListedKey[]> {
  return (await readKeys(dataDir)).map(({ secret: _hidden, ...listed }) => listed);
}

async function readKeys(dataDir: string): Promise<readonly AccessKey[]> {
  const path = join(dataDir, KEY_FILE);
  const keys = await readKeyFile(path);
  if (!keys.ok) throw new StartError(explainKeyFile(path, keys.problem));
  return keys.value ?? [];
}

interface KeyChange {
  readonly dataDir: string;
  readonly operation: string;
  readonly keyId: string;
  readonly by: ChangedBy;
}

async function changeKeys(
  { dataDir, operation, keyId, by }: KeyChange,
  step: (keys: readonly AccessKey[]) => readonly AccessKey[],
): Promise<void> {
  const path = join(dataDir, KEY_FILE);
  await makeFolder(dataDir);
  await using _lock = await lockFile(`${path}.lock`);
  await replaceFile(path, printKeyFile(step(await readKeys(dataDir))));
  await giveToFolderOwner(path);
  if (by === 'command line') await appendAuditLine(dataDir, { operation, resource: keyId, outcome: 'done', by });
}

/** Two commands at once must not undo each other. */
async function lockFile(path: string): Promise<AsyncDisposable> {
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (cause) {
    throw new StartError(`another command is changing the keys; if none is, remove ${path}`, { cause });
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

/** A key made by root must be readable by the server's user, whose folder it is. */
async function giveToFolderOwner(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  await chown(path, uid, gid);
}
