import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeUsFromSeconds } from '../../time.ts';
import {
  bytesField,
  fixed64Field,
  hexField,
  message,
  textField,
  varintField,
  type Bytes,
} from '../rpc/testing/proto-writer.ts';
import { decodeZipkinV1Json } from './decode-v1-json.ts';
import { decodeZipkinV2Json } from './decode-v2-json.ts';
import { decodeZipkinV2Proto } from './decode-v2-proto.ts';
import { createZipkinTranslator } from './zipkin-to-documents.ts';

const START_US = 1_727_004_672_000_000;
const TRACE = '66f00000aaaaaaaaaaaaaaaaaaaaaaaa';
const V2_SPAN = {
  traceId: TRACE,
  id: '1111111111111111',
  parentId: '2222222222222222',
  kind: 'SERVER',
  name: 'get',
  timestamp: START_US,
  duration: 300_000,
  localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.1', port: 80 },
  remoteEndpoint: { ipv6: '2001:db8:0:0:0:0:0:1' },
  annotations: [{ timestamp: START_US + 1, value: 'ws' }],
  tags: { 'http.status_code': '200', tier: 'gold' },
  debug: true,
  shared: true,
};
const V1_SPAN = {
  traceId: TRACE,
  id: '1111111111111111',
  annotations: [{ timestamp: START_US, value: 'sr', endpoint: { serviceName: 'shop' } }],
  binaryAnnotations: [{ key: 'sa', value: true, endpoint: { serviceName: 'stock' } }],
};
const PROTO_SPAN: Bytes = message(
  hexField(1, TRACE),
  hexField(2, V2_SPAN.parentId),
  hexField(3, V2_SPAN.id),
  varintField(4, 2),
  textField(5, 'get'),
  fixed64Field(6, START_US),
  varintField(7, 300_000),
  bytesField(8, message(textField(1, 'shop'), bytesField(2, [10, 0, 0, 1]), varintField(4, 80))),
  bytesField(9, message(hexField(3, '20010db8000000000000000000000001'))),
  bytesField(10, message(fixed64Field(1, START_US + 1), textField(2, 'ws'))),
  bytesField(11, message(textField(1, 'http.status_code'), textField(2, '200'))),
  bytesField(11, message(textField(1, 'tier'), textField(2, 'gold'))),
  varintField(12, 1),
  varintField(13, 1),
  textField(99, 'unknown fields are skipped'),
);
const PROTO = Uint8Array.from(bytesField(1, PROTO_SPAN));

test('protobuf says the same as JSON', () => {
  expect(decodeZipkinV2Proto(PROTO)).toEqual(decodeZipkinV2Json(JSON.stringify([V2_SPAN])));
});

test.each([
  ['a cut message', PROTO.subarray(0, 40), 'bad-protobuf'],
  ['a length beyond the end', Uint8Array.of(10, 0xff, 0xff, 0xff, 0xff, 0x0f), 'bad-protobuf'],
  ['an endless varint', new Uint8Array(30).fill(0xff), 'bad-protobuf'],
  ['another wire type', Uint8Array.of(8, 1), 'bad-protobuf'],
])('%s is refused', (_name, bytes, code) => {
  expect(decodeZipkinV2Proto(bytes)).toMatchObject({ ok: false, problem: { code } });
});

const edit = fc.record({ at: fc.nat(), cut: fc.nat(9), insert: fc.uint8Array({ maxLength: 6 }) });

test('mutated protobuf: never throws', () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 4 }), (edits) => {
      const bytes = [...PROTO];
      for (const { at, cut, insert } of edits) bytes.splice(at % bytes.length, cut, ...insert);
      consume(decodeZipkinV2Proto(Uint8Array.from(bytes)));
    }),
    { seed: 21, numRuns: 20_000 },
  );
});

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  'null',
  'true',
  '-1',
  '1e999',
  '""',
  '[]',
  '{}',
  '"__proto__"',
  '\\ud800',
];

test.each([
  ['v1', decodeZipkinV1Json, JSON.stringify([V1_SPAN])],
  ['v2', decodeZipkinV2Json, JSON.stringify([V2_SPAN])],
])('mutated %s JSON: never throws', (_name, decode, seed) => {
  const textEdit = fc.record({ at: fc.nat(), cut: fc.nat(9), insert: fc.constantFrom('', ...PIECES) });
  fc.assert(
    fc.property(fc.array(textEdit, { maxLength: 4 }), (edits) => {
      let text = seed;
      for (const { at, cut, insert } of edits) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + insert + text.slice(from + cut);
      }
      consume(decode(text));
    }),
    { seed: 22, numRuns: 10_000 },
  );
});

test.each([
  ['v1', decodeZipkinV1Json, V1_SPAN],
  ['v2', decodeZipkinV2Json, V2_SPAN],
])('%s JSON with fields of any type: never throws', (_name, decode, seed) => {
  const field = fc.constantFrom(...Object.keys(seed));
  fc.assert(
    fc.property(fc.array(fc.tuple(field, fc.jsonValue()), { minLength: 1, maxLength: 4 }), (changes) => {
      consume(decode(JSON.stringify([{ ...seed, ...Object.fromEntries(changes) }])));
    }),
    { seed: 23, numRuns: 10_000 },
  );
});

function consume(decoded: ReturnType<typeof decodeZipkinV2Json>): void {
  if (!decoded.ok) {
    expect(decoded.problem.message).toContain('expected');
    return;
  }
  for (const { message: text } of decoded.value.refused) expect(text).toContain('expected');
  const documents = createZipkinTranslator().translate(decoded.value.spans, timeUsFromSeconds(START_US / 1e6));
  for (const { name, start_time } of documents) expect(name !== '' && Number.isFinite(start_time)).toBe(true);
}
