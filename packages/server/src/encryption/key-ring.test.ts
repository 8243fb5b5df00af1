import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StartError } from '../start-error.ts';
import { readKeyFile } from './key-file.ts';
import { findKey, parseKeyRing } from './key-ring.ts';
import { KEYS_MAX } from './limits.ts';
import { keyText } from './testing/keys.ts';

const A = keyText(1);
const B = keyText(2);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('keys come in the order of the file, between empty lines and comments', () => {
  const ring = parseKeyRing(`# of 2026\n\na ${A}\r\n  b_2.x-1 \t ${B}\n`);
  expect(ring.ok && ring.value.map(({ id }) => id)).toEqual(['a', 'b_2.x-1']);
});

test('a fingerprint belongs to the key, not to its id', () => {
  const fingerprints = [`a ${A}`, `b ${A}`, `a ${B}`].map((text) => {
    const ring = parseKeyRing(text);
    return ring.ok ? ring.value[0].fingerprint : 'none';
  });
  expect(fingerprints[0]).toMatch(/^[0-9a-f]{8}$/);
  expect(fingerprints[1]).toBe(fingerprints[0]);
  expect(fingerprints[2]).not.toBe(fingerprints[0]);
});

test.each([
  ['nothing', '# none\n', 'no-keys', 0],
  ['an id alone', `a ${A}\nb\n`, 'bad-line', 2],
  ['more than a key', `a ${A} b`, 'bad-line', 1],
  ['an id with a slash', `key/a ${A}`, 'bad-id', 1],
  ['a long id', `${'a'.repeat(65)} ${A}`, 'bad-id', 1],
  ['the alias', `latest ${A}`, 'reserved-id', 1],
  ['31 bytes', `a ${Buffer.alloc(31).toString('base64')}`, 'bad-key', 1],
  ['33 bytes', `a ${Buffer.alloc(33).toString('base64')}`, 'bad-key', 1],
  ['hex', `a ${'0'.repeat(64)}`, 'bad-key', 1],
  ['an id twice', `a ${A}\n\na ${B}`, 'repeated-id', 3],
  ['too many', Array.from({ length: KEYS_MAX + 1 }, (_, at) => `k${at} ${A}`).join('\n'), 'too-many', KEYS_MAX + 1],
])('%s is refused', (_name, text, code, line) => {
  expect(parseKeyRing(text)).toEqual({ ok: false, problem: { code, line } });
});

test.each([
  ['a', 'a'],
  ['alias/a', 'a'],
  ['arn:aws:kms:eu-west-1:123456789012:key/a', 'a'],
  ['arn:aws:kms:eu-west-1:123456789012:alias/b', 'b'],
  ['alias/latest', 'b'],
  ['latest', 'b'],
  ['c', undefined],
  ['', undefined],
  ['a/', undefined],
])('KeyId %s is key %s', (keyId, id) => {
  const ring = parseKeyRing(`a ${A}\nb ${B}`);
  expect(ring.ok && findKey(ring.value, keyId)?.id).toBe(id);
});

test.each([
  ['a good one', `a ${A}\n`, 0o600, null],
  ['one that others can read', `a ${A}\n`, 0o640, /chmod 600/],
  ['a bad one', `a ${A}\nb secret-of-b\n`, 0o600, /keys: line 2: a key is 32 bytes/],
  ['an empty one', '', 0o600, /no key/],
  ['a huge one', '#'.repeat(300_000), 0o600, /too large/],
])('%s', async (_name, text, mode, problem) => {
  const path = join(folder, 'keys');
  await writeFile(path, text);
  await chmod(path, mode);
  if (problem === null) return expect(await readKeyFile(path)).toHaveLength(1);
  const refused = await readKeyFile(path).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(StartError);
  expect(refused).toMatchObject({ message: expect.stringMatching(problem) });
  expect(String(refused)).not.toContain('secret-of-b');
});

test('a file that is missing is told of', async () => {
  await expect(readKeyFile(join(folder, 'none'))).rejects.toThrow(/--encryption-keys: .*none cannot be read/);
});
