import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startFaultProxy, type FaultProxy, type NetworkFault } from './fault-proxy.ts';

test.each<[string, NetworkFault | null]>([
  ['no fault', null],
  ['latency', { kind: 'latency', ms: 5 }],
  ['slices', { kind: 'slice', bytes: 3 }],
  ['a cut that is not reached', { kind: 'cut', toward: 'server', afterBytes: 1_000 }],
  ['a cut the other way that is not reached', { kind: 'cut', toward: 'client', afterBytes: 1_000 }],
])('%s: what is sent comes back', async (_name, fault) => {
  const { proxy } = await startEcho();
  proxy.set(fault);
  const socket = open(proxy);
  socket.end('all that was said');
  expect(await textOf(socket)).toBe('all that was said');
  expect(proxy.brokenCount()).toBe(0);
});

test('slices arrive as pieces', async () => {
  const { proxy, pieces } = await startEcho();
  proxy.set({ kind: 'slice', bytes: 4 });
  const socket = open(proxy);
  socket.end('abcdefghij');
  expect(await textOf(socket)).toBe('abcdefghij');
  expect(pieces.length).toBeGreaterThan(1);
});

test.each(['cut', 'reset'] as const)('%s toward the server after 5 bytes', async (kind) => {
  const { proxy, pieces } = await startEcho();
  proxy.set({ kind, toward: 'server', afterBytes: 5 });
  const socket = open(proxy);
  socket.write('abcdefghij');
  const outcome = await textOf(socket).catch((error: unknown) => Reflect.get(Object(error), 'code') ?? 'error');
  const arrived = (): string => Buffer.concat(pieces).toString();
  // A reset takes with it what its receiver has not read.
  if (kind === 'reset') expect(['abcde'.startsWith(arrived()), outcome]).toEqual([true, 'ECONNRESET']);
  // The client may see its end before the server has read.
  else await expect.poll(arrived).toBe('abcde');
  expect(proxy.brokenCount()).toBe(1);
});

test('cut toward the client: the server has had everything', async () => {
  const { proxy, pieces } = await startEcho();
  proxy.set({ kind: 'cut', toward: 'client', afterBytes: 3 });
  const socket = open(proxy);
  socket.write('abcdefghij');
  expect(await textOf(socket)).toBe('abc');
  expect(Buffer.concat(pieces).toString()).toBe('abcdefghij');
});

test('silence: what came meanwhile goes on afterwards', async () => {
  const { proxy, pieces } = await startEcho();
  const socket = open(proxy);
  await once(socket, 'connect');
  proxy.set({ kind: 'silence', toward: 'server' });
  socket.end('late');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(pieces).toEqual([]);
  proxy.set(null);
  expect(await textOf(socket)).toBe('late');
});

test('away: open connections and new ones are reset, until it is over', async () => {
  const { proxy } = await startEcho();
  const before = open(proxy);
  before.write('a');
  await once(before, 'data');
  proxy.set({ kind: 'away' });
  await expect(textOf(before)).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect(textOf(open(proxy))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(proxy.brokenCount()).toBe(2);
  proxy.set(null);
  const after = open(proxy);
  after.end('b');
  expect(await textOf(after)).toBe('b');
});

async function startEcho(): Promise<{ readonly proxy: FaultProxy; readonly pieces: Buffer[] }> {
  const pieces: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => void pieces.push(piece));
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = Object(server.address());
  const proxy = await startFaultProxy(`127.0.0.1:${port}`);
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
  });
  return { proxy, pieces };
}

function open(proxy: FaultProxy): Socket {
  const [host, port] = proxy.address.split(':');
  return connect({ host: host ?? '', port: Number(port) });
}

async function textOf(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
