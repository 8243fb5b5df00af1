import { once } from 'node:events';
import http from 'node:http';
import * as httpNamespace from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  enableAutomaticMode,
  enableManualMode,
  getSegment,
  runWithSegment,
  setContextMissingStrategy,
} from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { openLog } from '../testing/log.ts';
import { captureHTTPs, captureHTTPsGlobal } from './capture-https.ts';

vi.mock('../send/emitter.ts', () => import('../testing/sent.ts'));

/** Answers with the status in the path, and with the trace header that it was sent. `/cut` and `/silent` never end. */
const server = http.createServer((request, response) => {
  const path = request.url ?? '';
  if (path === '/cut') response.write('half', () => response.destroy());
  else if (path !== '/silent') {
    response.statusCode = Number(/\d{3}/.exec(path)?.[0] ?? 200);
    response.end(String(request.headers['x-amzn-trace-id'] ?? 'none'));
  }
});
const traced = captureHTTPs(http, true);
let base = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function bodyOf(request: http.ClientRequest): Promise<string> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

async function closed(subsegment: Subsegment | undefined): Promise<Subsegment> {
  if (subsegment === undefined) throw new Error('no subsegment');
  while (!subsegment.isClosed()) await new Promise((resolve) => setImmediate(resolve));
  return subsegment;
}

/** Makes a call in a new segment and waits until its subsegment is closed. */
async function call(
  start: () => http.ClientRequest,
): Promise<{ segment: Segment; subsegment: Subsegment; body: string }> {
  const segment = new Segment('shop');
  const body = await runWithSegment(segment, () => bodyOf(start()));
  return { segment, subsegment: await closed(segment.subsegments?.[0]), body };
}

test('a call is a subsegment, and the other side is told which', async () => {
  const { segment, subsegment, body } = await call(() => traced.get(`${base}/a/b?secret=1`));
  expect(subsegment).toMatchObject({ name: '127.0.0.1', namespace: 'remote', traced: true });
  expect(subsegment.http).toMatchObject({
    request: { method: 'GET', url: 'http://127.0.0.1/a/b' },
    response: { status: 200, content_length: 74 },
  });
  expect(body).toBe(`Root=${segment.trace_id};Parent=${subsegment.id};Sampled=1`);
});

test.each<[string, (path: string) => http.ClientRequest]>([
  ['a text', (path) => traced.get(base + path)],
  ['a URL', (path) => traced.get(new URL(base + path))],
  ['a URL and options', (path) => traced.get(new URL(base + path), { headers: { a: 'b' } })],
  ['a text and options', (path) => traced.request(base + path, { method: 'POST' }).end('x')],
  ['options', (path) => traced.get({ host: '127.0.0.1', port: new URL(base).port, path })],
  [
    'headers as a list',
    (path) => traced.get({ hostname: '127.0.0.1', port: new URL(base).port, path, headers: ['host', 'b'] }),
  ],
])('called with %s', async (_, start) => {
  const { subsegment, body } = await call(() => start('/x'));
  expect(body).toContain(`Parent=${subsegment.id}`);
});

test.each([
  ['/400', { error: true }],
  ['/429', { error: true, throttle: true }],
  ['/500', { fault: true }],
  ['/304', {}],
])('the status of %s', async (path, flags) => {
  const { subsegment } = await call(() => traced.get(base + path));
  const { error, fault, throttle } = subsegment;
  expect(JSON.parse(JSON.stringify({ error, fault, throttle }))).toEqual(flags);
});

test('the options of the application stay as they are and serve again', async () => {
  const options = { host: '127.0.0.1', port: new URL(base).port, headers: { a: 'b' } };
  const [one, two] = [await call(() => traced.get(options)), await call(() => traced.get(options))];
  expect(options).toEqual({ host: '127.0.0.1', port: new URL(base).port, headers: { a: 'b' } });
  expect([one.body, two.body].every((body) => body.startsWith('Root='))).toBe(true);
});

test('what is done with the response belongs to the caller, and the next call is a sibling', async () => {
  const segment = new Segment('shop');
  await runWithSegment(
    segment,
    () =>
      new Promise<void>((done) => {
        traced.get(base, (response) => {
          expect(getSegment()).toBe(segment);
          response.resume().on('end', () => {
            expect(getSegment()).toBe(segment);
            traced.get(base, (second) => void second.resume().on('end', done));
          });
        });
      }),
  );
  expect(segment.subsegments?.map(({ subsegments }) => subsegments)).toEqual([undefined, undefined]);
});

test('an unread response is thrown away as ever, and its subsegment closed', async () => {
  const segment = new Segment('shop');
  runWithSegment(segment, () => traced.get(`${base}/200`));
  expect((await closed(segment.subsegments?.[0])).http).toMatchObject({ response: { status: 200 } });
});

