import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from '../../parse-document.ts';
import type { TraceDocument } from '../../segment-document.ts';
import { parseSegmentId } from '../../segment-id.ts';
import { timeUs, timeUsFromSeconds } from '../../time.ts';
import { parseTraceId } from '../../trace-id.ts';
import * as proto from '../rpc/testing/proto-writer.ts';
import { decodeJaegerProto } from './decode-proto.ts';
import { decodeJaegerThrift } from './decode-thrift.ts';
import { documentToJaeger } from './documents-to-jaeger.ts';
import {
  float64Value,
  int64Value,
  JAEGER_ITEMS_MAX,
  type JaegerLog,
  type JaegerSpan,
  type JaegerTag,
} from './jaeger-span.ts';
import { jaegerToDocuments } from './jaeger-to-documents.ts';
import * as thrift from './testing/thrift-writer.ts';

const START_US = 1_727_004_672_000_000;
const NOW = timeUsFromSeconds(START_US / 1e6 + 60);
const TRACE = '66f00000ffffffffbbbbbbbbbbbbbbbb';
const OTHER_TRACE = '66f0000100000000000000000000000a';

const SPAN: JaegerSpan = {
  traceId: id(parseTraceId(TRACE)),
  spanId: id(parseSegmentId('f111111111111111')),
  parentId: id(parseSegmentId('2222222222222222')),
  operationName: 'GET /buy',
  references: [
    { type: 'child-of', traceId: id(parseTraceId(TRACE)), spanId: id(parseSegmentId('2222222222222222')) },
    { type: 'follows-from', traceId: id(parseTraceId(OTHER_TRACE)), spanId: id(parseSegmentId('3333333333333333')) },
  ],
  flags: 1,
  startTime: timeUs(START_US),
  duration: 300_000,
  tags: [
    { key: 'span.kind', type: 'string', value: 'server' },
    { key: 'http.status_code', type: 'int64', value: 500 },
    { key: 'error', type: 'bool', value: true },
    { key: 'ratio', type: 'float64', value: 0.25 },
    { key: 'whole', type: 'float64', value: 2 },
    { key: 'large', type: 'int64', value: '-9223372036854775808' },
    { key: 'bytes', type: 'binary', value: '00ff' },
    { key: 'ratio', type: 'string', value: 'again' },
  ],
  logs: [{ timestamp: timeUs(START_US + 5), fields: [{ key: 'event', type: 'string', value: 'retry' }] }],
  isIncomplete: false,
  warnings: [],
  process: { serviceName: 'shop', tags: [{ key: 'hostname', type: 'string', value: 'shop-1' }] },
};

test('Thrift', () => {
  expect(decodeJaegerThrift(thriftBatch([SPAN]))).toEqual({ ok: true, value: { spans: [SPAN], refused: [] } });
});

test('protobuf', () => {
  expect(decodeJaegerProto(protoBatch([SPAN]))).toEqual({ ok: true, value: { spans: [SPAN], refused: [] } });
});

test('a segment, with status, flags, links and annotations', () => {
  expect(jaegerToDocuments([SPAN])).toMatchObject([
    {
      trace_id: '1-66f00000-ffffffffbbbbbbbbbbbbbbbb',
      id: 'f111111111111111',
      parent_id: '2222222222222222',
      name: 'shop',
      start_time: START_US / 1e6,
      end_time: START_US / 1e6 + 0.3,
      fault: true,
      http: { response: { status: 500 } },
      annotations: { 'http.status_code': 500, error: true, ratio: 0.25 },
      links: [{ trace_id: '1-66f00001-00000000000000000000000a', id: '3333333333333333' }],
    },
  ]);
});

