import { setTimeout as sleep } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import type { JsonObject } from '@fluoroscope/model';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as sdk from '../index.ts';
import { closeSocket } from '../send/emitter.ts';
import { openLog, type Log } from '../testing/log.ts';
import { openUdpReceiver, type UdpReceiver } from '../testing/udp-receiver.ts';
import { openShop, type Shop, type Handlers } from '../testing/grpc-shop.ts';

let receiver: UdpReceiver;
let shop: Shop | undefined;
let log: Log;

beforeAll(() => sdk.middleware.disableCentralizedSampling());
beforeEach(async () => {
  log = openLog();
  receiver = await openUdpReceiver();
  sdk.setDaemonAddress(receiver.address);
  sdk.middleware.setDefaultName('shop');
  sdk.middleware.setSamplingRules({ version: 2, default: { fixed_target: 0, rate: 1 } });
});
afterEach(async () => {
  sdk.enableAutomaticMode();
  await shop?.close();
  shop = undefined;
  closeSocket();
  await receiver.close();
  log[Symbol.dispose]();
});
afterAll(() => vi.unstubAllEnvs());

/** A server that is captured and a client that is. */
async function open(handlers: Handlers = {}, options: Parameters<typeof openShop>[1] = {}): Promise<Shop> {
  shop = await openShop(handlers, {
    prepareServer: sdk.captureGrpcServer,
    prepareClient: sdk.captureGrpcClient,
    ...options,
  });
  return shop;
}

/** Runs in a segment of a web server's; it closes when the work has ended. */
async function inSegment<T>(work: (segment: sdk.Segment) => Promise<T>): Promise<T> {
  const segment = new sdk.Segment('web');
  return sdk.getNamespace().runPromise(async () => {
    sdk.setSegment(segment);
    try {
      return await work(segment);
    } finally {
      segment.close();
    }
  });
}

