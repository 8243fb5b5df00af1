import type { OtlpAttribute, OtlpSpan } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { decodeTraceRequestJson } from './decode-json.ts';
import { decodeTraceRequest } from './decode-protobuf.ts';
import { ATTRIBUTES_MAX, EVENTS_MAX, LINKS_MAX, VALUE_LEVELS_MAX } from './limits.ts';
import type { OtlpRequest } from './problem.ts';
import { encodeRequest, encodeValue, message, varint } from './testing/encode.ts';
import { groupOf, spanAt } from './testing/spans.ts';

const VALUES: readonly OtlpAttribute[] = [
  { key: 'text', type: 'string', value: 'GET' },
  { key: 'wide', type: 'string', value: 'grün ☃ 😀' },
  { key: 'long', type: 'string', value: 'x'.repeat(10_000) },
  { key: '', type: 'string', value: '' },
  { key: 'yes', type: 'bool', value: true },
  { key: 'no', type: 'bool', value: false },
  { key: 'int', type: 'int', value: 1_234_567 },
  { key: 'minus', type: 'int', value: -1 },
  { key: 'safe', type: 'int', value: Number.MAX_SAFE_INTEGER },
  { key: 'unsafe', type: 'int', value: '9007199254740993' },
  { key: 'max', type: 'int', value: '9223372036854775807' },
  { key: 'min', type: 'int', value: '-9223372036854775808' },
  { key: 'double', type: 'double', value: 0.1 },
  { key: 'whole', type: 'double', value: 3 },
  { key: 'infinite', type: 'double', value: Number.NEGATIVE_INFINITY },
  { key: 'nan', type: 'double', value: Number.NaN },
  { key: 'bytes', type: 'bytes', value: 'AP8=' },
  { key: 'empty', type: 'empty', value: null },
  {
    key: 'array',
    type: 'array',
    value: [
      { type: 'string', value: 'a' },
      { type: 'array', value: [{ type: 'int', value: 2 }] },
    ],
  },
  {
    key: 'map',
    type: 'kvlist',
    value: [{ key: 'inner', type: 'kvlist', value: [{ key: 'k', type: 'bool', value: true }] }],
  },
];

const FULL: OtlpSpan = spanAt(3, {
  traceState: 'vendor=1',
  flags: 0xffff_ffff,
  attributes: VALUES,
  droppedAttributesCount: 0xffff_ffff,
  events: [{ time: { us: 7, ns: 3 }, name: 'exception', attributes: VALUES.slice(0, 2), droppedAttributesCount: 4 }],
  droppedEventsCount: 5,
  links: [
    {
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      traceState: 'x=y',
      attributes: VALUES.slice(2, 4),
      droppedAttributesCount: 6,
      flags: 257,
    },
  ],
  droppedLinksCount: 8,
  status: { code: 2, message: 'out of stock' },
});

const FULL_GROUP = {
  resource: { attributes: VALUES, droppedAttributesCount: 2, schemaUrl: 'https://schemas.example/1' },
  scope: { name: 'lib', version: '1', attributes: VALUES.slice(0, 1), droppedAttributesCount: 3, schemaUrl: 'u' },
  spans: [FULL, spanAt(0), spanAt(1)],
};

const encoded = encodeRequest([FULL_GROUP, groupOf([spanAt(20)])]);

test('every field and kind of value comes in', () => {
  expect(decode(encoded).groups).toEqual([FULL_GROUP, groupOf([spanAt(20)])]);
});

test('spans may come before the scope and the resource they belong to', () => {
  const { spans } = decode(encoded).groups[0] ?? {};
  const span = messageOf(encodeRequest([{ ...FULL_GROUP, spans: [FULL] }]), [1, 2, 2]);
  const scope = message(1, message(1, Buffer.from('lib')));
  const resource = message(1, message(1, message(1, Buffer.from('k'))));
  const turned = message(1, message(2, message(2, span), scope), resource);
  const [group] = decode(turned).groups;
  expect(group?.spans).toEqual(spans?.slice(0, 1));
  expect(group?.scope.name).toBe('lib');
  expect(group?.resource.attributes).toEqual([{ key: 'k', type: 'empty', value: null }]);
});

