import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { handleOtlpHttp, type OtlpHttpRequest } from './handle-http.ts';
import type { OtlpEvents, PutOutcome } from './receive.ts';
import { encodeRequest } from './testing/encode.ts';
import { groupOf, spanAt } from './testing/spans.ts';

const QUIET: OtlpEvents = {
  requestReceived: () => undefined,
  requestRefused: () => undefined,
  spansAccepted: () => undefined,
  spansRefused: () => undefined,
  spansTurnedAway: () => undefined,
  deliveryFailed: () => undefined,
};
const good = encodeRequest([groupOf([spanAt(0)])]);
const partly = encodeRequest([groupOf([spanAt(0), spanAt(1, { spanId: '' })])]);
const JSON_SPAN = {
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name: 'n',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
};
const json = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [JSON_SPAN, {}] }] }] }));

async function handle(request: Partial<OtlpHttpRequest>, outcome: PutOutcome = { state: 'kept', refused: [] }) {
  const { status, headers, body } = await handleOtlpHttp(
    { contentType: 'application/x-protobuf', contentEncoding: undefined, body: good, ...request },
    { put: async () => outcome, indexed: 'all', events: QUIET, bytesMax: 100_000 },
  );
  return {
    status,
    type: headers['content-type'],
    text: typeof body === 'string' ? body : Buffer.from(body).toString('latin1'),
  };
}

test.each<[string, Partial<OtlpHttpRequest>, number, string]>([
  ['protobuf', {}, 200, ''],
  ['gzip', { body: gzipSync(good), contentEncoding: 'gzip' }, 200, ''],
  ['deflate', { body: deflateSync(good), contentEncoding: 'deflate' }, 200, ''],
  ['an empty request', { body: Buffer.alloc(0) }, 200, ''],
  ['a span without id', { body: partly }, 200, 'span.span_id: expected 8 bytes, not all 0'],
  ['a bomb', { body: gzipSync(Buffer.alloc(1_000_000)), contentEncoding: 'gzip' }, 413, 'at most 100000 bytes'],
  ['no gzip', { contentEncoding: 'gzip' }, 400, 'expected gzip data'],
  ['an unknown encoding', { contentEncoding: 'br' }, 415, 'Content-Encoding'],
  ['cut bytes', { body: good.subarray(0, 50) }, 400, 'at byte'],
  ['a form', { contentType: 'text/plain' }, 415, 'Content-Type'],
  ['no type', { contentType: undefined }, 415, 'Content-Type'],
])('%s', async (_what, request, status, text) => {
  const answer = await handle(request);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(text);
});

test('answers have the form of their request', async () => {
  const contentType = 'application/json; charset=utf-8';
  const partial = await handle({ contentType, body: json });
  expect(partial).toMatchObject({ status: 200, type: 'application/json' });
  expect(JSON.parse(partial.text).partialSuccess).toMatchObject({ rejectedSpans: '1' });
  const refused = await handle({ contentType, body: Buffer.from('[') });
  expect(JSON.parse(refused.text)).toEqual({ code: 3, message: 'request: expected JSON in UTF-8' });
  // google.rpc.Status { code: 3, message: … }
  const status = await handle({ body: good.subarray(0, 50) });
  expect(status).toMatchObject({ type: 'application/x-protobuf', text: expect.stringContaining('\x08\x03\x12') });
});

test('documents that were refused later count as rejected spans', async () => {
  const answer = await handle({}, { state: 'kept', refused: [{ message: 'start_time: expected another' }] });
  // partial_success { rejected_spans: 1, error_message: … }
  expect(answer.text).toContain(`\x08\x01\x12${String.fromCharCode(28)}start_time: expected another`);
});
