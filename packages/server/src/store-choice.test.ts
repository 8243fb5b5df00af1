import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSettings } from './settings/load-settings.ts';
import { chooseStore } from './store-choice.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-choice-'));
});
afterEach(() => rm(folder, { recursive: true }));

const PASSWORD = 'a: "secret"';

async function choose(url: string, yaml?: string, mode = 0o600) {
  const file = join(folder, 'credentials.yaml');
  const argv = ['--data-dir', folder, '--store-url', url];
  if (yaml !== undefined) {
    await writeFile(file, yaml);
    await chmod(file, mode);
    argv.push('--store-credentials', file);
  }
  const settings = parseSettings(argv, {});
  if (!settings.ok) throw new Error(JSON.stringify(settings.problem));
  return chooseStore(settings.value);
}

test('without an address, the embedded store', async () => {
  expect(await choose('')).toMatchObject({ kind: 'embedded', dir: join(folder, 'store') });
});

test('with one, ClickHouse, and the credentials of the file', async () => {
  const yaml = JSON.stringify({ username: 'ann', password: PASSWORD });
  const url = 'http://db:8123/traces?cluster=east';
  const credentials = { username: 'ann', password: PASSWORD };
  expect(await choose(url, yaml)).toMatchObject({ kind: 'clickhouse', url, credentials });
});

test('without a file, the user that ClickHouse has of itself', async () => {
  expect(await choose('http://db:8123')).toMatchObject({ credentials: { username: 'default', password: '' } });
});

test.each([
  ['no password', 'username: ann', 0o600, /must have `username` and `password`/],
  ['a number', 'username: ann\npassword: 12', 0o600, /must have/],
  ['something else too', 'username: a\npassword: b\nhost: c', 0o600, /must have/],
  ['an empty file', '', 0o600, /must have/],
  ['no YAML', `password: [${PASSWORD}`, 0o600, /is not YAML/],
  ['readable by the group', 'username: a\npassword: b', 0o640, /readable by others: chmod 600/],
  ['readable by all', 'username: a\npassword: b', 0o604, /readable by others: chmod 600/],
])('%s is refused', async (_name, yaml, mode, message) => {
  const error: unknown = await choose('http://db:8123', yaml, mode).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'StartError', message: expect.stringMatching(message) });
  expect(String(error)).toContain('--store-credentials');
  expect(JSON.stringify([String(error), error])).not.toContain('secret');
});

test('a file that is not there is refused', async () => {
  const settings = parseSettings(['--store-url', 'http://db', '--store-credentials', join(folder, 'none')], {});
  if (!settings.ok) throw new Error('settings');
  await expect(chooseStore(settings.value)).rejects.toThrow(/--store-credentials: .* cannot be read/);
});

test.each(['http://db/a/b', 'http://db/?clusters=x', 'http://db/?cluster='])('%s is refused', async (url) => {
  await expect(choose(url)).rejects.toThrow(/--store-url: .* is not http:\/\/HOST:PORT/);
});