test('fields that are not known are passed over, at every level', () => {
  const unknown = Buffer.concat([
    message(1_000, Buffer.from('text')),
    Buffer.concat([varint(999 << 3), varint(2n ** 63n)]),
    Buffer.concat([varint((998 << 3) | 1), Buffer.alloc(8)]),
    Buffer.concat([varint((997 << 3) | 5), Buffer.alloc(4)]),
    // Known numbers, but another wire type.
    message(6, Buffer.from('not a kind')),
  ]);
  const span = messageOf(encodeRequest([{ ...FULL_GROUP, spans: [FULL] }]), [1, 2, 2]);
  const request = Buffer.concat([
    unknown,
    message(1, unknown, message(2, unknown, message(2, unknown, span, unknown), unknown), unknown),
  ]);
  expect(decode(request).groups[0]?.spans).toEqual([FULL]);
});

test('no cut request is taken, and none throws', () => {
  const request = encodeRequest([{ ...FULL_GROUP, spans: [FULL] }]);
  for (let size = 1; size < request.byteLength; size += size < 2_000 ? 1 : 97) {
    const decoded = decodeTraceRequest(request.subarray(0, size));
    expect(decoded.ok ? size : decoded.problem.code).toBe('malformed');
  }
});

test.each<[string, Buffer, string]>([
  ['a length beyond the end', Buffer.from('0a05', 'hex'), 'resource_spans at byte 1: expected 5 bytes, found 0'],
  ['a number without end', Buffer.from('0a80', 'hex'), 'resource_spans at byte 1: expected a number that ends'],
  ['a number of 11 bytes', Buffer.alloc(11, 0xff), 'request at byte 0: expected a number of at most 10 bytes'],
  ['field 0', Buffer.from('00', 'hex'), 'request at byte 0: expected a field number'],
  ['a group', Buffer.from('0b', 'hex'), 'request at byte 1: expected a wire type of 0, 1, 2 or 5 for field 1, found 3'],
  [
    'half a time',
    message(1, message(2, message(2, Buffer.from('39ffff', 'hex')))),
    'span.start_time_unix_nano at byte 7',
  ],
])('%s refuses the request and names field and byte', (_what, bytes, expected) => {
  const decoded = decodeTraceRequest(bytes);
  expect(decoded.ok ? '' : decoded.problem.message).toContain(expected);
});

const many = (count: number): OtlpAttribute[] =>
  Array.from({ length: count }, (_, at) => ({ key: `k${at}`, type: 'bool', value: true }));
const deep = (levels: number): OtlpAttribute => {
  let value: OtlpAttribute = { key: 'v', type: 'bool', value: true };
  for (let level = 0; level < levels; level += 1) value = { key: 'v', type: 'kvlist', value: [value] };
  return value;
};
const event = { time: { us: 1, ns: 0 }, name: 'e', attributes: [], droppedAttributesCount: 0 };
const link = { traceId: '', spanId: '', traceState: '', attributes: [], droppedAttributesCount: 0, flags: 1 };

test.each<[string, Partial<OtlpSpan>, string | null]>([
  ['zero trace id', { traceId: '0'.repeat(32) }, 'span.trace_id'],
  ['short trace id', { traceId: 'abab' }, 'span.trace_id'],
  ['no trace id', { traceId: '' }, 'span.trace_id'],
  ['zero span id', { spanId: '0'.repeat(16) }, 'span.span_id'],
  ['long span id', { spanId: 'ab'.repeat(9) }, 'span.span_id'],
  ['short parent id', { parentSpanId: 'ab' }, 'span.parent_span_id'],
  ['as many attributes as may be', { attributes: many(ATTRIBUTES_MAX) }, null],
  ['too many attributes', { attributes: many(ATTRIBUTES_MAX + 1) }, 'span.attributes'],
  [
    'too long a map',
    { attributes: [{ key: 'm', type: 'kvlist', value: many(ATTRIBUTES_MAX + 1) }] },
    'span.attributes',
  ],
  ['as deep as may be', { attributes: [deep(VALUE_LEVELS_MAX)] }, null],
  ['too deep', { attributes: [deep(VALUE_LEVELS_MAX + 1)] }, 'span.attributes'],
  ['too many events', { events: Array.from({ length: EVENTS_MAX + 1 }, () => event) }, 'span.events'],
  ['too many links', { links: Array.from({ length: LINKS_MAX + 1 }, () => link) }, 'span.links'],
])('a span is refused alone, its field named: %s', (_what, change, field) => {
  const decoded = decode(encodeRequest([groupOf([spanAt(0), spanAt(1, change), spanAt(2)])]));
  const kept = decoded.groups[0]?.spans.map(({ name }) => name);
  expect(kept?.length).toBe(field === null ? 3 : 2);
  expect(decoded.refused.map((problem) => problem.field)).toEqual(field === null ? [] : [field]);
  expect(decoded.refusedCount).toBe(field === null ? 0 : 1);
});

