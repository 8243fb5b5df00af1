import type { JsonObject } from '@fluoroscope/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as sdk from '../index.ts';
import { closeSocket } from '../send/emitter.ts';
import { openLog, type Log } from '../testing/log.ts';
import { openUdpReceiver, type UdpReceiver } from '../testing/udp-receiver.ts';

let receiver: UdpReceiver;
let log: Log;

beforeEach(async () => {
  log = openLog();
  receiver = await openUdpReceiver();
  sdk.setDaemonAddress(receiver.address);
  sdk.middleware.disableCentralizedSampling();
  sdk.middleware.setSamplingRules({ version: 2, default: { fixed_target: 0, rate: 1 } });
});
afterEach(async () => {
  closeSocket();
  await receiver.close();
  log[Symbol.dispose]();
});

interface Answer {
  readonly stream: boolean;
  readonly message: unknown;
}

/** As Connect has them: a request with its URL and headers, through the caller's and then the server's interceptors. */
const ask = (handler: () => Promise<Answer>, methodKind = 'unary'): Promise<Answer> => {
  const request = { url: 'https://stock:8443/api/test.Shop/Ask', header: new Headers(), method: { methodKind } };
  const served = sdk.connectServerInterceptor({ name: 'shop' })<typeof request, Answer>(handler);
  // Over the network, the server is not in the caller's context.
  const travel = (arrived: typeof request): Promise<Answer> =>
    sdk.getNamespace().runIn(undefined, () => served(arrived));
  return sdk.connectClientInterceptor()(travel)(request);
};

async function inSegment<T>(work: () => Promise<T>, prepare?: (segment: sdk.Segment) => void): Promise<T> {
  const segment = new sdk.Segment('web');
  prepare?.(segment);
  return sdk.getNamespace().runPromise(async () => {
    sdk.setSegment(segment);
    return work().finally(() => segment.close());
  });
}

async function take(): Promise<{ served: JsonObject | undefined; call: JsonObject | undefined }> {
  const documents = await receiver.take(2);
  const caller = documents.find(({ name }) => name === 'web');
  const [call] = (caller?.['subsegments'] ?? []) as JsonObject[];
  return { served: documents.find(({ name }) => name === 'shop'), call };
}

test('caller and server have one trace, and tell what was called', async () => {
  let current: unknown;
  const handler = async (): Promise<Answer> => {
    current = sdk.getSegment();
    return { stream: false, message: 'yes' };
  };
  expect(await inSegment(() => ask(handler))).toEqual({ stream: false, message: 'yes' });
  const { served, call } = await take();
  const grpc = { method: 'test.Shop/Ask', type: 'unary', code: 0, status: 'OK' };
  const http = { request: { url: 'grpc://stock:8443/test.Shop/Ask' }, response: { status: 200 } };
  expect(call).toMatchObject({ name: 'stock', namespace: 'remote', http, metadata: { grpc } });
  expect(served).toMatchObject({ parent_id: call?.['id'], http, metadata: { grpc } });
  expect((current as sdk.Segment).id).toBe(served?.['id']);
});

test.each([
  [Object.assign(new Error('gone'), { code: 5 }), { error: true, http: { response: { status: 404 } } }],
  [Object.assign(new Error('no such file'), { code: 'ENOENT' }), { fault: true, http: { response: { status: 500 } } }],
])('%s is of both sides', async (error, expected) => {
  await expect(inSegment(() => ask(() => Promise.reject(error)))).rejects.toBe(error);
  const { served, call } = await take();
  expect(call).toMatchObject(expected);
  expect(served).toMatchObject({ ...expected, cause: { exceptions: [{ message: error.message }] } });
});

test.each([
  ['read to its end', 4, { code: 0, status: 'OK', type: 'server_stream' }],
  ['left early', 1, { code: 1, status: 'CANCELLED', type: 'server_stream' }],
])('a stream %s ends then, and its values come from within the segment', async (_, count, grpc) => {
  const currents = new Set<unknown>();
  async function* answers(): AsyncGenerator<number> {
    for (let value = 1; value <= 3; value += 1) {
      currents.add((sdk.getSegment() as sdk.Segment).name);
      yield value;
    }
  }
  await inSegment(async () => {
    const { message } = await ask(async () => ({ stream: true, message: answers() }), 'server_streaming');
    let seen = 0;
    for await (const value of message as AsyncIterable<number>) {
      expect(value).toBe((seen += 1));
      if (seen === count) break;
    }
  });
  const { served, call } = await take();
  expect(call?.['metadata']).toEqual({ grpc: { ...grpc, method: 'test.Shop/Ask' } });
  expect(served?.['metadata']).toEqual(call?.['metadata']);
  expect([...currents]).toEqual(['shop']);
});

test('a segment that is open is used, and left to whoever opened it', async () => {
  const request = { url: 'https://stock/test.Shop/Ask', header: new Headers(), method: { methodKind: 'unary' } };
  const error = Object.assign(new Error('busy'), { code: 8 });
  const served = sdk.connectServerInterceptor()(() => Promise.reject(error));
  await inSegment(
    () => expect(served(request)).rejects.toBe(error),
    (segment) => (segment.http = { request: { url: 'https://stock/' } }),
  );
  const [document] = await receiver.take(1);
  expect(document).toMatchObject({
    name: 'web',
    throttle: true,
    error: true,
    http: { request: { url: 'https://stock/' } },
  });
});

test('a caller who is not sampled is followed', async () => {
  const handler = async (): Promise<Answer> => ({ stream: false, message: sdk.getSegment()?.notTraced });
  const { message } = await inSegment(
    () => ask(handler),
    (segment) => (segment.notTraced = true),
  );
  expect(message).toBe(true);
});
