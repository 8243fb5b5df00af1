import { gzipSync } from 'node:zlib';
import { textOfSent, timeUsFromSeconds } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { DOCUMENTS_PER_PUT_MAX } from '../span-http/put-documents.ts';
import { SPAN_BODY_BYTES_MAX, type SpanRequest } from '../span-http/read-body.ts';
import { createZipkinReceiver } from './receive.ts';

const SPAN = {
  traceId: '66f00000aaaaaaaaaaaaaaaaaaaaaaaa',
  id: '1111111111111111',
  localEndpoint: { serviceName: 'shop' },
};
const BODY = Buffer.from(JSON.stringify([SPAN]));
// list<Span> [ { 1: trace_id, 4: id, 12: trace_id_high } ]
const THRIFT = Buffer.from(
  ['0c00000001', '0a0001aaaaaaaaaaaaaaaa', '0a00041111111111111111', '0a000c66f00000aaaaaaaa', '00'].join(''),
  'hex',
);
const PROTO = Buffer.from('0a1c0a1066f00000aaaaaaaaaaaaaaaaaaaaaaaa1a081111111111111111', 'hex');

test.each<[string, Partial<SpanRequest>]>([
  ['v2 JSON', {}],
  ['v1 JSON', { path: '/api/v1/spans' }],
  ['without a content type', { contentType: undefined }],
  ['gzip', { contentEncoding: 'gzip', body: gzipSync(BODY) }],
  ['v1 Thrift', { path: '/api/v1/spans', contentType: 'application/x-thrift', body: THRIFT }],
  ['protobuf', { contentType: 'application/x-protobuf', body: PROTO }],
])('%s is kept and answered 202', async (_name, request) => {
  const { send, log } = receive();
  expect(await send(request)).toEqual({ status: 202, text: '' });
  expect(log).toEqual(['received 1', 'put 1 1111111111111111']);
});

test.each<[string, Partial<SpanRequest>, number, string]>([
  ['another path', { path: '/api/v2/trace' }, 404, 'path'],
  ['Thrift for v2', { contentType: 'application/x-thrift', body: THRIFT }, 415, 'Content-Type'],
  ['no Thrift', { path: '/api/v1/spans', contentType: 'application/x-thrift' }, 400, 'body: '],
  ['another encoding', { contentEncoding: 'br' }, 415, 'Content-Encoding'],
  ['no gzip', { contentEncoding: 'gzip' }, 400, 'body: expected gzip'],
  ['no JSON', { body: Buffer.from('{') }, 400, 'body: expected JSON'],
  ['no protobuf', { contentType: 'application/x-protobuf' }, 400, 'body: '],
  ['too large', { body: Buffer.alloc(SPAN_BODY_BYTES_MAX + 1) }, 413, 'body: expected at most'],
  [
    'too large inside',
    { contentEncoding: 'gzip', body: gzipSync(Buffer.alloc(SPAN_BODY_BYTES_MAX + 1)) },
    413,
    'body: expected at most',
  ],
  ['no usable span', { body: Buffer.from('[{"id":"1"}]') }, 400, 'span.traceId: expected'],
])('%s is refused', async (_name, request, status, text) => {
  const { send, log } = receive();
  expect(await send(request)).toMatchObject({ status, text: expect.stringContaining(text) });
  expect(log.join()).not.toContain('put');
});

test('a bad span costs no other', async () => {
  const { send, log } = receive();
  expect(await send({ body: Buffer.from(JSON.stringify([{}, SPAN])) })).toEqual({ status: 202, text: '' });
  expect(log).toEqual(['received 2', 'refused bad-field false', 'put 1 1111111111111111']);
});

test('an empty list is fine', async () => {
  const { send, log } = receive();
  expect(await send({ body: Buffer.from('[]') })).toEqual({ status: 202, text: '' });
  expect(log).toEqual(['received 0']);
});

test('many spans go on in several calls', async () => {
  const { send, log } = receive();
  const spans = Array.from({ length: DOCUMENTS_PER_PUT_MAX + 1 }, (_, at) => ({ ...SPAN, id: (at + 1).toString(16) }));
  await send({ body: Buffer.from(JSON.stringify(spans)) });
  expect(log.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['received 5001', 'put 5000', 'put 1']);
});

test('what keeping rejects with is for the caller to answer', async () => {
  const { send } = receive(new Error('full'));
  await expect(send({})).rejects.toThrow('full');
});

function receive(failure?: Error) {
  const log: string[] = [];
  const receiver = createZipkinReceiver({
    put: async (documents) => {
      if (failure !== undefined) throw failure;
      log.push(`put ${documents.length} ${JSON.parse(textOfSent(documents[0] ?? '')).id}`);
    },
    nowUs: () => timeUsFromSeconds(1_727_004_672),
    events: {
      spansReceived: (count) => log.push(`received ${count}`),
      spansRefused: ({ code }, isRequest) => log.push(`refused ${code} ${isRequest}`),
    },
  });
  const usual: SpanRequest = {
    path: '/api/v2/spans',
    contentType: 'application/json; charset=utf-8',
    contentEncoding: undefined,
    body: BODY,
  };
  return { send: (request: Partial<SpanRequest>) => receiver({ ...usual, ...request }), log };
}
