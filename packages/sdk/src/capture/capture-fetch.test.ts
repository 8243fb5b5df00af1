import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { enableAutomaticMode, enableManualMode, getSegment, runWithSegment } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { openLog } from '../testing/log.ts';
import { captureFetchGlobal, captureFetchModule, enableCapture, uncaptureFetch } from './capture-fetch.ts';
import { captureUndici } from './capture-undici.ts';

vi.mock('../send/emitter.ts', () => import('../testing/sent.ts'));

interface Undici {
  request(url: string, options?: object): Promise<{ statusCode: number; body: Readable & { text(): Promise<string> } }>;
  fetch: typeof globalThis.fetch;
  RetryAgent: new (agent: object, options?: object) => object;
  Agent: new () => { compose(interceptor: unknown): object; close(): Promise<void> };
  interceptors: { redirect(options: object): unknown };
}
const require = createRequire(import.meta.url);
const undici = require('undici') as Undici;

let failures = 0;
/** Answers with the status in the path and the trace headers that it was sent. */
const server = createServer((request, response) => {
  const path = request.url ?? '';
  const headers = JSON.stringify(request.headersDistinct['x-amzn-trace-id'] ?? []);
  if (path.startsWith('/redirect')) response.writeHead(302, { location: '/200' }).end();
  else if (path === '/flaky') response.writeHead((failures += 1) < 3 ? 503 : 200).end(headers);
  else if (path === '/cut') response.writeHead(200).write('half', () => setTimeout(() => response.destroy(), 5));
  else if (path === '/slow') {
    response.write('a');
    setTimeout(() => response.end('b'), 30);
  } else if (path === '/large') response.end(Buffer.alloc(8e6));
  else if (path === '/echo') request.pipe(response);
  else if (path !== '/silent') {
    response.statusCode = Number(/\d{3}/.exec(path)?.[0] ?? 200);
    response.end(headers);
  }
});
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
afterEach(() => {
  uncaptureFetch();
  enableAutomaticMode();
  failures = 0;
});

async function inSegment(run: () => Promise<unknown>): Promise<Segment> {
  const segment = new Segment('shop', null, '53995c3f42cd8ad8');
  await runWithSegment(segment, run).catch(() => {});
  return segment;
}

/** Aborts the request that the server gets next. */
function abortOnArrival(): AbortSignal {
  const controller = new AbortController();
  server.once('request', () => controller.abort());
  return controller.signal;
}

const only = (segment: Segment): Subsegment => {
  const [subsegment, ...others] = segment.subsegments ?? [];
  if (subsegment === undefined || others.length > 0) throw new Error(`${others.length + 1} subsegments`);
  return subsegment;
};

const textOf = async (url: string, init?: RequestInit): Promise<string> => (await fetch(url, init)).text();

const headerOf = (segment: Segment, subsegment: Subsegment): string =>
  `Root=${segment.trace_id};Parent=${subsegment.id};Sampled=1`;

test('a fetch is a subsegment, and the other side is told which', async () => {
  expect(captureFetchGlobal(true)).toBe(globalThis.fetch);
  expect(captureFetchGlobal(true)).toBe(globalThis.fetch);
  let body = '';
  const segment = await inSegment(async () => (body = await textOf(`${base}/a?secret=1#x`)));
  const subsegment = only(segment);
  expect(subsegment).toMatchObject({ name: '127.0.0.1', namespace: 'remote', traced: true, in_progress: undefined });
  expect(subsegment.http).toEqual({
    request: { method: 'GET', url: `${base}/a` },
    response: { status: 200, content_length: body.length },
  });
  expect(JSON.parse(body)).toEqual([headerOf(segment, subsegment)]);
});

test.each<[string, () => Promise<Response>]>([
  ['a text', () => fetch(`${base}/200`)],
  ['a URL', () => fetch(new URL(`${base}/200`))],
  ['a request', () => fetch(new Request(`${base}/200`, { headers: { a: 'b' } }))],
  ['a request and options', () => fetch(new Request(`${base}/200`), { headers: [['a', 'b']] })],
  ['headers of another call', () => fetch(`${base}/200`, { headers: { 'x-amzn-trace-id': 'Root=1-2-3;Parent=4' } })],
  [
    'the header of our own caller',
    () => {
      const { trace_id } = getSegment() as Segment;
      return fetch(`${base}/200`, { headers: { 'X-Amzn-Trace-Id': `Root=${trace_id};Parent=53995c3f42cd8ad8` } });
    },
  ],
])('called with %s: one header, and it is ours', async (_, call) => {
  captureFetchGlobal();
  let body: unknown;
  const segment = await inSegment(async () => (body = await (await call()).json()));
  expect(body).toEqual([headerOf(segment, only(segment))]);
});

