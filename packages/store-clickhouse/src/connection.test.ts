import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect, type Connection } from './connection.ts';

let server: Server;
let connection: Connection;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const place = { url, host: `127.0.0.1:${port}`, database: 'any', cluster: null };
  connection = connect(place, { username: 'u', password: 'p' });
});
afterEach(async () => {
  await connection[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function nextRequest(): Promise<{ settings: URLSearchParams; response: ServerResponse }> {
  const [request, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  request.resume();
  return { settings: new URL(request.url ?? '', 'http://any').searchParams, response };
}

/** A read, and the request that it is. */
async function readUntil(signal: AbortSignal) {
  const request = nextRequest();
  const read = connection.until(signal).query('SELECT 1');
  read.catch(() => {});
  return { read, ...(await request) };
}

async function expectAnswer(): Promise<void> {
  const request = nextRequest();
  const rows = connection.query('SELECT 1');
  (await request).response.end('[1]\n');
  expect(await rows).toEqual([[1]]);
}

test('a read that is given up closes its connection, and the server is not taken for away', async () => {
  const stop = new AbortController();
  const { read, response } = await readUntil(stop.signal);
  const closed = once(response, 'close');
  stop.abort();
  await expect(read).rejects.toMatchObject({ code: 'cancelled' });
  await closed;
  await expectAnswer();
});

test('so does one of whose answer half has come', async () => {
  const stop = new AbortController();
  const { read, response } = await readUntil(stop.signal);
  const closed = once(response, 'close');
  response.write('[1]\n'.repeat(10_000));
  setTimeout(() => stop.abort(), 20);
  await expect(read).rejects.toMatchObject({ code: 'cancelled' });
  await closed;
  await expectAnswer();
});

test('the server is told to stop what nobody waits for, which it does for reads that cannot write', async () => {
  const { read, settings, response } = await readUntil(new AbortController().signal);
  expect(settings.get('cancel_http_readonly_queries_on_client_close')).toBe('1');
  expect(settings.get('readonly')).toBe('2');
  response.end('[1]\n');
  expect(await read).toEqual([[1]]);
});

test('nothing is asked for one who has gone', async () => {
  let count = 0;
  server.on('request', () => (count += 1));
  await expect(connection.until(AbortSignal.abort()).query('SELECT 1')).rejects.toMatchObject({ code: 'cancelled' });
  await expectAnswer();
  expect(count).toBe(1);
});

test('a connection that breaks by itself is `away`, whoever might have given the read up', async () => {
  const { read, response } = await readUntil(new AbortController().signal);
  response.destroy();
  await expect(read).rejects.toMatchObject({ code: 'away' });
});
