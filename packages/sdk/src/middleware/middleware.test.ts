import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { Segment } from '../document/segment.ts';
import { sent, untilSent } from '../testing/sent.ts';
import { readDocument } from '../testing/udp-receiver.ts';
import { IncomingRequestData } from './incoming-request-data.ts';
import { middleware, type ResponseLike } from './middleware.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';
vi.mock('../send/emitter.ts', () => import('../testing/sent.ts'));

const never = { shouldSample: (): boolean => false, setLocalRules: (): void => {} };

afterEach(() => {
  sent.length = 0;
  Object.assign(middleware, { defaultName: undefined, dynamicNaming: false, hostPattern: null, sampler: never });
});

test.each<[string | undefined, string | undefined, boolean, string]>([
  [undefined, 'a.shop', false, 'fixed'],
  ['*.shop', 'a.shop', true, 'a.shop'],
  ['*.shop', 'a.bank', true, 'fixed'],
  [undefined, 'a.bank', true, 'a.bank'],
  [undefined, undefined, true, 'fixed'],
])('pattern %s, host %s, dynamic %s: %s', (pattern, host, dynamic, name) => {
  middleware.setDefaultName('fixed');
  if (dynamic) middleware.enableDynamicNaming(pattern);
  expect(middleware.resolveName(host)).toBe(name);
});

test('a host pattern is a text', () => {
  expect(() => middleware.enableDynamicNaming({} as string)).toThrow('must be a string');
});

test.each([undefined, '', 1, [], true])('rules are no %j', (source) => {
  expect(() => middleware.setSamplingRules(source as string)).toThrow('Please specify a path');
});

test.each<[string | undefined, boolean | string, boolean, string | undefined]>([
  ['1', false, true, undefined],
  ['0', true, false, undefined],
  [undefined, true, true, undefined],
  [undefined, false, false, undefined],
  ['?', false, false, `Root=${ROOT};Sampled=0`],
  ['?', 'rule', true, `Root=${ROOT};Sampled=1`],
])('header %s, sampler %s', (sampled, decision, traced, answer) => {
  middleware.sampler = { ...never, shouldSample: () => decision };
  const segment = new Segment('shop', ROOT);
  const headers: string[] = [];
  const response: ResponseLike = { setHeader: (_, value) => headers.push(value) };
  middleware.resolveSampling(sampled === undefined ? {} : { root: ROOT, sampled }, segment, response);
  expect([segment.notTraced !== true, headers[0]]).toEqual([traced, answer]);
  expect(segment.aws?.xray).toEqual(decision === 'rule' ? { rule_name: 'rule' } : undefined);
});

test('the sampler is asked about the path without its query', () => {
  let asked: unknown;
  middleware.sampler = { ...never, shouldSample: (request) => ((asked = request), true) };
  const req = { headers: { host: 'a.shop' }, method: 'GET', url: '/cart?id=1' } as IncomingMessage;
  middleware.resolveSampling({}, new Segment('shop'), { req });
  expect(asked).toEqual({ host: 'a.shop', httpMethod: 'GET', urlPath: '/cart', serviceName: 'shop' });
});

test.each<[string, object, object]>([
  ['plain', { socket: { remoteAddress: '::1' } }, { client_ip: '::1', url: 'http://a.shop/x?y' }],
  ['over TLS', { socket: { encrypted: true } }, { url: 'https://a.shop/x?y', client_ip: '' }],
  ['without a socket', {}, { url: '' }],
  [
    'forwarded',
    { headers: { host: 'a.shop', 'x-forwarded-for': '1.2.3.4, 5.6.7.8' } },
    { client_ip: '1.2.3.4', x_forwarded_for: true },
  ],
])('a request that came %s', (_, facts, expected) => {
  const data = new IncomingRequestData({ method: 'GET', url: '/x?y', headers: { host: 'a.shop' }, ...facts });
  expect(data.request).toMatchObject(expected);
  data.close({ statusCode: '404', headers: { 'content-length': '7' } });
  expect(data.response).toEqual({ status: 404, content_length: 7 });
});

/** Serves with a segment for each request; `run` makes one. */
async function serve(
  answer: (response: ServerResponse) => void,
  run: (port: number) => Promise<void>,
): Promise<Segment> {
  middleware.setDefaultName('shop');
  middleware.sampler = { ...never, shouldSample: () => true };
  let segment: Segment | undefined;
  const server = createServer((request, response) => {
    segment = middleware.traceRequestResponseCycle(request, response);
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await run((server.address() as AddressInfo).port);
  while (segment?.isClosed() !== true) await new Promise((resolve) => setImmediate(resolve));
  server.closeAllConnections();
  server.close();
  return segment;
}

const ask = (headers: Record<string, string>) => async (port: number) => {
  const [response] = (await once(httpRequest({ port, path: '/x', headers }).end(), 'response')) as [IncomingMessage];
  response.resume();
};

test('a segment is open as long as its request, and sent once', async () => {
  const header = { 'x-amzn-trace-id': `Root=${ROOT};Parent=${PARENT};Sampled=1`, host: 'a.shop', 'user-agent': 'me' };
  await serve((response) => response.setHeader('content-length', 2).end('ok'), ask(header));
  expect(sent.map(({ text }) => readDocument(text))).toMatchObject([
    {
      trace_id: ROOT,
      parent_id: PARENT,
      name: 'shop',
      http: {
        request: { method: 'GET', url: 'http://a.shop/x', user_agent: 'me' },
        response: { status: 200, content_length: 2 },
      },
    },
  ]);
});

test.each([
  [429, { error: true, throttle: true }],
  [404, { error: true }],
  [503, { fault: true }],
])('a request answered with %i', async (status, flags) => {
  const { error, throttle, fault } = await serve((response) => response.writeHead(status).end(), ask({}));
  expect(JSON.parse(JSON.stringify({ error, throttle, fault }))).toEqual(flags);
});

test('the caller who asks is told of the decision', async () => {
  let told: unknown;
  await serve(
    (response) => {
      told = response.getHeader('x-amzn-trace-id');
      response.end();
    },
    ask({ 'x-amzn-trace-id': `Root=${ROOT};Sampled=?` }),
  );
  expect(told).toBe(`Root=${ROOT};Sampled=1`);
});

test('a client that goes away leaves no segment open', async () => {
  await serve(
    () => {},
    async (port) => {
      const socket = connect(port, '127.0.0.1');
      await new Promise<void>((resolve) => void socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n', () => resolve()));
      setTimeout(() => socket.destroy(), 20);
    },
  );
  expect(sent.length).toBe(1);
});

test('a client that has gone away before its request is handled leaves no segment open', async () => {
  const server = createServer((request, response) => {
    response.once('close', () => middleware.traceRequestResponseCycle(request, response));
  });
  middleware.sampler = { ...never, shouldSample: () => true };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await once(server, 'request');
  socket.destroy();
  await untilSent(1);
  server.close();
  expect(readDocument(sent[0]?.text ?? '')).not.toHaveProperty('http.response');
});