/** The served call's document, and the caller's with its calls. */
async function take(): Promise<{ served: JsonObject; call: JsonObject; caller: JsonObject }> {
  const documents = await receiver.take(2);
  const served = documents.find(({ name }) => name === 'shop');
  const caller = documents.find(({ name }) => name === 'web');
  const [call] = (caller?.['subsegments'] ?? []) as JsonObject[];
  if (served === undefined || caller === undefined || call === undefined) throw new Error(JSON.stringify(documents));
  return { served, caller, call };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const OK = { code: 0, status: 'OK' };
const NOT_FOUND = { code: 5, status: 'NOT_FOUND' };
const CANCELLED = { code: 1, status: 'CANCELLED' };
const LATE = { code: 4, status: 'DEADLINE_EXCEEDED' };
const noted = Object.assign(new Error('no lamps'), { code: grpc.status.NOT_FOUND });
const never = new Promise<never>(() => {});

const KINDS = [
  ['unary', 'Unary', 'unary'],
  ['client stream', 'Collect', 'client_stream'],
  ['server stream', 'List', 'server_stream'],
  ['bidi', 'Chat', 'bidi'],
] as const;

test.each(KINDS)('%s: caller and server have one trace, and tell what was called', async (_, method, type) => {
  const { call: ask, address } = await open();
  expect(await inSegment(() => ask(method))).toMatchObject({ code: 0 });
  const { served, caller, call } = await take();
  const url = `grpc://${address}/test.Shop/${method}`;
  expect(call).toMatchObject({
    name: '127.0.0.1',
    namespace: 'remote',
    http: { request: { method: 'POST', url }, response: { status: 200 } },
    metadata: { grpc: { method: `test.Shop/${method}`, type, ...OK } },
  });
  expect(served).toMatchObject({
    trace_id: caller['trace_id'],
    parent_id: call['id'],
    http: { request: { url, client_ip: '127.0.0.1', user_agent: expect.stringContaining('grpc-node') } },
    metadata: { grpc: { method: `test.Shop/${method}`, type, ...OK } },
  });
  for (const entity of [served, call])
    expect([entity['error'], entity['fault'], entity['cause']]).toEqual([undefined, undefined, undefined]);
});

test.each(KINDS)(
  '%s: an error of the handler is one of both sides, with its stack where it was made',
  async (_, method) => {
    const fail = { Unary: noted, Collect: noted, List: noted, Chat: noted };
    const { call: ask } = await open({ fail: fail[method] });
    expect(await inSegment(() => ask(method))).toMatchObject({ code: 5 });
    const { served, call } = await take();
    expect(served).toMatchObject({ error: true, http: { response: { status: 404 } }, metadata: { grpc: NOT_FOUND } });
    expect(served['fault']).toBeUndefined();
    expect(served['cause']).toMatchObject({ exceptions: [{ message: 'no lamps', type: 'Error', remote: false }] });
    expect(JSON.stringify(served['cause'])).toContain('grpc.test.ts');
    expect(call).toMatchObject({ error: true, http: { response: { status: 404 } }, metadata: { grpc: NOT_FOUND } });
    expect(call['cause']).toMatchObject({ exceptions: [{ message: 'no lamps', type: 'NOT_FOUND', remote: true }] });
  },
);

test.each(KINDS)('%s: the caller cancels', async (_, method) => {
  const { call: ask, started } = await open({ wait: never });
  await inSegment(() => ask(method, { cancelAfter: started }));
  const { served, call } = await take();
  for (const entity of [served, call]) {
    expect(entity).toMatchObject({ error: true, http: { response: { status: 499 } }, metadata: { grpc: CANCELLED } });
  }
});

test.each(KINDS)('%s: the deadline passes', async (_, method) => {
  const { call: ask, connected } = await open({ wait: never });
  await connected();
  // Long enough for the call to reach the server.
  expect(await inSegment(() => ask(method, { timeoutMs: 400 }))).toMatchObject({ code: 4 });
  const { served, call } = await take();
  expect(call).toMatchObject({ fault: true, http: { response: { status: 504 } }, metadata: { grpc: LATE } });
  // On a busy machine the caller's cancellation can overtake the server's clock by more than the slack.
  const { grpc: facts } = served['metadata'] as { grpc: JsonObject };
  expect([LATE.code, CANCELLED.code]).toContain(facts['code']);
});

test.each(KINDS)('%s: the deadline passes on the server alone', async (_, method) => {
  const { call: ask } = await open({ wait: never });
  const metadata = new grpc.Metadata();
  metadata.set('grpc-timeout', '30m');
  expect(await inSegment(() => ask(method, { metadata }))).toMatchObject({ code: 4 });
  const { served } = await take();
  expect(served).toMatchObject({ fault: true, http: { response: { status: 504 } }, metadata: { grpc: LATE } });
});

test.each([
  [1, 499, 'error'],
  [2, 500, 'fault'],
  [3, 400, 'error'],
  [7, 403, 'error'],
  [8, 429, 'throttle'],
  [12, 501, 'fault'],
  [13, 500, 'fault'],
  [14, 503, 'fault'],
  [16, 401, 'error'],
  [99, 500, 'fault'],
])('status %i is HTTP %i: %s', async (code, http, flag) => {
  const { call: ask } = await open({ fail: Object.assign(new Error('x'), { code }) });
  await inSegment(() => ask('Unary'));
  const { served } = await take();
  expect(served).toMatchObject({ [flag]: true, http: { response: { status: http } } });
  expect([served['error'] === true, served['fault'] === true]).toEqual([flag !== 'fault', flag === 'fault']);
});

test('a call ends with its status, not with its first answer', async () => {
  let release = (): void => {};
  const wait = new Promise<void>((resolve) => (release = resolve));
  const { call: ask } = await open({ waitAfterAnswer: wait });
  await inSegment(async (segment) => {
    const onAnswer = async (): Promise<void> => {
      await sleep(5);
      expect(segment.subsegments?.[0]?.isClosed()).toBe(false);
      release();
    };
    await ask('List', { onAnswer: () => void onAnswer() });
    expect(segment.subsegments?.[0]?.isClosed()).toBe(true);
  });
});

test('handlers, and what comes after awaits in them, belong to their own call', async () => {
  const seen: unknown[] = [];
  const { call: ask } = await open({
    during: async (name) => {
      await sleep(3);
      const segment = sdk.getSegment();
      sdk.captureFunc(`step ${name}`, () => {});
      seen.push(segment instanceof sdk.Segment && segment.parent_id);
    },
  });
  const ids = await inSegment(async (segment) => {
    await Promise.all(KINDS.map(([, method]) => ask(method)));
    return segment.subsegments?.map(({ id }) => id) ?? [];
  });
  expect(new Set(seen)).toEqual(new Set(ids));
  const documents = await receiver.take(5);
  const steps = documents.flatMap(({ subsegments }) => (subsegments ?? []) as JsonObject[]).map(({ name }) => name);
  expect(steps.filter((name) => textOf(name).startsWith('step')).length).toBe(4);
});

test('answers reach the caller in its own context: calls at the same time do not mix', async () => {
  const { call: ask } = await open();
  const one = async (): Promise<void> =>
    inSegment(async (segment) => {
      let then: unknown;
      await ask('Unary', { onAnswer: () => (then = sdk.getSegment()) });
      expect(then).toBe(segment);
      await ask('List', { onAnswer: () => (then = sdk.getSegment()) });
      expect([then, segment.subsegments?.length]).toEqual([segment, 2]);
    });
  await Promise.all(Array.from({ length: 8 }, one));
});

test('interceptors, wired on both sides, twice, and beside the captured ones: one entity for each', async () => {
  const twice = [sdk.grpcClientInterceptor(), sdk.grpcClientInterceptor()];
  const { call: ask } = await open(
    {},
    { clientOptions: { interceptors: twice }, serverOptions: { interceptors: [sdk.grpcServerInterceptor()] } },
  );
  await inSegment(async (segment) => {
    await ask('Unary');
    expect(segment.subsegments?.length).toBe(1);
  });
  await take();
  await sleep(30);
  expect((await receiver.take(2)).length).toBe(2);
});

test('interceptors alone do', async () => {
  const { call: ask } = await open(
    { fail: noted },
    {
      prepareServer: (server) => server,
      prepareClient: (client) => client,
      clientOptions: {
        interceptors: [sdk.grpcClientInterceptor({ name: ({ path }) => path.slice(1), downstreamTraced: true })],
      },
      serverOptions: { interceptors: [sdk.grpcServerInterceptor({ name: 'shop' })] },
    },
  );
  await inSegment(() => ask('Chat'));
  const { served, call } = await take();
  expect(call).toMatchObject({
    name: 'test.Shop/Chat',
    traced: true,
    metadata: { grpc: { type: 'bidi', ...NOT_FOUND } },
  });
  expect(served).toMatchObject({ cause: { exceptions: [{ message: 'no lamps', type: 'NOT_FOUND' }] } });
});

test('a segment that an interceptor opened for the call is used, and left to it', async () => {
  const own = new sdk.Segment('by hand');
  const byHand: grpc.ServerInterceptor = (_, call) =>
    new grpc.ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, then) => {
            sdk.getNamespace().run(() => {
              sdk.setSegment(own);
              then(metadata);
            });
          },
        }),
    });
  const { call: ask } = await open(
    { fail: noted },
    {
      prepareServer: (server) => server,
      serverOptions: { interceptors: [byHand, sdk.grpcServerInterceptor()] },
    },
  );
  await inSegment(() => ask('Unary'));
  await expect.poll(() => own.error).toBe(true);
  expect([own.isClosed(), (await receiver.take(1)).length]).toEqual([false, 1]);
  own.close();
  expect((await receiver.take(2))[1]).toMatchObject({ name: 'by hand', metadata: { grpc: NOT_FOUND } });
});

