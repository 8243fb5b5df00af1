import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { eventually, makeFolder, post, removeFolder, runProgram, serveFlags, startProgram } from './program.ts';
import type { Program } from './program.ts';

const MARKER = `marked-${randomBytes(16).toString('hex')}`;
const VISIBLE = `visible-${randomBytes(16).toString('hex')}`;
const START = Math.floor(Date.now() / 1_000) - 60;
const LINES = [1, 2].map((value) => `k${value} ${Buffer.alloc(32, value).toString('base64')}\n`);
const [K1 = '', K2 = ''] = LINES;

const folder = makeFolder();
afterAll(() => removeFolder(folder));
const dataDir = join(folder, 'data');
const keyFile = join(folder, 'keys');
const flags = [...serveFlags(dataDir), '--encryption-keys', keyFile];

test('encrypted from the journal to the answer: killed, rotated under load, and without a key', async () => {
  writeFileSync(keyFile, K1, { mode: 0o600 });
  const first = await start(flags);
  await post(first.http, '/PutEncryptionConfig', { Type: 'KMS', KeyId: 'alias/latest' });
  const config = await eventually(
    () => configOf(first),
    ({ Status }) => Status === 'ACTIVE',
  );
  expect(config).toEqual({ KeyId: 'arn:aws:kms:us-east-1:000000000000:key/k1', Status: 'ACTIVE', Type: 'KMS' });

  // What is acknowledged and not stored is in the journal alone.
  const old = await send(first, 100);
  await first.stop('SIGKILL');
  expect(filesWith(MARKER)).toEqual([]);
  expect(filesWith('k1').some((name) => name.startsWith('journal/'))).toBe(true);

  writeFileSync(keyFile, K2);
  const refused = await runProgram(flags);
  expect(refused).toMatchObject({ code: 2, output: expect.stringMatching(/the key "k1" \(fingerprint [0-9a-f]{8}\)/) });
  expect(await runProgram(serveFlags(dataDir))).toMatchObject({
    code: 2,
    output: expect.stringMatching(/--encryption-keys/),
  });

  writeFileSync(keyFile, K1);
  const second = await start(flags);
  await readAll(second, old);

  // A second key, while documents come.
  const sent: string[] = [];
  let isRotated = false;
  for (let batch = 0; batch < 40 || !isRotated; batch += 1) {
    if (batch === 10) {
      writeFileSync(keyFile, K1 + K2);
      second.child.kill('SIGHUP');
    }
    sent.push(...(await send(second, 5)));
    isRotated ||= second.output().includes('encrypted with \\"k2\\"');
    if (batch > 2_000) expect.fail(second.output());
  }
  expect(await configOf(second)).toMatchObject({ KeyId: expect.stringMatching(/key\/k2$/) });
  const young = await send(second, 20);
  await readAll(second, [...old, ...sent, ...young]);
  await second.stop();
  expect(filesWith(MARKER)).toEqual([]);

  // The first key is gone: its traces cannot be read, all others can, and nothing waits for it.
  writeFileSync(keyFile, K2);
  const third = await start(flags);
  const [gone = ''] = old;
  await expect(post(third.http, '/Traces', { TraceIds: [gone] })).rejects.toThrow(/400.*encrypted with the key/);
  expect(await batchGet(third, [gone, ...young.slice(0, 3)])).toMatchObject({
    Traces: young.slice(0, 3).map((Id) => ({ Id })),
    UnprocessedTraceIds: [gone],
  });
  const status = await fetch(`http://${third.http}/api/status`);
  expect(await status.text()).toMatch(/"k1\\" \(fingerprint/);
  await send(third, 1, [gone]);
  await readAll(third, await send(third, 20));
  await eventually(
    async () => third.output(),
    (output) => /encrypted with the key \\"k1\\" \(fingerprint [0-9a-f]{8}\\?\), which is not/.test(output),
  );

  // Turned off, what is new is plain: the scans above would have found it.
  await post(third.http, '/PutEncryptionConfig', { Type: 'NONE' });
  const plain = await send(third, 5);
  expect(filesWith(MARKER).some((name) => name.startsWith('journal/'))).toBe(true);
  await readAll(third, [...plain, ...young]);
  await third.stop();
});

async function start(argv: readonly string[]): Promise<Program> {
  const program = await startProgram(argv);
  onTestFinished(() => void program.child.kill('SIGKILL'));
  return program;
}

/** Documents with the marker in their metadata, one of each trace; the traces' ids, once all are acknowledged. */
async function send(program: Program, count: number, ids?: readonly string[]): Promise<readonly string[]> {
  const traces =
    ids ?? Array.from({ length: count }, () => `1-${START.toString(16)}-${randomBytes(12).toString('hex')}`);
  const TraceSegmentDocuments = traces.map((trace_id) =>
    JSON.stringify({
      trace_id,
      id: randomBytes(8).toString('hex'),
      name: 'shop',
      start_time: START,
      end_time: START + 1,
      annotations: { color: VISIBLE },
      metadata: { default: { secret: MARKER } },
    }),
  );
  const answer = await post(program.http, '/TraceSegments', { TraceSegmentDocuments });
  expect(answer).toEqual({ UnprocessedTraceSegments: [] });
  return traces;
}

async function configOf(program: Program): Promise<{ readonly Status?: string }> {
  const { EncryptionConfig } = await post(program.http, '/EncryptionConfig', {});
  return EncryptionConfig as { readonly Status?: string };
}

function batchGet(program: Program, TraceIds: readonly string[]): Promise<Record<string, unknown>> {
  return post(program.http, '/Traces', { TraceIds });
}

/** Every one of them, with its marker. */
async function readAll(program: Program, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += 5) {
    const some = ids.slice(from, from + 5);
    const answer = await eventually(
      () => batchGet(program, some),
      ({ UnprocessedTraceIds }) => Array.isArray(UnprocessedTraceIds) && UnprocessedTraceIds.length === 0,
    );
    expect(JSON.stringify(answer).split(MARKER)).toHaveLength(some.length + 1);
  }
}

/** Files of the data folder with this text in them; a server that runs may take one away meanwhile. */
function filesWith(text: string): readonly string[] {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => existsSync(path) && readFileSync(path).includes(text))
    .map((path) => path.slice(dataDir.length + 1));
}