test('a response that is paused keeps its data', async () => {
  const segment = new Segment('shop');
  const body = await runWithSegment(segment, async () => {
    const [response] = (await once(traced.get(base), 'response')) as [http.IncomingMessage];
    await new Promise((resolve) => setTimeout(resolve, 5));
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return text;
  });
  expect(body).toMatch(/^Root=/);
});

test('an aborted request leaves nothing open', async () => {
  const segment = new Segment('shop');
  const request = runWithSegment(segment, () => traced.get(`${base}/silent`));
  request.on('error', () => {});
  request.destroy();
  expect((await closed(segment.subsegments?.[0])).fault).toBe(true);
  expect(segment.counter).toBe(0);
});

test('a response that is cut leaves nothing open', async () => {
  const segment = new Segment('shop');
  const request = runWithSegment(segment, () => traced.get(`${base}/cut`));
  request.on('response', (response) => response.on('error', () => {}).resume());
  request.on('error', () => {});
  await closed(segment.subsegments?.[0]);
  expect(segment.counter).toBe(0);
});

test('a refused connection is a fault of this side: nobody was reached', async () => {
  const segment = new Segment('shop');
  const request = runWithSegment(segment, () => traced.get('http://127.0.0.1:1/'));
  const [error] = (await once(request, 'error')) as [Error];
  const subsegment = await closed(segment.subsegments?.[0]);
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  expect(subsegment).toMatchObject({ fault: true, traced: undefined, cause: { exceptions: [{ remote: false }] } });
});

test('an error nobody listens to is thrown as ever', () => {
  const segment = new Segment('shop');
  const request = runWithSegment(segment, () => traced.get(`${base}/silent`));
  expect(() => request.emit('error', new Error('mine'))).toThrow('mine');
  request.on('error', () => {}).destroy();
});

test.each(['X-Amzn-Trace-Id', 'x-amzn-trace-id'])('a call that carries %s already is let through', async (name) => {
  const segment = new Segment('shop');
  const body = await runWithSegment(segment, () => bodyOf(traced.get(base, { headers: { [name]: 'Root=1' } })));
  expect([body, segment.subsegments]).toEqual(['Root=1', undefined]);
});

test('an unsampled segment tells the other side', async () => {
  const segment = new Segment('shop');
  segment.notTraced = true;
  expect(await runWithSegment(segment, () => bodyOf(traced.get(base)))).toMatch(/;Sampled=0$/);
});

test('without a segment the call is made, and the strategy hears of it', async () => {
  const messages: string[] = [];
  setContextMissingStrategy((message) => messages.push(message));
  expect([await bodyOf(traced.get(base)), messages.length]).toEqual(['none', 1]);
  setContextMissingStrategy('LOG_ERROR');
});

test('the callback sees the call before its subsegment is closed, and may fail', async () => {
  using log = openLog();
  const seen: unknown[] = [];
  const watched = captureHTTPs(http, false, (subsegment, request, response) => {
    seen.push(subsegment.isClosed(), request.path, response?.statusCode);
    throw new Error('mine');
  });
  const { subsegment } = await call(() => watched.get(`${base}/500`));
  expect([seen, subsegment.traced, log.errors.length]).toEqual([[false, '/500', 500], undefined, 1]);
});

test('in manual mode the segment is in the options, and stays there', async () => {
  enableManualMode();
  try {
    const segment = new Segment('shop');
    const options = { XRaySegment: segment, method: 'GET' };
    expect(await bodyOf(traced.get(base, options))).toMatch(/^Root=/);
    expect([segment.subsegments?.length, options.XRaySegment]).toEqual([1, segment]);
  } finally {
    enableAutomaticMode();
  }
});

test('the whole process is captured through the namespace of an import, once', async () => {
  const { get, request } = http;
  try {
    captureHTTPsGlobal(httpNamespace);
    const patched = http.get;
    captureHTTPsGlobal(http);
    expect(http.get).toBe(patched);
    const { segment, body } = await call(() => httpNamespace.get(base));
    expect([body.includes('Root='), segment.subsegments?.length]).toEqual([true, 1]);
    expect(captureHTTPs(http)).toBe(http);
  } finally {
    Object.assign(http, { get, request });
  }
});

test('what is no HTTP module is left alone', () => {
  const module = { get: 1 };
  captureHTTPsGlobal(module);
  expect(captureHTTPs(module)).toBe(module);
});

test('what was captured is undone, also where others kept it', async () => {
  const { request, get } = http;
  const module = { request, get };
  const undo = captureHTTPsGlobal(module);
  const kept = module.get;
  expect(kept).not.toBe(get);
  undo();
  expect(module).toEqual({ request, get });
  const segment = new Segment('shop');
  await runWithSegment(segment, () => bodyOf(kept(base)));
  expect(segment.subsegments).toBeUndefined();
});
