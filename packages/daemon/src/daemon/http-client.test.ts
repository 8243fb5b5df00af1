import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpClient, type HttpAnswer, type HttpClientOptions } from './http-client.ts';
import { openFakeEndpoint } from './testing/fake-endpoint.ts';

test('what is sent, what comes back', async () => {
  const endpoint = await openFakeEndpoint();
  const answer = await call(`${endpoint.url}/x`, {});
  expect([answer.status, answer.body.toString(), answer.headers['x-amzn-requestid']]).toEqual([
    200,
    '{"of":"/x"}',
    'r',
  ]);
  expect(endpoint.seen).toMatchObject([{ path: '/x', body: 'body', headers: { 'content-length': '4' } }]);
});

test('a proxy gets the whole address, and its own credentials', async () => {
  const proxy = await openFakeEndpoint();
  const through = new URL(proxy.url.replace('//', '//user:p%40ss@'));
  await call('http://xray.example/TraceX', { proxy: through });
  expect(proxy.seen).toMatchObject([
    {
      path: 'http://xray.example/TraceX',
      headers: { host: 'xray.example', 'proxy-authorization': `Basic ${Buffer.from('user:p@ss').toString('base64')}` },
    },
  ]);
});

test('TLS goes through a proxy as a tunnel', async () => {
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 407 No\r\n\r\n');
  });
  const url = `http://127.0.0.1:${await listen(proxy)}`;
  await expect(call('https://xray.example/x', { proxy: new URL(url) })).rejects.toMatchObject({
    code: 'proxy-refused',
  });
  expect(asked).toEqual(['xray.example:443']);
});

test.each(['http://xray.example/x', 'https://xray.example/x'])(
  'a proxy of https:// is itself asked by TLS, for %s',
  async (url) => {
    const first: number[] = [];
    const proxy = createTcpServer((socket) =>
      socket.once('data', (bytes) => void (first.push(bytes[0] ?? 0), socket.end())),
    );
    const through = new URL(`https://127.0.0.1:${await listen(proxy)}`);
    await expect(call(url, { proxy: through })).rejects.toThrow();
    // A TLS record of a handshake.
    expect(first).toEqual([0x16]);
  },
);

test('silence ends in time, a dead address at once', async () => {
  const silent = createServer(() => {});
  const port = await listen(silent);
  await expect(call(`http://127.0.0.1:${port}/`, {}, 50)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  await expect(call('http://127.0.0.1:1/', {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('an answer without end is cut', async () => {
  const endless = createServer((_request, response) => {
    const timer = setInterval(() => response.write(Buffer.alloc(262_144)), 1);
    response.on('close', () => clearInterval(timer));
  });
  const port = await listen(endless);
  await expect(call(`http://127.0.0.1:${port}/`, {})).rejects.toMatchObject({ code: 'answer-too-large' });
});

async function call(url: string, options: Partial<HttpClientOptions>, timeoutMs = 10_000): Promise<HttpAnswer> {
  using client = createHttpClient({ proxy: null, verifiesCertificates: true, connectionsMax: 2, ...options });
  return await client.call({ method: 'POST', url: new URL(url), headers: {}, body: 'body', timeoutMs });
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a TCP server
  return (server.address() as AddressInfo).port;
}