test('what has a header for this trace is captured already', async () => {
  captureFetchGlobal();
  const segment = await inSegment(() => {
    const { trace_id } = getSegment() as Segment;
    return fetch(`${base}/200`, { headers: { 'x-amzn-trace-id': `Root=${trace_id};Parent=1111111111111111` } });
  });
  expect(segment.subsegments).toBeUndefined();
});

test.each([
  ['/404', { error: true }],
  ['/429', { error: true, throttle: true }],
  ['/500', { fault: true }],
  ['/redirect', {}],
])('the status of %s', async (path, flags) => {
  captureFetchGlobal();
  const { error, fault, throttle } = only(await inSegment(() => textOf(base + path)));
  expect(JSON.parse(JSON.stringify({ error, fault, throttle }))).toEqual(flags);
});

test('a service that is not there fails without being waited for', async () => {
  captureFetchGlobal(true);
  const subsegment = only(await inSegment(() => fetch('http://127.0.0.1:65533/')));
  expect(subsegment).toMatchObject({ fault: true, error: true, traced: undefined, in_progress: undefined });
  expect(subsegment.cause?.exceptions?.map(({ message }) => message)).toContain('fetch failed');
});

test('an abort closes the subsegment', async () => {
  captureFetchGlobal();
  const subsegment = only(await inSegment(() => fetch(`${base}/silent`, { signal: abortOnArrival() })));
  expect(subsegment).toMatchObject({ fault: true, in_progress: undefined });
});

test('a body goes out as it is: neither copied nor read before', async () => {
  captureFetchGlobal();
  let pulled = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (; pulled < 3; pulled += 1) yield Buffer.from(String(pulled));
  }
  let body = '';
  const init = { method: 'POST', body: Readable.toWeb(Readable.from(chunks())), duplex: 'half' };
  await inSegment(async () => (body = await textOf(`${base}/echo`, init as never)));
  expect([body, pulled]).toEqual(['012', 3]);
});

test('what is done in the call belongs to it, what follows to the caller', async () => {
  const seen: unknown[] = [];
  const captured = enableCapture(async (_url: string) => (seen.push(getSegment()), new Response('')), Request);
  const segment = await inSegment(async () => {
    await captured(`${base}/200`);
    seen.push(getSegment());
  });
  expect(seen).toEqual([only(segment), segment]);
});

test('the callback may annotate, and may fail', async () => {
  using log = openLog();
  captureFetchGlobal(false, (subsegment, request, response, error) => {
    subsegment.addAnnotation('seen', `${request.method} ${response?.status ?? error?.name}`);
    throw new Error('callback');
  });
  const [answered, failed] = [
    only(await inSegment(() => textOf(`${base}/200`))),
    only(await inSegment(() => fetch('http://127.0.0.1:65533/'))),
  ];
  expect([answered.annotations, failed.annotations]).toEqual([{ seen: 'GET 200' }, { seen: 'GET TypeError' }]);
  expect(log.errors.length).toBe(2);
});

test('in manual mode the segment is in the options, which stay as they are', async () => {
  captureFetchGlobal();
  enableManualMode();
  const segment = new Segment('shop');
  const init = { XRaySegment: segment };
  await textOf(`${base}/200`, init as RequestInit);
  await textOf(`${base}/200`, init as RequestInit);
  expect([segment.subsegments?.length, init]).toEqual([2, { XRaySegment: segment }]);
});

test('without a segment the call is made all the same', async () => {
  using log = openLog();
  captureFetchGlobal();
  expect(await textOf(`${base}/200`)).toBe('[]');
  expect(log.errors.length).toBe(1);
});

test('a module is captured in its place, and released', async () => {
  using log = openLog();
  const module = { default: undici.fetch, Request: globalThis.Request };
  const captured = captureFetchModule(module);
  expect([captured, captureFetchModule(module)]).toEqual([module.default, module.default]);
  expect(captured).not.toBe(undici.fetch);
  uncaptureFetch(module);
  expect(module.default).toBe(undici.fetch);
  expect([captureFetchModule({ default: undefined }), log.warnings.length]).toEqual([null, 1]);
});

test('what was captured is undone, also where others kept it', async () => {
  const before = globalThis.fetch;
  const kept = captureFetchGlobal();
  uncaptureFetch();
  expect(globalThis.fetch).toBe(before);
  const segment = await inSegment(() => kept(`${base}/200`));
  expect(segment.subsegments).toBeUndefined();
});

