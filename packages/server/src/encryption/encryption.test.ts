import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openControlRig, type ControlRig } from '../control/testing/control-rig.ts';
import { StartError } from '../start-error.ts';
import { openEncryption, type Encryption } from './encryption.ts';
import { keyOf, keyText } from './testing/keys.ts';
import type { VaultKeys } from './vault.ts';

const ARN = 'arn:aws:kms:eu-west-1:123456789012:key';
const ONE = `k1 ${keyText(1)}\n`;
const BOTH = `${ONE}k2 ${keyText(2)}\n`;
const RETENTION_SECONDS = 1_000;

let rig: ControlRig;
beforeEach(async () => {
  rig = await openControlRig();
});
afterEach(() => rig[Symbol.asyncDispose]());

test('it begins with NONE, whatever keys there are', async () => {
  const { encryption, given } = await open(BOTH);
  await settle();
  expect(encryption.config()).toEqual({ Status: 'ACTIVE', Type: 'NONE' });
  expect(given).toMatchObject([{ active: null, keys: [{ id: 'k1' }, { id: 'k2' }] }]);
});

test.each([
  ['k1', `${ARN}/k1`],
  ['alias/k1', `${ARN}/k1`],
  ['alias/latest', `${ARN}/k2`],
  ['arn:aws:kms:us-east-1:000000000000:key/k1', 'arn:aws:kms:us-east-1:000000000000:key/k1'],
])('KMS with %s: UPDATING, then ACTIVE once the storage thread has it, and kept', async (KeyId, shown) => {
  const { encryption, given, answer } = await open(BOTH);
  answer();
  await settle();
  expect(await encryption.put('KMS', KeyId)).toEqual({ KeyId: shown, Status: 'UPDATING', Type: 'KMS' });
  expect(encryption.vault.sealer?.key.id).toBe(shown.slice(-2));
  expect(given.at(-1)?.active?.id).toBe(shown.slice(-2));
  answer();
  await settle();
  expect(encryption.config()).toEqual({ KeyId: shown, Status: 'ACTIVE', Type: 'KMS' });
  const again = await open(BOTH);
  expect(again.encryption.config()).toMatchObject({ KeyId: shown, Type: 'KMS' });
});

test('the same again changes nothing; NONE turns it off and leaves the keys for reading', async () => {
  const { encryption, given } = await open(ONE);
  await encryption.put('KMS', 'k1');
  await settle();
  const count = given.length;
  expect(await encryption.put('KMS', 'k1')).toMatchObject({ Status: 'ACTIVE', Type: 'KMS' });
  expect(given).toHaveLength(count);
  expect(await encryption.put('NONE', undefined)).toEqual({ Status: 'UPDATING', Type: 'NONE' });
  expect(given.at(-1)).toMatchObject({ active: null, keys: [{ id: 'k1' }] });
});

test.each([
  ['without keys', null, 'KMS', 'k1', /--encryption-keys FILE/],
  ['without KeyId', ONE, 'KMS', undefined, /^\[InvalidRequestException\] KeyId: Type KMS needs one/],
  ['a key that is none', ONE, 'KMS', 'alias/k2', /KeyId: "alias\/k2" names no key/],
  ['NONE with a key', ONE, 'NONE', 'k1', /KeyId is for Type KMS only/],
] as const)('%s is refused', async (_name, keys, type, keyId, message) => {
  const { encryption } = await open(keys);
  const refused = await encryption.put(type, keyId).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'InvalidRequestException' });
  expect(String(refused)).toMatch(message instanceof RegExp ? new RegExp(message.source.replace(/^\^/, '')) : message);
  expect(encryption.config().Type).toBe('NONE');
});

