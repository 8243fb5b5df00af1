import { gzipSync } from 'node:zlib';
import { textOfSent, timeUsFromSeconds } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import type { SpanRequest } from '../span-http/read-body.ts';
import { createJaegerReceiver } from './receive.ts';

const TRACE = '66f00000aaaaaaaaaaaaaaaaaaaaaaaa';
// Batch { process { serviceName "shop" }, spans [ { traceIdLow, traceIdHigh, spanId } ] }
const THRIFT = Buffer.from(
  ['0c0001', '0b000100000004', '73686f70', '00', '0f00020c00000001', '0a0001aaaaaaaaaaaaaaaa', '0a000266f00000aaaaaaaa']
    .concat('0a00031111111111111111', '0000')
    .join(''),
  'hex',
);
// PostSpansRequest { batch { spans [ { trace_id, span_id } ] } }
const PROTO = Buffer.from(`0a1e0a1c0a10${TRACE}12081111111111111111`, 'hex');
const KEPT = ['received 1', `put 1-66f00000-${'a'.repeat(24)} 1111111111111111`];

test.each<[string, Partial<SpanRequest>]>([
  ['Thrift', {}],
  ['Thrift by its other name', { contentType: 'application/vnd.apache.thrift.binary' }],
  ['gzip', { contentEncoding: 'gzip', body: gzipSync(THRIFT) }],
])('%s is kept and answered 202', async (_name, request) => {
  const { send, log } = receive();
  expect(await send(request)).toEqual({ status: 202, text: '' });
  expect(log).toEqual(KEPT);
});

test.each<[string, Partial<SpanRequest>, number, string]>([
  ['another path', { path: '/api/trace' }, 404, 'path'],
  ['another type', { contentType: 'application/json' }, 415, 'Content-Type'],
  ['a cut body', { body: THRIFT.subarray(0, 30) }, 400, 'body: byte'],
  ['no usable span', { body: Buffer.from('0f00020c000000010000', 'hex') }, 400, 'span.traceId'],
])('%s is refused', async (_name, request, status, text) => {
  const { send, log } = receive();
  expect(await send(request)).toMatchObject({ status, text: expect.stringContaining(text) });
  expect(log.join()).not.toContain('put');
});

test("gRPC's PostSpans", async () => {
  const { receiver, log } = receive();
  expect(await receiver.postSpans(PROTO)).toEqual({ status: 202, text: '' });
  expect(log).toEqual(KEPT);
  expect(await receiver.postSpans(PROTO.subarray(0, 9))).toMatchObject({ status: 400 });
});

function receive() {
  const log: string[] = [];
  const receiver = createJaegerReceiver({
    put: async (documents) => {
      for (const { trace_id, id } of documents.map((sent) => JSON.parse(textOfSent(sent))))
        log.push(`put ${trace_id} ${id}`);
    },
    nowUs: () => timeUsFromSeconds(1_727_004_672),
    events: {
      spansReceived: (count) => log.push(`received ${count}`),
      spansRefused: ({ code }) => log.push(`refused ${code}`),
    },
  });
  const usual: SpanRequest = {
    path: '/api/traces',
    contentType: 'application/x-thrift',
    contentEncoding: undefined,
    body: THRIFT,
  };
  return { send: (request: Partial<SpanRequest>) => receiver.receive({ ...usual, ...request }), receiver, log };
}
