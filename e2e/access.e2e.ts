/// <reference lib="dom" />
import { createSocket } from 'node:dgram';
import { GetGroupsCommand, PutTraceSegmentsCommand, XRayClient } from '@aws-sdk/client-xray';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { BROWSER_ARGS, findBrowser } from '../tools/browser.mjs';
import { eventually, makeFolder, removeFolder, runProgram, serveFlags, startProgram, type Program } from './program.ts';

test('the first key closes a running server; AWS’s client, bearer tokens and senders by network still get in', async () => {
  const { program, dataDir } = await start('--ingest-allow', '192.0.2.0/24');
  const open = clientOf(program, 'AKIAIOSFODNN7EXAMPLE', 'x');
  await open.send(new GetGroupsCommand({}));

  const key = await createKey(dataDir, 'read');
  await expect(
    eventually(
      () => status(program, '/Groups'),
      (code) => code === 403,
    ),
  ).resolves.toBe(403);
  await expect(open.send(new GetGroupsCommand({}))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  const ours = clientOf(program, key.id, key.secret);
  expect((await ours.send(new GetGroupsCommand({}))).Groups).toHaveLength(1);
  await expect(clientOf(program, key.id, 'x').send(new GetGroupsCommand({}))).rejects.toMatchObject({
    name: 'InvalidSignatureException',
  });
  const put = new PutTraceSegmentsCommand({ TraceSegmentDocuments: ['{}'] });
  await expect(ours.send(put)).rejects.toMatchObject({ name: 'AccessDeniedException' });

  // A datagram carries no key, and loopback is not of --ingest-allow.
  const [, port = ''] = program.udp.split(':');
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.send('{"format":"json","version":1}\n{}', Number(port), '127.0.0.1');
  const authorization = `Bearer ${key.id}:${key.secret}`;
  const metrics = async () => (await fetch(`http://${program.http}/metrics`, { headers: { authorization } })).text();
  await eventually(metrics, (text) => text.includes('fluoroscope_datagrams_refused_total{reason="not-allowed"} 1'));

  const listed = await runProgram(['keys', 'list', '--data-dir', dataDir]);
  expect(listed).toMatchObject({ code: 0, output: expect.stringContaining(key.id) });
  expect(listed.output).not.toContain(key.secret);
  expect((await runProgram(['keys', 'revoke', key.id, '--data-dir', dataDir])).code).toBe(0);
  expect((await runProgram(['keys', 'revoke', key.id, '--data-dir', dataDir])).code).toBe(1);
  const refused = () =>
    ours.send(new GetGroupsCommand({})).then(
      () => '',
      (error: Error) => error.name,
    );
  await eventually(refused, (name) => name === 'UnrecognizedClientException');
});

test('the console asks for a key, logs in, and logs out', async () => {
  const { program, dataDir } = await start();
  const key = await createKey(dataDir, 'read');
  await eventually(
    () => status(program, '/Groups'),
    (code) => code === 403,
  );
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...BROWSER_ARGS] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`http://${program.http}/`);
  await page.getByLabel('Key id').fill(key.id);
  await page.getByLabel('Secret').fill('0'.repeat(40));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Secret').fill(key.secret);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByTestId('status').click();
  expect(await page.evaluate(() => document.cookie)).toBe('');
  await page.getByTestId('logout').click();
  await page.getByTestId('login').waitFor();
});

test.each<[string, readonly string[]]>([
  ['no command', []],
  ['a scope that is none', ['create', '--scopes', 'root']],
  ['nothing to revoke', ['revoke']],
  ['a folder that cannot be made', ['create', '--data-dir', '/proc/none']],
])('keys: %s ends with 2', async (_name, argv) => {
  expect((await runProgram(['keys', ...argv])).code).toBe(2);
});

async function start(...flags: readonly string[]): Promise<{ readonly program: Program; readonly dataDir: string }> {
  const dataDir = makeFolder();
  onTestFinished(() => removeFolder(dataDir));
  const program = await startProgram([...serveFlags(dataDir), ...flags]);
  onTestFinished(async () => void (await program.stop()));
  return { program, dataDir };
}

async function createKey(dataDir: string, scopes: string): Promise<{ readonly id: string; readonly secret: string }> {
  const { output } = await runProgram(['keys', 'create', '--scopes', scopes, '--data-dir', dataDir]);
  const [, id = ''] = /AWS_ACCESS_KEY_ID=(\w+)/.exec(output) ?? [];
  const [, secret = ''] = /AWS_SECRET_ACCESS_KEY=([\w-]+)/.exec(output) ?? [];
  return { id, secret };
}

function clientOf({ http }: Program, accessKeyId: string, secretAccessKey: string): XRayClient {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new XRayClient({ region: 'eu-west-1', endpoint: `http://${http}`, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
}

async function status({ http }: Program, path: string): Promise<number> {
  return (await fetch(`http://${http}${path}`, { method: 'POST' })).status;
}