test('a new key in the file encrypts once it is read again, if the latest was asked for', async () => {
  const { encryption, given, told, setKeys } = await open(ONE);
  await encryption.put('KMS', 'alias/latest');
  expect(encryption.vault.sealer?.key.id).toBe('k1');
  await setKeys(BOTH);
  await encryption.reload();
  expect(encryption.vault.sealer?.key.id).toBe('k2');
  expect(given.at(-1)).toMatchObject({ active: { id: 'k2' }, keys: [{ id: 'k1' }, { id: 'k2' }] });
  expect(told).toEqual([expect.stringContaining('what is new is encrypted with "k2"')]);
});

test('a key that was named stays until another one is', async () => {
  const { encryption, setKeys } = await open(ONE);
  await encryption.put('KMS', 'k1');
  await setKeys(BOTH);
  await encryption.reload();
  expect(encryption.vault.sealer?.key.id).toBe('k1');
  await encryption.put('KMS', 'k2');
  expect(encryption.vault.sealer?.key.id).toBe('k2');
});

test.each([
  ['that lacks the key in use', `k2 ${keyText(2)}\n`, /lacks the key "k1"/],
  ['that cannot be read', 'k1\n', /line 1/],
])('a file %s is not taken over', async (_name, text, problem) => {
  const { encryption, given, told, setKeys } = await open(ONE);
  await encryption.put('KMS', 'k1');
  const count = given.length;
  await setKeys(text);
  await encryption.reload();
  expect(given).toHaveLength(count);
  expect(encryption.vault.sealer?.key.id).toBe('k1');
  expect(told).toEqual([expect.stringMatching(problem)]);
});

test.each([
  ['no file', null, /name the file that has it/],
  ['a file without the key in use', `k2 ${keyText(2)}\n`, /lacks the key "k1"/],
])('with %s the start is refused', async (_name, keys, message) => {
  await (await open(ONE)).encryption.put('KMS', 'k1');
  await expect(open(keys)).rejects.toThrow(StartError);
  await expect(open(keys)).rejects.toThrow(message);
});

test('a key that is gone, or is another one by now, is told of for as long as it may be needed', async () => {
  const { encryption } = await open(ONE);
  await encryption.put('KMS', 'k1');
  await encryption.put('NONE', undefined);
  const notice = `The key "k1" (fingerprint ${keyOf('k1', 1).fingerprint}) is not in --encryption-keys: what it encrypted cannot be read.`;
  expect(encryption.notices()).toEqual([]);
  expect((await open(null)).encryption.notices()).toEqual([notice]);
  expect((await open(`k1 ${keyText(2)}\n`)).encryption.notices()).toEqual([notice]);
  rig.now += RETENTION_SECONDS;
  expect((await open(null)).encryption.notices()).toEqual([]);
});

interface Opened {
  readonly encryption: Encryption;
  /** What the storage thread was given. */
  readonly given: readonly VaultKeys[];
  readonly told: readonly string[];
  readonly setKeys: (text: string) => Promise<void>;
  /** Has the storage thread answer from now on only when this is called again. */
  readonly answer: () => void;
}

async function open(keys: string | null): Promise<Opened> {
  const keyFile = join(rig.dataDir, 'keys');
  const setKeys = (text: string) => writeFile(keyFile, text, { mode: 0o600 });
  if (keys !== null) await setKeys(keys);
  const given: VaultKeys[] = [];
  const told: string[] = [];
  let isSlow = false;
  let answers: (() => void)[] = [];
  const encryption = await openEncryption({
    keyFile: keys === null ? null : keyFile,
    choice: (await rig.open()).encryption,
    setStorageKeys(next) {
      given.push(next);
      return isSlow ? new Promise((resolve) => answers.push(resolve)) : Promise.resolve();
    },
    account: { region: 'eu-west-1', accountId: '123456789012' },
    retentionSeconds: RETENTION_SECONDS,
    nowSeconds: () => rig.now,
    events: {
      troubleMet: (_what, error) => void told.push(String(error)),
      stateChanged: (what) => void told.push(what),
    },
  });
  function answer(): void {
    isSlow = true;
    for (const resolve of answers) resolve();
    answers = [];
  }
  return { encryption, given, told, setKeys, answer };
}

/** Lets what was answered be taken note of. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