test('a parent of zeros is none, a time beyond 2255 is refused', () => {
  const zero = decode(encodeRequest([groupOf([spanAt(1, { parentSpanId: '0'.repeat(16) })])]));
  expect(zero.groups[0]?.spans[0]?.parentSpanId).toBe('');
  const late = Buffer.concat([varint((7 << 3) | 1), Buffer.alloc(8, 0xff)]);
  expect(decode(message(1, message(2, message(2, late)))).refused[0]?.field).toBe('span.start_time_unix_nano');
});

test('an attribute whose key comes behind its value keeps both', () => {
  const attribute = Buffer.concat([
    message(2, encodeValue({ type: 'int', value: 3 })),
    message(1, Buffer.from('behind')),
  ]);
  const resource = message(1, message(1, attribute));
  const request = message(1, resource, message(2, Buffer.alloc(0)));
  expect(decode(request).groups[0]?.resource.attributes).toEqual([{ key: 'behind', type: 'int', value: 3 }]);
});

test('random and damaged bytes never throw, and never loop', () => {
  let seed = 20_261_121;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const whole = encodeRequest([{ ...FULL_GROUP, resource: groupOf([]).resource, spans: [spanAt(0), spanAt(1)] }]);
  const spans = [{ ...JSON_SPAN, attributes: [{ key: 'k', value: { arrayValue: { values: [{ intValue: '1' }] } } }] }];
  const wholeJson = JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }] });
  for (let run = 0; run < 4_000; run += 1) {
    const bytes = run % 4 === 0 ? Buffer.alloc(random(64)) : Buffer.from(whole);
    const changes = run % 4 === 0 ? bytes.byteLength : 1 + random(4);
    for (let change = 0; change < changes; change += 1) bytes[random(bytes.byteLength)] = random(256);
    const decoded = decodeTraceRequest(bytes);
    if (!decoded.ok) expect(decoded.problem.message).toMatch(/: expected /);
    const text = Buffer.from(wholeJson);
    text[random(text.byteLength)] = 32 + random(96);
    decodeTraceRequestJson(text);
  }
});

const JSON_SPAN = {
  traceId: '5B8EFFF798038103D269B633813FC60C',
  spanId: 'eee19b7ec3c1b174',
  name: 'work',
  startTimeUnixNano: '1727004672000000123',
  endTimeUnixNano: '1727004672000812007',
};

