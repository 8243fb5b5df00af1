import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDaemon, type Daemon } from './test-kit/daemon.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const PATIENCE = { timeout: 60_000 };
const PROGRAM_MS_MAX = 180_000;

let daemon: Daemon;

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(() => daemon.close());

test(
  'the table outlives the process, SIGTERM ends all that was started, and a decision not to sample reaches every part',
  async () => {
    const { length: before } = daemon.all();
    const folder = mkdtempSync(join(tmpdir(), 'serverless-test-'));
    for (const hits of ['1', '2']) {
      const program = start(['--no-traffic', '--data-dir', folder, '--certificate-errors', '0']);
      await program.ready;
      const headers = { 'x-amzn-trace-id': `Root=1-5759e988-${hits.padStart(24, '0')};Sampled=0` };
      const body = JSON.stringify({ page: '/kept', visitor: 'ann' });
      const answer = await fetch(`${program.url('api')}/visits`, { method: 'POST', headers, body });
      expect([answer.status, await answer.json()]).toEqual([202, { messageId: expect.any(String) }]);
      await expect.poll(() => readHits(program.url('dynamodb'), '/kept'), PATIENCE).toBe(hits);
      const listed = await fetch(program.url('function url'), { headers });
      expect([listed.headers.get('content-type'), await listed.text()]).toEqual([
        'application/x-ndjson',
        `{"page":"/kept","hits":${hits}}\n`,
      ]);
      program.child.kill('SIGTERM');
      // "close" comes when nothing that was started holds the output any more.
      expect(await program.closed).toBe(0);
      await expect(fetch(program.url('api'))).rejects.toThrow('fetch failed');
    }
    expect(daemon.all().slice(before)).toEqual([]);
    rmSync(folder, { recursive: true });
  },
  PROGRAM_MS_MAX,
);

test(
  'visitors come by themselves, and what is refused is an error of the stage',
  async () => {
    const program = start(['--rate', '10']);
    await program.ready;
    const refused = [
      await fetch(`${program.url('api')}/nowhere`),
      await fetch(`${program.url('api')}/visits`),
      await fetch(`${program.url('api')}/visits`, { method: 'POST', body: '{"page":1}' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 405, 400]);
    const stages = () =>
      daemon.all().filter(({ origin, in_progress }) => origin === 'AWS::ApiGateway::Stage' && !in_progress);
    const accepted = () => stages().filter(({ error, fault }) => !error && !fault);
    await expect.poll(() => accepted().length, PATIENCE).toBeGreaterThan(3);
    const notFound = { error: true, http: expect.objectContaining({ response: { status: 404 } }) };
    await expect.poll(stages).toContainEqual(expect.objectContaining(notFound));
    program.child.kill('SIGTERM');
    expect(await program.closed).toBe(0);
    expect(program.output()).toMatch(/^traffic: [1-9]\d* visits accepted, 0 not$/m);
  },
  PROGRAM_MS_MAX,
);

test(
  'it ends after --seconds, with the count of its visits',
  async () => {
    const program = start(['--rate', '10', '--seconds', '1']);
    expect(await program.closed).toBe(0);
    // How many come in a second is up to the machine.
    expect(program.output()).toMatch(/^traffic: \d+ visits accepted, 0 not$/m);
  },
  PROGRAM_MS_MAX,
);

test.each([
  [['--rate', 'fast'], 'serverless: --rate is a number from 0 to 50\n'],
  [['--certificate-errors', '2'], 'serverless: --certificate-errors is a number from 0 to 1\n'],
])('%s: exit code 2 and one line', async (flags, line) => {
  const program = start(flags);
  expect([await program.closed, program.output()]).toEqual([2, line]);
});

function start(flags: readonly string[]) {
  const env = { ...process.env, AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const child = spawn(process.execPath, [MAIN, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const closed = once(child, 'close').then(([code]: unknown[]) => code);
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (/^ready in/m.test(output)) resolve();
      });
    void closed.then((code) => reject(new Error(`ended with ${String(code)}: ${output}`)));
  });
  ready.catch(() => {});
  const url = (name: string): string => new RegExp(`^${name} listening on (.*)$`, 'm').exec(output)?.[1] ?? '';
  return { child, ready, closed, url, output: () => output };
}

async function readHits(endpoint: string, page: string): Promise<string | undefined> {
  const credentials = { accessKeyId: 'example', secretAccessKey: 'example' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });
  const { Item } = await client.send(new GetItemCommand({ TableName: 'hits', Key: { page: { S: page } } }));
  client.destroy();
  return Item?.['hits']?.N;
}