test.each<[string, Partial<JaegerSpan>, object[]]>([
  [
    'a call',
    { tags: tags({ 'span.kind': 'client', 'peer.service': 'stock' }) },
    [{ type: 'subsegment', name: 'stock', namespace: 'remote' }],
  ],
  ['work', { tags: [] }, [{ type: 'subsegment', name: 'GET /buy' }]],
  ['a root', { tags: [], parentId: null }, [{ name: 'shop' }]],
  [
    'a call at the root',
    { tags: tags({ 'span.kind': 'client' }), parentId: null },
    [{ name: 'shop' }, { type: 'subsegment', name: 'GET /buy' }],
  ],
  ['no error', { tags: [{ key: 'error', type: 'bool', value: false }] }, [{ name: 'GET /buy', fault: undefined }]],
  ['what is not done', { isIncomplete: true }, [{ in_progress: true }]],
  [
    'a statement',
    { tags: tags({ 'span.kind': 'client', 'db.type': 'sql', 'db.statement': 'select 1' }) },
    [{ sql: { sanitized_query: 'select 1' } }],
  ],
])('%s', (_name, fields, documents) => {
  const made = jaegerToDocuments([{ ...SPAN, ...fields }]);
  expect(made).toMatchObject(documents.map((document) => JSON.parse(JSON.stringify(document))));
  expect(made).toHaveLength(documents.length);
});

test('a span is refused alone', () => {
  const zero = { ...SPAN, spanId: '0000000000000000' } as unknown as JaegerSpan;
  const expected = {
    ok: true,
    value: {
      spans: [SPAN],
      refused: [{ code: 'bad-field', message: 'span.spanId: expected an id that is not all 0' }],
    },
  };
  expect(decodeJaegerThrift(thriftBatch([zero, SPAN]))).toEqual(expected);
  expect(decodeJaegerProto(protoBatch([zero, SPAN]))).toEqual(expected);
});

test('a parent that only its reference names', () => {
  expect(decodeJaegerThrift(thriftBatch([{ ...SPAN, parentId: null }]))).toMatchObject({
    value: { spans: [{ parentId: '2222222222222222' }] },
  });
});

test('lists have a limit', () => {
  const many = {
    ...SPAN,
    tags: Array.from({ length: JAEGER_ITEMS_MAX + 1 }, () => ({ key: 'k', type: 'string', value: '' }) as const),
  };
  expect(decodeJaegerThrift(thriftBatch([many]))).toMatchObject({ problem: { code: 'bad-thrift' } });
  expect(decodeJaegerProto(protoBatch([many]))).toMatchObject({ problem: { code: 'bad-protobuf' } });
});

test('a count that promises more than there is', () => {
  const bytes = Uint8Array.of(15, 0, 2, 12, 0x7f, 0xff, 0xff, 0xff);
  expect(decodeJaegerThrift(bytes)).toMatchObject({ problem: { message: 'body: byte 8: expected a count' } });
});

test('nesting in skipped fields has a limit', () => {
  const levels = Array.from({ length: 100 }, () => [12, 0, 99]).flat();
  expect(decodeJaegerThrift(Uint8Array.from(levels))).toMatchObject({ problem: { code: 'bad-thrift' } });
});

test.each([
  ['Thrift', decodeJaegerThrift, thriftBatch([SPAN])],
  ['protobuf', decodeJaegerProto, protoBatch([SPAN])],
])('mutated and cut %s: never throws', (_name, decode, seed) => {
  const edit = fc.record({ at: fc.nat(), cut: fc.nat(9), insert: fc.uint8Array({ maxLength: 6 }) });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 4 }), fc.nat(), (edits, end) => {
      let bytes = [...seed];
      for (const { at, cut, insert } of edits) bytes.splice(at % bytes.length, cut, ...insert);
      if (end % 3 === 0) bytes = bytes.slice(0, end % (bytes.length + 1));
      const decoded = decode(Uint8Array.from(bytes));
      if (decoded.ok) jaegerToDocuments(decoded.value.spans);
      else expect(decoded.problem.message).toContain('expected');
    }),
    { seed: 3, numRuns: 10_000 },
  );
});