test('a server started inside a segment does not put its calls into it', async () => {
  const { call: ask } = await inSegment(() => open());
  const startup = new sdk.Segment('startup');
  const inner = await sdk.getNamespace().runPromise(async () => {
    sdk.setSegment(startup);
    return openShop({}, { prepareServer: sdk.captureGrpcServer, prepareClient: sdk.captureGrpcClient });
  });
  await inSegment(() => ask('Unary'));
  await inSegment(() => inner.call('Unary'));
  const documents = await receiver.take(5);
  await inner.close();
  expect(documents.map(({ name }) => textOf(name)).toSorted()).toEqual(['shop', 'shop', 'web', 'web', 'web']);
  expect(startup.subsegments).toBeUndefined();
});

test('metadata is replaced, not appended to, and the application keeps its own as it was', async () => {
  let received: grpc.Metadata | undefined;
  const { call: ask } = await open({ onMetadata: (metadata) => (received = metadata) });
  const metadata = new grpc.Metadata();
  metadata.add('x-amzn-trace-id', 'Root=1-00000001-000000000000000000000001');
  metadata.add('traceparent', '00-00000001000000000000000000000001-0000000000000001-00');
  metadata.add('tenant', 'a');
  await inSegment(() => ask('Unary', { metadata }));
  const { call, caller } = await take();
  const id = textOf(caller['trace_id']);
  expect(received?.get('x-amzn-trace-id')).toEqual([`Root=${id};Parent=${textOf(call['id'])};Sampled=1`]);
  expect(received?.get('traceparent')).toEqual([`00-${id.slice(2).replace('-', '')}-${textOf(call['id'])}-01`]);
  expect([received?.get('tenant'), metadata.get('traceparent').length]).toEqual([['a'], 1]);
  expect(metadata.get('x-amzn-trace-id')).toEqual(['Root=1-00000001-000000000000000000000001']);
});

test('headers, trailers and the details of a status pass unchanged', async () => {
  const trailer = new grpc.Metadata();
  trailer.set('grpc-status-details-bin', Buffer.from([1, 2, 3]));
  const { call: ask } = await open({ fail: Object.assign(new Error('no'), { code: 9, metadata: trailer }) });
  const { trailers } = await inSegment(() => ask('Unary'));
  expect(trailers?.get('grpc-status-details-bin')).toEqual([Buffer.from([1, 2, 3])]);
});

