import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { promisify } from 'node:util';
import { toDocumentTexts, readAcceptedDocument, type OtlpSpanGroup, type TraceDocument } from '@fluoroscope/model';
import { expect, onTestFinished, test } from 'vitest';
import { handleOtlpHttp } from '../receivers/otlp/handle-http.ts';
import { listenOtlpGrpc } from '../receivers/otlp/listen-grpc.ts';
import type { OtlpReceiverOptions, PutOutcome } from '../receivers/otlp/receive.ts';
import { groupOf, spanAt } from '../receivers/otlp/testing/spans.ts';
import { listenHttp, type HttpAnswer, type HttpRequest } from '../receivers/span-http/listen-http.ts';
import { parcel, segment } from '../testing/parcels.ts';
import type { Parcel } from '../stage.ts';
import { createDebugSend } from './debug.ts';
import { createPoster } from './http-post.ts';
import { createOtlpGrpcSender } from './otlp/send-grpc.ts';
import { createOtlpHttpSend } from './otlp/send-http.ts';
import { createXraySend, XRAY_DOCUMENT_BYTES_MAX } from './xray/send.ts';
import { foldApart } from './zipkin/fold-apart.ts';
import { createZipkinSend } from './zipkin/send.ts';

const GROUPS: readonly OtlpSpanGroup[] = [groupOf([0, 1, 2].map((at) => spanAt(at)))];
const NEVER = new AbortController().signal;
const { post } = createPoster();

const DIALECTS = [
  ['OTLP/HTTP', sendOtlpHttp],
  ['OTLP/gRPC', sendOtlpGrpc],
] as const;

test.each(DIALECTS)('%s: spans arrive as they were received', async (_name, send) => {
  const { received, options } = receiver({ state: 'kept', refused: [] });
  expect(await send(options, parcelsOf(GROUPS))).toMatchObject({ state: 'sent', refused: 0 });
  expect(received.toSorted()).toEqual(textsOf(GROUPS).toSorted());
});

test.each(DIALECTS)('%s: what the far end refuses is counted', async (_name, send) => {
  const { options } = receiver({ state: 'kept', refused: [{ message: 'too old' }] });
  expect(await send(options, parcelsOf(GROUPS))).toEqual({ state: 'sent', refused: 1, message: 'too old' });
});

test.each(DIALECTS)('%s: a full far end is asked again', async (_name, send) => {
  const { options } = receiver({ state: 'busy', retryAfterSeconds: 7 });
  expect(await send(options, parcelsOf(GROUPS))).toMatchObject({ state: 'again', afterMs: 7_000 });
});

test('OTLP/gRPC: nobody there is worth another try', async () => {
  using sender = await createOtlpGrpcSender({
    address: '127.0.0.1:1',
    tls: null,
    headers: {},
    compression: 'none',
  });
  expect(await sender.send([parcel()], NEVER)).toMatchObject({ state: 'again' });
});

test('OTLP/gRPC: after a try without an answer the next one has a connection of its own', async () => {
  const { options } = receiver({ state: 'kept', refused: [] });
  await using listener = await listenOtlpGrpc({ host: '127.0.0.1', port: 0, admit: () => 'admitted', ...options });
  // A network that forgets connections: bytes go nowhere, and nobody is told.
  let forgotten = false;
  const sockets: Socket[] = [];
  const network = createServer((near) => {
    const far = connect(listener.port, '127.0.0.1');
    sockets.push(near, far);
    const isFirst = sockets.length === 2;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => {
        if (!isFirst || !forgotten) to.write(bytes);
      });
      from.on('error', () => {});
    }
  }).listen(0, '127.0.0.1');
  await once(network, 'listening');
  onTestFinished(() => {
    network.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = network.address() as AddressInfo;
  using sender = await createOtlpGrpcSender({
    address: `127.0.0.1:${port}`,
    tls: null,
    headers: {},
    compression: 'none',
  });
  expect(await sender.send(parcelsOf(GROUPS), NEVER)).toMatchObject({ state: 'sent' });
  forgotten = true;
  expect(await sender.send(parcelsOf(GROUPS), AbortSignal.timeout(50))).toMatchObject({ state: 'again' });
  expect(await sender.send(parcelsOf(GROUPS), AbortSignal.timeout(10_000))).toMatchObject({ state: 'sent' });
});

