import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OPERATIONS } from '@fluoroscope/api/operations';
import { expect, onTestFinished, test } from 'vitest';
import { eventually, makeFolder, removeFolder, runProgram, startProgram, type Program } from './program.ts';
import { openTwoNetworks, type TwoNetworks } from './two-networks.ts';

const run = promisify(execFile);

const CONSOLE_CALLS = ['GET /api/map', 'PUT /api/map/positions', 'GET /api/live', 'GET /api/status', 'GET /metrics'];

test('of a default start nothing can be reached from another host', async () => {
  const networks = await open();
  const program = await start(networks, ['serve', '--data-dir', folder()]);
  const ports = await networks.listening();
  expect(ports).toContain(2000);

  const counted = 'fluoroscope_datagrams_received_total 1\n';
  const datagram = `require('node:dgram').createSocket('udp4').unref().send('x', 2000, '127.0.0.1')`;
  await runOn(networks.first, datagram);
  await eventually(
    () => metricsOf(networks, program),
    (text) => text.includes(counted),
  );

  const reached = await fromSecond(
    networks,
    `
    const net = require('node:net'), dgram = require('node:dgram');
    const [, ports, ...addresses] = JSON.parse(process.argv[1]);
    const connect = (port, host) => new Promise((resolve) => {
      const socket = net.connect({ port, host, timeout: 2000 });
      socket.once('connect', () => resolve([host, port].join(' ')));
      for (const event of ['error', 'timeout']) socket.once(event, () => resolve(null));
    });
    const send = (port, host) => new Promise((resolve, reject) => {
      const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
      const text = '{"format":"json","version":1}\\n{}';
      socket.send(text, port, host, (error) => { socket.close(); if (error) reject(error); else resolve(null); });
    });
    const all = addresses.flatMap((host) => ports.flatMap((port) => [connect(port, host), send(port, host)]));
    Promise.all(all).then((found) => {
      console.log(JSON.stringify(found.filter((one) => one !== null)));
      process.exit();
    });`,
    [null, ports, networks.address, networks.address6],
  );
  expect(reached).toEqual([]);
  expect(await metricsOf(networks, program)).toContain(counted);
});

test('with a key only what is signed with it gets in from another host', async () => {
  const networks = await open();
  const dataDir = folder();
  const { output } = await runProgram(['keys', 'create', '--scopes', 'admin', '--data-dir', dataDir]);
  const [, id = ''] = /AWS_ACCESS_KEY_ID=(\w+)/.exec(output) ?? [];
  const [, secret = ''] = /AWS_SECRET_ACCESS_KEY=([\w-]+)/.exec(output) ?? [];
  const at = `${networks.address}:2000`;
  await start(networks, ['serve', '--data-dir', dataDir, '--http-listen', at, '--udp-listen', 'off']);

  const calls = [...Object.values(OPERATIONS).map(({ path }) => `POST ${path}`), ...CONSOLE_CALLS];
  const unsigned = await fromSecond(
    networks,
    `
    const [at, ...calls] = JSON.parse(process.argv[1]);
    const ask = async (call) => {
      const [method, path] = call.split(' ');
      const answer = await fetch('http://' + at + path, { method, ...(method !== 'GET' && { body: '{}' }) });
      await answer.body?.cancel();
      return [call, answer.status];
    };
    Promise.all(calls.map(ask)).then((found) => console.log(JSON.stringify(found)));`,
    [at, ...calls],
  );
  expect(unsigned).toEqual(calls.map((call) => [call, call.includes('/api/') ? 401 : 403]));

  const signed = await fromSecond(
    networks,
    `
    const { GetGroupsCommand, XRayClient } = require('@aws-sdk/client-xray');
    const [endpoint, accessKeyId, ...secrets] = JSON.parse(process.argv[1]);
    const ask = async (secretAccessKey) => {
      const credentials = { accessKeyId, secretAccessKey };
      const client = new XRayClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 });
      return client.send(new GetGroupsCommand({})).then(({ Groups }) => Groups.length, ({ name }) => name);
    };
    Promise.all(secrets.map(ask)).then((found) => console.log(JSON.stringify(found)));`,
    [`http://${at}`, id, secret, 'x'.repeat(40)],
  );
  expect(signed).toEqual([1, 'InvalidSignatureException']);
});

async function open(): Promise<TwoNetworks> {
  const networks = await openTwoNetworks();
  onTestFinished(() => networks[Symbol.asyncDispose]());
  return networks;
}

function folder(): string {
  const dataDir = makeFolder();
  onTestFinished(() => removeFolder(dataDir));
  return dataDir;
}

async function start(networks: TwoNetworks, flags: readonly string[]): Promise<Program> {
  const program = await startProgram(flags, {}, networks.first);
  onTestFinished(async () => void (await program.stop()));
  return program;
}

/** Runs a script on the second host; it finds its values in `process.argv[1]` and prints one line of JSON. */
async function fromSecond({ second }: TwoNetworks, script: string, values: unknown): Promise<unknown> {
  return JSON.parse(await runOn(second, script, JSON.stringify(values)));
}

function metricsOf({ first }: TwoNetworks, { http }: Program): Promise<string> {
  return runOn(first, `fetch('http://${http}/metrics').then((answer) => answer.text()).then(console.log)`);
}

/** Resolves to what it prints. Packages are found from this folder. */
async function runOn(host: readonly string[], script: string, ...values: readonly string[]): Promise<string> {
  const [file = '', ...args] = [...host, process.execPath, '-e', script, ...values];
  return (await run(file, args, { cwd: import.meta.dirname })).stdout;
}
