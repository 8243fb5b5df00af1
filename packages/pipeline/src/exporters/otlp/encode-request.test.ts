import type { OtlpSpanGroup, OtlpValue } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { encodeRequest as encodeByTheLetter } from '../../receivers/otlp/testing/encode.ts';
import { groupOf, spanAt } from '../../receivers/otlp/testing/spans.ts';
import { encodeRequest } from './encode-request.ts';

const VALUES: readonly OtlpValue[] = [
  { type: 'string', value: '' },
  { type: 'string', value: 'é€😀' },
  { type: 'bool', value: false },
  { type: 'bool', value: true },
  ...[
    0,
    127,
    128,
    16_383,
    16_384,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    -1,
    '9223372036854775807',
    '-9223372036854775808',
  ].map((value): OtlpValue => ({ type: 'int', value })),
  { type: 'double', value: Number.NEGATIVE_INFINITY },
  { type: 'bytes', value: 'AAEC/w==' },
  { type: 'empty', value: null },
  {
    type: 'array',
    value: [
      { type: 'int', value: 1 },
      { type: 'empty', value: null },
      { type: 'array', value: [] },
    ],
  },
  {
    type: 'kvlist',
    value: [
      { key: 'a', type: 'string', value: 'x' },
      { key: '', type: 'kvlist', value: [] },
    ],
  },
];
const ATTRIBUTES = VALUES.map((value, at) => ({ key: `key-${at}`, ...value }));
const TIME = { us: 1_727_004_672_000_001, ns: 999 };
const FULL = spanAt(1, {
  traceState: 'a=b',
  parentSpanId: '',
  end: { us: 0, ns: 0 },
  attributes: ATTRIBUTES,
  droppedAttributesCount: 300,
  events: [
    { time: TIME, name: 'one', attributes: ATTRIBUTES, droppedAttributesCount: 1 },
    { time: { us: 0, ns: 5 }, name: '', attributes: [], droppedAttributesCount: 0 },
  ],
  droppedEventsCount: 2,
  links: [
    {
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      traceState: 'x',
      attributes: ATTRIBUTES,
      droppedAttributesCount: 3,
      flags: 2 ** 32 - 1,
    },
    { traceId: '', spanId: '', traceState: '', attributes: [], droppedAttributesCount: 0, flags: 0 },
  ],
  droppedLinksCount: 4,
  status: { code: 2, message: 'no' },
});

test.each<[string, readonly OtlpSpanGroup[]]>([
  ['nothing', []],
  ['an empty group', [groupOf([])]],
  ['every field', [groupOf([FULL, spanAt(2)])]],
  [
    'groups with what belongs to them',
    [
      groupOf([spanAt(1)]),
      {
        resource: { attributes: ATTRIBUTES, droppedAttributesCount: 7, schemaUrl: 'r' },
        scope: { name: 's', version: '1', attributes: ATTRIBUTES, droppedAttributesCount: 8, schemaUrl: 's' },
        spans: [spanAt(3), FULL],
      },
    ],
  ],
  ['more than the first buffer', [groupOf(Array.from({ length: 1_000 }, (_, at) => spanAt(at)))]],
  ['one text larger than it', [groupOf([spanAt(1, { name: 'x'.repeat(300_000) })])]],
])('%s: the bytes that the plain encoder makes', (_name, groups) => {
  expect(encodeRequest(groups).equals(encodeByTheLetter(groups))).toBe(true);
});