test('OTLP/gRPC: a far end that takes no such large message', async () => {
  const server = new Server({ 'grpc.max_receive_message_length': 100 });
  const same = (bytes: Buffer): Buffer => bytes;
  const export_ = {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  server.addService(
    { export_ },
    { export_: (_call: unknown, callback: (error: null, answer: Buffer) => void) => callback(null, Buffer.alloc(0)) },
  );
  onTestFinished(() => server.forceShutdown());
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  using sender = await createOtlpGrpcSender({
    address: `127.0.0.1:${port}`,
    tls: null,
    headers: {},
    compression: 'none',
  });
  expect(await sender.send(parcelsOf(GROUPS), NEVER)).toMatchObject({ state: 'too-large' });
});

test.each<[number, string, object]>([
  [429, '3', { state: 'again', afterMs: 3_000 }],
  [503, '', { state: 'again', afterMs: undefined }],
  [503, new Date(0).toUTCString(), { state: 'again', afterMs: 0 }],
  [503, new Date(Date.now() + 1e9).toUTCString(), { state: 'again', afterMs: expect.any(Number) }],
  [400, '', { state: 'refused', message: 'HTTP 400 no' }],
  [413, '9', { state: 'too-large' }],
])('OTLP/HTTP: %d', async (status, retryAfter, expected) => {
  const headers = retryAfter === '' ? {} : { 'retry-after': retryAfter };
  const { url } = await serve(async () => ({ status, headers, body: 'no' }));
  const send = createOtlpHttpSend({ url, headers: {}, compression: 'gzip', post });
  expect(await send([parcel()], NEVER)).toMatchObject(expected);
});

test.each([
  ['{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}', { refused: 1, message: 'too old' }],
  ['{"partialSuccess":{}}', { refused: 0, message: '' }],
  ['{', { refused: 0, message: '' }],
])('OTLP/HTTP: an answer in JSON, %s', async (body, expected) => {
  const { url } = await serve(async () => ({ status: 200, headers: { 'content-type': 'application/json' }, body }));
  const send = createOtlpHttpSend({ url, headers: {}, compression: 'none', post });
  expect(await send([parcel()], NEVER)).toEqual({ state: 'sent', ...expected });
});

test('a redirection is not followed, and says where to', async () => {
  const { url } = await serve(async () => ({
    status: 308,
    headers: { location: 'https://elsewhere/v1/traces' },
    body: '',
  }));
  const send = createOtlpHttpSend({ url, headers: {}, compression: 'none', post });
  expect(await send([parcel()], NEVER)).toEqual({
    state: 'refused',
    message: 'HTTP 308 to https://elsewhere/v1/traces, which is not followed',
  });
});

test('Zipkin: every entity is a span', async () => {
  const { url, requests } = await serve(async () => ({ status: 202 }));
  const nested = segment({
    subsegments: [{ id: '1111111111111111', name: 'call', namespace: 'remote', start_time: 1, end_time: 2 }],
  });
  const send = createZipkinSend(`${url}/api/v2/spans`, { 'x-team': 'a' }, post);
  expect(await send([{ document: nested, bytes: 1 }], NEVER)).toEqual({ state: 'sent', refused: 0 });
  expect(JSON.parse(Buffer.from(requests[0]?.body ?? []).toString())).toMatchObject([
    { traceId: '5759e988bd862e3fe1be46a994272793', id: '53995c3f42cd8ad8', kind: 'SERVER' },
    { id: '1111111111111111', parentId: '53995c3f42cd8ad8', kind: 'CLIENT' },
  ]);
});

test('folding apart goes all the way down', () => {
  const leaf = { id: '2222222222222222', name: 'b', start_time: 1, end_time: 2 };
  const apart = foldApart(segment({ subsegments: [{ ...leaf, id: '1111111111111111', subsegments: [leaf] }] }));
  expect(apart.map(({ id, parent_id }) => [id, parent_id])).toEqual([
    ['53995c3f42cd8ad8', undefined],
    ['1111111111111111', '53995c3f42cd8ad8'],
    ['2222222222222222', '1111111111111111'],
  ]);
});

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token', expiresAtMs: null };

function xray(endpoint: string, keys: typeof KEYS | null | undefined) {
  const credentials = keys === undefined ? null : { current: async () => keys };
  return createXraySend({ endpoint, region: 'eu-west-1', credentials, nowMs: () => Date.UTC(2026, 1, 3), post });
}

test('X-Ray: signed, whole documents, and what the far end refuses is counted', async () => {
  const { url, requests } = await serve(async () => ({
    status: 200,
    body: '{"UnprocessedTraceSegments":[{"Id":"1","ErrorCode":"InvalidTraceId","Message":"m"}]}',
  }));
  const sent = await xray(url, KEYS)([parcel(), parcel()], NEVER);
  expect(sent).toEqual({ state: 'sent', refused: 1, message: 'InvalidTraceId: m' });
  const [request] = requests;
  expect(request?.path).toBe('/TraceSegments');
  const body: { TraceSegmentDocuments: string[] } = JSON.parse(Buffer.from(request?.body ?? []).toString());
  expect(body.TraceSegmentDocuments.map((text) => JSON.parse(text))).toEqual([segment(), segment()]);
});

test('X-Ray: a document that is too large does not take the others with it', async () => {
  const { url, requests } = await serve(async () => ({ status: 200, body: '{}' }));
  const large = parcel({ metadata: { app: 'x'.repeat(XRAY_DOCUMENT_BYTES_MAX) } });
  expect(await xray(url, undefined)([large, parcel()], NEVER)).toMatchObject({ state: 'sent', refused: 1 });
  expect(await xray(url, undefined)([large], NEVER)).toMatchObject({ state: 'sent', refused: 1 });
  expect(requests).toHaveLength(1);
});

test.each<[number, string, string]>([
  [400, 'ThrottlingException', 'again'],
  [403, 'ExpiredTokenException', 'again'],
  [500, '', 'again'],
  [400, 'InvalidRequestException', 'refused'],
])('X-Ray: %d %s: %s', async (status, code, state) => {
  const { url } = await serve(async () => ({ status, headers: { 'x-amzn-errortype': code }, body: '{}' }));
  expect(await xray(url, KEYS)([parcel()], NEVER)).toMatchObject({ state });
});

test('X-Ray: without credentials nothing is sent, and tried again', async () => {
  const { url, requests } = await serve(async () => ({ status: 200 }));
  expect(await xray(url, null)([parcel()], NEVER)).toMatchObject({ state: 'again' });
  expect(requests).toEqual([]);
});

test.each([
  ['basic', ['documents 1, traces 1']],
  ['normal', ['documents 1, traces 1', '1-5759e988-bd862e3fe1be46a994272793 53995c3f42cd8ad8 "a\\nb" 250.000 ms']],
] as const)('debug: %s', async (verbosity, expected) => {
  const lines: string[] = [];
  await createDebugSend(verbosity, (line) => lines.push(line))([parcel({ name: 'a\nb' })], NEVER);
  expect(lines).toEqual(expected);
});

function parcelsOf(groups: readonly OtlpSpanGroup[]): readonly Parcel[] {
  return textsOf(groups).map((text) => ({ document: readAcceptedDocument(text), bytes: text.length }));
}

function textsOf(groups: readonly OtlpSpanGroup[]): readonly string[] {
  const documents: readonly TraceDocument[] = toDocumentTexts(groups, { indexed: 'all' }).map(readAcceptedDocument);
  return documents.map((document) => JSON.stringify(document));
}

function receiver(outcome: PutOutcome) {
  const received: string[] = [];
  const ignore = (): void => {};
  const options: OtlpReceiverOptions = {
    indexed: 'all',
    put: async (documents) => {
      received.push(...documents.map(({ text }) => JSON.stringify(readAcceptedDocument(text))));
      return outcome;
    },
    events: {
      requestReceived: ignore,
      requestRefused: ignore,
      spansAccepted: ignore,
      spansRefused: ignore,
      spansTurnedAway: ignore,
      deliveryFailed: ignore,
    },
  };
  return { received, options };
}

async function serve(handle: (request: HttpRequest) => Promise<HttpAnswer>) {
  const requests: HttpRequest[] = [];
  const listener = await listenHttp({
    label: 'test',
    host: '127.0.0.1',
    port: 0,
    bodyBytesMax: 1_000_000,
    handle: (request) => {
      requests.push(request);
      return handle(request);
    },
  });
  onTestFinished(() => listener[Symbol.asyncDispose]());
  return { url: `http://127.0.0.1:${listener.port}`, requests };
}

async function sendOtlpHttp(options: OtlpReceiverOptions, sent: readonly Parcel[]) {
  const { url } = await serve((request) => handleOtlpHttp(request, options));
  return createOtlpHttpSend({ url, headers: {}, compression: 'gzip', post })(sent, NEVER);
}

async function sendOtlpGrpc(options: OtlpReceiverOptions, sent: readonly Parcel[]) {
  await using listener = await listenOtlpGrpc({ host: '127.0.0.1', port: 0, admit: () => 'admitted', ...options });
  const address = `127.0.0.1:${listener.port}`;
  using sender = await createOtlpGrpcSender({
    address,
    tls: null,
    headers: { 'x-team': 'a' },
    compression: 'gzip',
  });
  return await sender.send(sent, NEVER);
}