test('JSON: hex ids, 64-bit numbers as text or number, enums as number or name, both spellings', () => {
  const span = {
    ...JSON_SPAN,
    parent_span_id: 'eee19b7ec3c1b173',
    kind: 'SPAN_KIND_CLIENT',
    status: { code: 'STATUS_CODE_ERROR', message: 'no' },
    flags: 257,
    unknown: { deep: [] },
    attributes: [
      { key: 's', value: { stringValue: 'x' } },
      { key: 'i', value: { intValue: '-5' } },
      { key: 'n', value: { intValue: 5 } },
      { key: 'big', value: { intValue: '9223372036854775807' } },
      { key: 'd', value: { doubleValue: 'Infinity' } },
      { key: 'b', value: { bytesValue: 'AP8=' } },
      { key: 'l', value: { arrayValue: { values: [{ boolValue: true }, {}] } } },
      { key: 'm', value: { kvlist_value: { values: [{ key: 'k', value: { double_value: 1 } }] } } },
    ],
    events: [{ timeUnixNano: 1000, name: 'e', droppedAttributesCount: 2 }],
    links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), flags: 1 }],
  };
  const [group] = decodeJson({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeSpans: [{ scope: { name: 'lib' }, spans: [span], schemaUrl: 'u' }],
      },
    ],
  }).groups;
  expect(group?.resource.attributes).toEqual([{ key: 'service.name', type: 'string', value: 'shop' }]);
  expect(group?.scope).toMatchObject({ name: 'lib', schemaUrl: 'u' });
  expect(group?.spans).toEqual([
    {
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      parentSpanId: 'eee19b7ec3c1b173',
      traceState: '',
      flags: 257,
      name: 'work',
      kind: 3,
      start: { us: 1_727_004_672_000_000, ns: 123 },
      end: { us: 1_727_004_672_000_812, ns: 7 },
      attributes: [
        { key: 's', type: 'string', value: 'x' },
        { key: 'i', type: 'int', value: -5 },
        { key: 'n', type: 'int', value: 5 },
        { key: 'big', type: 'int', value: '9223372036854775807' },
        { key: 'd', type: 'double', value: Number.POSITIVE_INFINITY },
        { key: 'b', type: 'bytes', value: 'AP8=' },
        {
          key: 'l',
          type: 'array',
          value: [
            { type: 'bool', value: true },
            { type: 'empty', value: null },
          ],
        },
        { key: 'm', type: 'kvlist', value: [{ key: 'k', type: 'double', value: 1 }] },
      ],
      droppedAttributesCount: 0,
      events: [{ time: { us: 1, ns: 0 }, name: 'e', attributes: [], droppedAttributesCount: 2 }],
      droppedEventsCount: 0,
      links: [
        {
          traceId: 'ab'.repeat(16),
          spanId: 'cd'.repeat(8),
          traceState: '',
          attributes: [],
          droppedAttributesCount: 0,
          flags: 1,
        },
      ],
      droppedLinksCount: 0,
      status: { code: 2, message: 'no' },
    },
  ]);
});

test.each<[string, object, string]>([
  ['no hex', { spanId: 'xyz' }, 'span.span_id'],
  ['zeros', { spanId: '0'.repeat(16) }, 'span.span_id'],
  ['no time', { startTimeUnixNano: 'now' }, 'span.start_time_unix_nano'],
  ['a late time', { endTimeUnixNano: '99999999999999999999' }, 'span.end_time_unix_nano'],
  ['an unknown kind', { kind: 'SPAN_KIND_OTHER' }, 'span.kind'],
  ['too many attributes', { attributes: many(ATTRIBUTES_MAX + 1) }, 'span.attributes'],
])('JSON: a span is refused alone, its field named: %s', (_what, change, field) => {
  const spans = [JSON_SPAN, { ...JSON_SPAN, ...change }];
  const decoded = decodeJson({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  expect(decoded.groups[0]?.spans.length).toBe(1);
  expect(decoded.refused.map((problem) => problem.field)).toEqual([field]);
});

test.each<[string, string, string]>([
  ['other text', 'no json', 'request: expected JSON'],
  ['an array', '[]', 'request: expected an object'],
  ['deep nesting', '['.repeat(1_000), 'levels of nesting'],
  ['no list of resources', '{"resourceSpans":{}}', 'resourceSpans: expected an array'],
  ['no object for a resource', '{"resourceSpans":[1]}', 'resource_spans: expected an object'],
])('JSON: %s refuses the request', (_what, text, expected) => {
  const decoded = decodeTraceRequestJson(Buffer.from(text));
  expect(decoded.ok ? '' : decoded.problem.message).toContain(expected);
});

function decode(bytes: Uint8Array): OtlpRequest {
  const decoded = decodeTraceRequest(bytes);
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.value;
}

function decodeJson(request: object): OtlpRequest {
  const decoded = decodeTraceRequestJson(Buffer.from(JSON.stringify(request)));
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.value;
}

/** The body of the first message on this way of field numbers; all of them length-delimited, after such ones only. */
function messageOf(bytes: Buffer, way: readonly number[]): Buffer {
  let body = bytes;
  for (const wanted of way) {
    let at = 0;
    for (;;) {
      const field = (body[at] ?? 0) >> 3;
      let size = 0;
      let shift = 0;
      for (at += 1; ; at += 1, shift += 7) {
        size |= ((body[at] ?? 0) & 0x7f) << shift;
        if ((body[at] ?? 0) < 0x80) break;
      }
      at += 1;
      if (field === wanted) {
        body = body.subarray(at, at + size);
        break;
      }
      at += size;
    }
  }
  return body;
}
