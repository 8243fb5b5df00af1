import { chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KEY_ID } from './access-key.ts';
import { openKeyRing, type KeyRing } from './key-ring.ts';
import { createKey, listKeys, revokeKey } from './manage-keys.ts';

let dataDir: string;
let path: string;
let told: string[];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fluoroscope-keys-'));
  path = join(dataDir, 'access-keys.json');
  told = [];
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test('a key has the form of AWS’s, and its file is the owner’s alone', async () => {
  const key = await createKey(dataDir, 'ci', ['ingest']);
  expect(key).toMatchObject({ name: 'ci', scopes: ['ingest'], id: expect.stringMatching(KEY_ID) });
  expect(key.secret).toMatch(/^[\w-]{40}$/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const { secret: _hidden, ...listed } = key;
  expect(await listKeys(dataDir)).toEqual([listed]);
});

test('a running server sees a key made and revoked, and stays closed without any', async () => {
  using ring = await open();
  expect([ring.isMade, ring.find('x')]).toEqual([false, undefined]);
  const key = await createKey(dataDir, '', ['read']);
  await ring.refresh();
  expect([ring.isMade, ring.find(key.id)?.secret]).toEqual([true, key.secret]);
  expect(await revokeKey(dataDir, key.id)).toBe(true);
  expect(await revokeKey(dataDir, key.id)).toBe(false);
  await ring.refresh();
  expect([ring.isMade, ring.find(key.id)]).toEqual([true, undefined]);
});

test('it looks by itself', async () => {
  using ring = await open(5);
  const { id } = await createKey(dataDir, '', ['read']);
  while (ring.find(id) === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
});

test.each<[string, RegExp, () => Promise<void>]>([
  ['cut short', /damaged/, () => truncate(path, 60)],
  ['empty', /damaged/, () => truncate(path, 0)],
  ['changed by hand', /damaged/, async () => writeFile(path, (await readFile(path, 'utf8')).replace('read', 'admin'))],
  ['of a newer version', /newer version/, () => writeFile(path, '{"version":2,"sha256":"x"}\n{}\n')],
  ['open to others', /chmod 600/, () => chmod(path, 0o640)],
])('a file that is %s stops the start; while running, keys stay', async (_name, why, damage) => {
  const { id } = await createKey(dataDir, '', ['read']);
  using ring = await open();
  await damage();
  await ring.refresh();
  expect(ring.find(id)).toBeDefined();
  expect(told.join()).toMatch(why);
  await expect(open()).rejects.toThrow(why);
  await expect(createKey(dataDir, '', ['read'])).rejects.toThrow(why);
});

test('a file that goes away opens nothing', async () => {
  const { id } = await createKey(dataDir, '', ['read']);
  using ring = await open();
  await rm(path);
  await ring.refresh();
  expect([ring.isMade, ring.find(id) !== undefined]).toEqual([true, true]);
  expect(told.join()).toMatch(/has gone/);
});

test('commands at the same time do not undo each other', async () => {
  const made = await Promise.allSettled(Array.from({ length: 8 }, () => createKey(dataDir, '', ['read'])));
  const ids = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
  expect(ids.length).toBeGreaterThan(0);
  expect((await listKeys(dataDir)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(made.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : [])).join()).not.toMatch(/ENOENT/);
});

test('the audit log has what was made and revoked, and no secret', async () => {
  const { id, secret } = await createKey(dataDir, '', ['read']);
  await revokeKey(dataDir, id);
  const log = await readFile(join(dataDir, 'audit.jsonl'), 'utf8');
  expect(
    log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { by: 'command line', operation: 'create-key', resource: id },
    { by: 'command line', operation: 'revoke-key', resource: id },
  ]);
  expect(log).not.toContain(secret);
});

function open(intervalMs = 3_600_000): Promise<KeyRing> {
  const tell = (what: string, error?: unknown) => void told.push(`${what}: ${String(error)}`);
  return openKeyRing({ path, intervalMs, events: { troubleMet: tell, stateChanged: tell } });
}