const key = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('error', 'span.kind', 'http.url', 'ratio'));
const tag: fc.Arbitrary<JaegerTag> = fc.oneof(
  fc.record({ key, type: fc.constant('string' as const), value: fc.string({ unit: 'grapheme' }) }),
  fc.record({ key, type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({
    key,
    type: fc.constant('int64' as const),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(int64Value),
  }),
  fc.record({ key, type: fc.constant('float64' as const), value: fc.double().map(float64Value) }),
  fc.record({ key, type: fc.constant('binary' as const), value: fc.constantFrom('', '00ff', 'c0') }),
);
const log: fc.Arbitrary<JaegerLog> = fc.record({
  timestamp: fc.nat().map((us) => timeUs(START_US + us)),
  fields: fc.array(tag, { maxLength: 3 }),
});
const jaegerSpan: fc.Arbitrary<JaegerSpan> = fc.record({
  traceId: fc.constant(SPAN.traceId),
  spanId: fc.constant(SPAN.spanId),
  parentId: fc.constantFrom(SPAN.parentId, null),
  operationName: fc.string({ unit: 'grapheme' }),
  references: fc.subarray([...SPAN.references]),
  flags: fc.nat(255),
  startTime: fc.nat(60_000_000).map((us) => timeUs(START_US + us)),
  duration: fc.nat(100_000_000),
  tags: fc.array(tag, { maxLength: 6 }),
  logs: fc.array(log, { maxLength: 2 }),
  isIncomplete: fc.boolean(),
  warnings: fc.array(fc.string(), { maxLength: 2 }),
  process: fc.record({ serviceName: fc.string({ unit: 'grapheme' }), tags: fc.array(tag, { maxLength: 2 }) }),
});

test('Jaeger → segment documents as stored → Jaeger gives the same span', () => {
  fc.assert(
    fc.property(jaegerSpan, (span) => {
      const back = jaegerToDocuments([span])
        .map(store)
        .flatMap((document) => documentToJaeger(document) ?? []);
      expect(back.map(inOrder)).toEqual([inOrder(span)]);
    }),
    { seed: 5, numRuns: 3_000 },
  );
});

test('documents of other dialects become spans', () => {
  const call = {
    trace_id: SPAN.traceId,
    id: SPAN.spanId,
    parent_id: SPAN.parentId,
    type: 'subsegment',
    name: 'stock',
    namespace: 'remote',
  };
  const document = {
    ...call,
    start_time: 1_727_004_672,
    end_time: 1_727_004_673,
    error: true,
    annotations: { items: 3 },
  };
  expect(documentToJaeger(document as TraceDocument)).toMatchObject({
    operationName: 'stock',
    duration: 1_000_000,
    tags: [
      { key: 'items', type: 'int64', value: 3 },
      { key: 'span.kind', type: 'string', value: 'client' },
      { key: 'error', type: 'bool', value: true },
    ],
  });
});

function inOrder(span: JaegerSpan): JaegerSpan {
  const textOf = (item: JaegerTag): string => JSON.stringify([item.key, item.type, item.value]);
  return { ...span, tags: span.tags.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1)) };
}

function tags(values: Record<string, string>): readonly JaegerTag[] {
  return Object.entries(values).map(([name, value]) => ({ key: name, type: 'string', value }));
}

function store(document: TraceDocument): TraceDocument {
  const options = { nowUs: NOW, pastUsMax: 86_400e6, futureUsMax: 7_200e6, documentBytesMax: 65_536 };
  const [parsed] = parseDocument(JSON.stringify(document), options);
  if (!parsed?.ok) throw new Error(parsed?.problem.message);
  return JSON.parse(parsed.value.text);
}

function id<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error('refused');
  return result.value;
}

function thriftBatch(spans: readonly JaegerSpan[]): Uint8Array {
  const process = thrift.struct(
    thrift.textField(1, SPAN.process.serviceName),
    thrift.listField(2, SPAN.process.tags.map(thriftTag)),
  );
  return Uint8Array.from(thrift.struct(thrift.structField(1, process), thrift.listField(2, spans.map(thriftSpan))));
}