test('a caller who was not sampled is followed: nothing is sent, the decision goes on', async () => {
  let received: grpc.Metadata | undefined;
  const { call: ask } = await open({ onMetadata: (metadata) => (received = metadata) });
  const segment = await inSegment(async (web) => {
    web.notTraced = true;
    await ask('Unary');
    return web;
  });
  expect(received?.get('x-amzn-trace-id')).toEqual([`Root=${segment.trace_id};Parent=${segment.id};Sampled=0`]);
  expect(received?.get('traceparent')[0]).toMatch(/-00$/);
  expect(segment.subsegments).toBeUndefined();
  await inSegment(() => ask('Unary'));
  expect((await receiver.take(2)).every(({ trace_id }) => trace_id !== segment.trace_id)).toBe(true);
});

test('rules decide by service and path, and the caller who asks is told', async () => {
  const rule = {
    description: '',
    host: '*',
    http_method: 'POST',
    url_path: '/test.Shop/Unary',
    fixed_target: 0,
    rate: 0,
  };
  sdk.middleware.setSamplingRules({ version: 2, rules: [rule], default: { fixed_target: 0, rate: 1 } });
  const { call: ask } = await open({}, { prepareClient: (client) => client });
  const asked = (): grpc.Metadata => {
    const metadata = new grpc.Metadata();
    metadata.set('x-amzn-trace-id', 'Sampled=?');
    return metadata;
  };
  const [no, yes] = [await ask('Unary', { metadata: asked() }), await ask('Collect', { metadata: asked() })];
  expect(no.headers?.get('x-amzn-trace-id')[0]).toMatch(/^Root=1-[^;]+;Sampled=0$/);
  expect(yes.headers?.get('x-amzn-trace-id')[0]).toMatch(/;Sampled=1$/);
  const [document] = await receiver.take(1);
  expect(document).toMatchObject({ metadata: { grpc: { method: 'test.Shop/Collect' } } });
});

test('nobody listens: the call is a fault, and not one of a service that is traced', async () => {
  const { call: ask, stop } = await open(
    {},
    { prepareClient: (client) => sdk.captureGrpcClient(client, { downstreamTraced: true }) },
  );
  await stop();
  await inSegment(() => ask('Unary'));
  const [caller] = await receiver.take(1);
  const [call] = (caller?.['subsegments'] ?? []) as JsonObject[];
  expect(call).toMatchObject({ fault: true, http: { response: { status: 503 } }, metadata: { grpc: { code: 14 } } });
  expect(call?.['traced']).toBeUndefined();
});

test('without a segment a call is made as it is, and the strategy told', async () => {
  const { call: ask } = await open();
  expect(await ask('Unary')).toMatchObject({ code: 0 });
  expect(log.errors.join()).toContain('Failed to get the current sub/segment');
});

test('a handler that throws: its error is the cause', async () => {
  const { call: ask } = await open({ throwAtOnce: new TypeError('slip', { cause: new Error('deeper') }) });
  expect(await inSegment(() => ask('Unary'))).toMatchObject({ code: 2 });
  const { served } = await take();
  expect(served).toMatchObject({
    fault: true,
    cause: { exceptions: [{ type: 'TypeError', message: 'slip' }, { message: 'deeper' }] },
  });
});

test('manual mode: the parent is an option of the call, the handler finds its segment on the call', async () => {
  sdk.enableManualMode();
  const { call: ask } = await open(
    { during: async (name, call) => (Reflect.get(call, 'segment') as sdk.Segment).addAnnotation('method', name) },
    { prepareClient: (client) => client, clientOptions: { interceptors: [sdk.grpcClientInterceptor()] } },
  );
  const segment = new sdk.Segment('web');
  await ask('Unary', { options: { XRaySegment: segment } });
  segment.close();
  const { served, call } = await take();
  expect(served).toMatchObject({ parent_id: call['id'], annotations: { method: 'Unary' } });
});

test('what is no grpc-js is left alone, and said so', () => {
  const channel = {};
  expect(sdk.captureGrpcClient({ getChannel: () => channel }).getChannel()).toBe(channel);
  const server = { register: () => true };
  expect(sdk.captureGrpcServer(server)).toBe(server);
  expect(log.errors.length).toBe(2);
});

test('the types fit those of grpc-js', () => {
  const client: grpc.Interceptor = sdk.grpcClientInterceptor();
  const server: grpc.ServerInterceptor = sdk.grpcServerInterceptor();
  expect([typeof client, typeof server]).toEqual(['function', 'function']);
});
