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
import * as thrift from '../jaeger/testing/thrift-writer.ts';
import { decodeZipkinV1Json } from './decode-v1-json.ts';
import { decodeZipkinV1Thrift } from './decode-v1-thrift.ts';
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
  remoteEndpoint: { ipv6: '2001:db8::1' },
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

const V1_WHOLE = {
  traceId: TRACE,
  id: '1111111111111111',
  parentId: '2222222222222222',
  name: 'get',
  timestamp: START_US,
  duration: 300_000,
  debug: true,
  annotations: [
    { timestamp: START_US, value: 'sr', endpoint: { serviceName: 'shop', ipv4: '10.0.0.1', port: 40_080 } },
    { timestamp: START_US + 1, value: 'ws' },
  ],
  binaryAnnotations: [
    { key: 'ca', value: true, endpoint: { serviceName: 'app', ipv6: '2001:db8::1' } },
    { key: 'http.status_code', value: '200' },
    { key: 'retries', value: -3 },
    { key: 'tries', value: 7 },
    { key: 'large', value: '9007199254740993' },
    { key: 'ratio', value: 0.5 },
    { key: 'raw', value: 'c0ff' },
  ],
};
const THRIFT_TYPES = { bool: 0, bytes: 1, i16: 2, i32: 3, i64: 4, double: 5, string: 6 };
const bigEndian = (set: (view: DataView) => void, bytes: number): thrift.Bytes => {
  const view = new DataView(new ArrayBuffer(bytes));
  set(view);
  return [...new Uint8Array(view.buffer)];
};
const binary = (key: string, type: number, value: thrift.Bytes, ...more: thrift.Bytes[]): thrift.Bytes =>
  thrift.struct(thrift.textField(1, key), thrift.bytesField(2, value), thrift.i32Field(3, type), ...more);
const THRIFT_SPAN = thrift.struct(
  thrift.i64Field(1, 0xaaaaaaaaaaaaaaaan),
  thrift.textField(3, 'get'),
  thrift.i64Field(4, 0x1111111111111111n),
  thrift.i64Field(5, 0x2222222222222222n),
  thrift.listField(6, [
    thrift.struct(
      thrift.i64Field(1, BigInt(START_US)),
      thrift.textField(2, 'sr'),
      thrift.structField(
        3,
        thrift.struct(thrift.i32Field(1, 0x0a000001), thrift.i16Field(2, 40_080), thrift.textField(3, 'shop')),
      ),
    ),
    thrift.struct(thrift.i64Field(1, BigInt(START_US + 1)), thrift.textField(2, 'ws')),
  ]),
  thrift.listField(8, [
    binary(
      'ca',
      THRIFT_TYPES.bool,
      [1],
      thrift.structField(
        4,
        thrift.struct(
          thrift.textField(3, 'app'),
          thrift.bytesField(4, [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ),
      ),
    ),
    binary('http.status_code', THRIFT_TYPES.string, [...new TextEncoder().encode('200')]),
    binary(
      'retries',
      THRIFT_TYPES.i16,
      bigEndian((view) => view.setInt16(0, -3), 2),
    ),
    binary(
      'tries',
      THRIFT_TYPES.i32,
      bigEndian((view) => view.setInt32(0, 7), 4),
    ),
    binary(
      'large',
      THRIFT_TYPES.i64,
      bigEndian((view) => view.setBigInt64(0, 9007199254740993n), 8),
    ),
    binary(
      'ratio',
      THRIFT_TYPES.double,
      bigEndian((view) => view.setFloat64(0, 0.5), 8),
    ),
    binary('raw', THRIFT_TYPES.bytes, [0xc0, 0xff]),
  ]),
  thrift.boolField(9, true),
  thrift.i64Field(10, BigInt(START_US)),
  thrift.i64Field(11, 300_000n),
  thrift.i64Field(12, 0x66f00000aaaaaaaan),
  thrift.textField(99, 'unknown fields are skipped'),
);
const THRIFT = Uint8Array.from([12, 0, 0, 0, 1, ...THRIFT_SPAN]);

test('Thrift says the same as JSON of v1', () => {
  expect(decodeZipkinV1Thrift(THRIFT)).toEqual(decodeZipkinV1Json(JSON.stringify([V1_WHOLE])));
});

test.each([
  ['a cut span', THRIFT.subarray(0, 40)],
  ['a count beyond the end', Uint8Array.of(12, 0x7f, 0xff, 0xff, 0xff)],
  ['a list of something else', Uint8Array.of(8, 0, 0, 0, 1, 0, 0, 0, 1)],
  ['nothing', Uint8Array.of()],
])('Thrift: %s is refused', (_name, bytes) => {
  expect(decodeZipkinV1Thrift(bytes)).toMatchObject({ ok: false, problem: { code: 'bad-thrift' } });
});

test('Thrift: a span without an id costs no other', () => {
  const two = Uint8Array.from([12, 0, 0, 0, 2, 0, ...THRIFT_SPAN]);
  expect(decodeZipkinV1Thrift(two)).toMatchObject({ value: { spans: [{}], refused: [{ code: 'bad-field' }] } });
});

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

test.each([
  ['protobuf', decodeZipkinV2Proto, PROTO, 20_000],
  ['Thrift', decodeZipkinV1Thrift, THRIFT, 10_000],
])('mutated %s: never throws', (_name, decode, seed, numRuns) => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 4 }), (edits) => {
      const bytes = [...seed];
      for (const { at, cut, insert } of edits) bytes.splice(at % bytes.length, cut, ...insert);
      consume(decode(Uint8Array.from(bytes)));
    }),
    { seed: 21, numRuns },
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