function thriftSpan(span: JaegerSpan): thrift.Bytes {
  const hex = (text: string): bigint => BigInt(`0x${text}`);
  const references = span.references.map(({ type, traceId, spanId }) =>
    thrift.struct(
      thrift.i32Field(1, type === 'follows-from' ? 1 : 0),
      thrift.i64Field(2, hex(traceId.slice(-16))),
      thrift.i64Field(3, hex(traceId.replaceAll('-', '').slice(1, 17))),
      thrift.i64Field(4, hex(spanId)),
    ),
  );
  return thrift.struct(
    thrift.i64Field(1, hex(span.traceId.slice(-16))),
    thrift.i64Field(2, hex(span.traceId.replaceAll('-', '').slice(1, 17))),
    thrift.i64Field(3, hex(span.spanId)),
    thrift.i64Field(4, hex(span.parentId ?? '0')),
    thrift.textField(5, span.operationName),
    thrift.listField(6, references),
    thrift.i32Field(7, span.flags),
    thrift.i64Field(8, BigInt(span.startTime)),
    thrift.i64Field(9, BigInt(span.duration)),
    thrift.listField(10, span.tags.map(thriftTag)),
    thrift.listField(
      11,
      span.logs.map(({ timestamp, fields }) =>
        thrift.struct(thrift.i64Field(1, BigInt(timestamp)), thrift.listField(2, fields.map(thriftTag))),
      ),
    ),
    thrift.textField(99, 'unknown fields are skipped'),
  );
}

function thriftTag({ key: name, type, value }: JaegerTag): thrift.Bytes {
  const kind = ['string', 'float64', 'bool', 'int64', 'binary'].indexOf(type);
  return thrift.struct(thrift.textField(1, name), thrift.i32Field(2, kind), thriftValue(type, value));
}

function thriftValue(type: JaegerTag['type'], value: JaegerTag['value']): thrift.Bytes {
  if (type === 'float64') return thrift.doubleField(4, Number(value));
  if (type === 'bool') return thrift.boolField(5, value === true);
  if (type === 'int64') return thrift.i64Field(6, BigInt(value));
  if (type === 'binary') return thrift.bytesField(7, proto.hexBytes(String(value)));
  return thrift.textField(3, String(value));
}

function protoBatch(spans: readonly JaegerSpan[]): Uint8Array {
  const process = proto.message(
    proto.textField(1, SPAN.process.serviceName),
    ...SPAN.process.tags.map((item) => proto.bytesField(2, protoTag(item))),
  );
  const batch = proto.message(
    ...spans.map((span) => proto.bytesField(1, protoSpan(span))),
    proto.bytesField(2, process),
  );
  return Uint8Array.from(proto.bytesField(1, batch));
}

function protoSpan(span: JaegerSpan): proto.Bytes {
  const traceHex = (text: string): string => text.replaceAll('-', '').slice(1);
  const time = (us: number): proto.Bytes =>
    proto.message(proto.varintField(1, Math.floor(us / 1e6)), proto.varintField(2, (us % 1e6) * 1e3));
  return proto.message(
    proto.hexField(1, traceHex(span.traceId)),
    proto.hexField(2, span.spanId),
    proto.textField(3, span.operationName),
    ...span.references.map(({ type, traceId, spanId }) =>
      proto.bytesField(
        4,
        proto.message(
          proto.hexField(1, traceHex(traceId)),
          proto.hexField(2, spanId),
          proto.varintField(3, type === 'follows-from' ? 1 : 0),
        ),
      ),
    ),
    proto.varintField(5, span.flags),
    proto.bytesField(6, time(span.startTime)),
    proto.bytesField(7, time(span.duration)),
    ...span.tags.map((item) => proto.bytesField(8, protoTag(item))),
    ...span.logs.map(({ timestamp, fields }) =>
      proto.bytesField(
        9,
        proto.message(
          proto.bytesField(1, time(timestamp)),
          ...fields.map((item) => proto.bytesField(2, protoTag(item))),
        ),
      ),
    ),
    proto.textField(99, 'unknown fields are skipped'),
  );
}

function protoTag({ key: name, type, value }: JaegerTag): proto.Bytes {
  const kind = ['string', 'bool', 'int64', 'float64', 'binary'].indexOf(type);
  return proto.message(proto.textField(1, name), proto.varintField(2, kind), protoValue(type, value));
}

function protoValue(type: JaegerTag['type'], value: JaegerTag['value']): proto.Bytes {
  if (type === 'bool') return proto.varintField(4, value === true ? 1 : 0);
  if (type === 'int64') return proto.varintField(5, BigInt(value));
  if (type === 'float64') return proto.doubleField(6, Number(value));
  if (type === 'binary') return proto.hexField(7, String(value));
  return proto.textField(3, String(value));
}