/** Makes a call with undici captured. */
async function withUndici(run: () => Promise<unknown>, options = {}): Promise<Segment> {
  const undo = captureUndici(options);
  try {
    return await inSegment(run);
  } finally {
    undo();
  }
}

test.each<[string, (path: string) => Promise<string>]>([
  ['undici.request', async (path) => (await undici.request(base + path)).body.text()],
  ['undici.fetch', async (path) => (await undici.fetch(base + path)).text()],
  ["Node's fetch", (path) => textOf(base + path)],
])('%s, told of by undici itself', async (_, call) => {
  let body = '';
  const segment = await withUndici(async () => (body = await call('/429?secret=1')), { downstreamTraced: true });
  const subsegment = only(segment);
  expect(subsegment).toMatchObject({
    name: '127.0.0.1',
    namespace: 'remote',
    traced: true,
    throttle: true,
    error: true,
  });
  expect(subsegment.http).toEqual({
    request: { method: 'GET', url: `${base}/429` },
    response: { status: 429, ...(subsegment.http as { response: object }).response },
  });
  expect(JSON.parse(body)).toEqual([headerOf(segment, subsegment)]);
});

test.each([{ 'x-amzn-trace-id': 'Root=1-2-3;Parent=4' }, ['X-Amzn-Trace-Id', 'Root=1-2-3;Parent=4']])(
  'undici: a header that was copied is replaced',
  async (headers) => {
    let body: unknown;
    const segment = await withUndici(
      async () => (body = JSON.parse(await (await undici.request(base, { headers })).body.text())),
    );
    expect(body).toEqual([headerOf(segment, only(segment))]);
  },
);

test('undici: each attempt of a retry and each hop of a redirect is a call', async () => {
  const agent = new undici.Agent();
  const dispatcher = new undici.RetryAgent(agent, { minTimeout: 1, timeoutFactor: 1 });
  const retried = await withUndici(async () => (await undici.request(`${base}/flaky`, { dispatcher })).body.text());
  const redirected = await withUndici(() => textOf(`${base}/redirect`));
  const status = ({ subsegments }: Segment): unknown =>
    subsegments?.map(({ http }) => (http as { response: { status: number } }).response.status);
  expect([status(retried), status(redirected)]).toEqual([
    [503, 503, 200],
    [302, 200],
  ]);
  await agent.close();
});

test('undici: a fetch that is captured as well is one call', async () => {
  captureFetchGlobal();
  const segment = await withUndici(() => textOf(`${base}/200`));
  expect(only(segment).subsegments).toBeUndefined();
});

test('undici: a subsegment lasts as long as its body, when that is read', async () => {
  const subsegment = only(await withUndici(() => textOf(`${base}/slow`)));
  expect((subsegment.end_time ?? 0) - subsegment.start_time).toBeGreaterThan(0.025);
});

test('undici: a body that nobody reads holds nothing back', async () => {
  const segment = await withUndici(async () => (await undici.request(`${base}/large`)).statusCode);
  expect([only(segment).isClosed(), segment.counter]).toEqual([true, 0]);
});

test('undici: a body that is cut is a fault', async () => {
  const segment = await withUndici(() => textOf(`${base}/cut`));
  expect(only(segment)).toMatchObject({ fault: true, in_progress: undefined, http: { response: { status: 200 } } });
});

test.each([
  ['a service that is not there', () => undici.request('http://127.0.0.1:65533/'), undefined],
  ['an abort', () => undici.request(`${base}/silent`, { signal: abortOnArrival() }), true],
])('undici: %s', async (_, call, traced) => {
  const subsegment = only(await withUndici(call, { downstreamTraced: true }));
  expect(subsegment).toMatchObject({ fault: true, in_progress: undefined, traced });
});

test('undici: calls at the same time over a pool of connections stay with their callers', async () => {
  const undo = captureUndici();
  const segments = await Promise.all(
    Array.from({ length: 8 }, (_, at) =>
      inSegment(async () => {
        await sleep(at % 3);
        await (await undici.request(`${base}/200`)).body.text();
      }),
    ),
  );
  undo();
  expect(segments.map(({ subsegments }) => subsegments?.length)).toEqual(segments.map(() => 1));
});

test('undici: undone, nothing is recorded', async () => {
  const undone = await inSegment(async () => {
    captureUndici()();
    await textOf(`${base}/200`);
  });
  expect(undone.subsegments).toBeUndefined();
});
