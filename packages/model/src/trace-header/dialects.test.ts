import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTraceIdAnySpelling } from './any-spelling.ts';
import { parseB3, parseB3Multi, printB3, printB3Multi, type B3Fields } from './b3.ts';
import { parseUberTraceContext, printUberTraceContext } from './uber.ts';
import { parseW3cTraceParent, printW3cTraceParent } from './w3c.ts';
import { parseXAmznTraceHeader } from './x-amzn.ts';

const HEX = '5759e988bd862e3fe1be46a994272793';
const ID = '1-5759e988-bd862e3fe1be46a994272793';
const SPAN = '53995c3f42cd8ad8';
const SHORT_ID = '1-00000000-00000000e1be46a994272793';

test('every dialect names one trace and one parent', () => {
  const w3c = parseW3cTraceParent(`00-${HEX}-${SPAN}-01`);
  const b3 = parseB3(`${HEX}-${SPAN}-1`);
  const multi = parseB3Multi({ traceId: HEX, spanId: SPAN });
  const uber = parseUberTraceContext(`${HEX}:${SPAN}:0:1`);
  const xAmzn = parseXAmznTraceHeader(`Root=${ID};Parent=${SPAN};Sampled=1`);
  expect([
    w3c.ok && [w3c.value.traceId, w3c.value.parent],
    b3.ok && [b3.value.ids?.traceId, b3.value.ids?.spanId],
    multi.ok && [multi.value.ids?.traceId, multi.value.ids?.spanId],
    uber.ok && [uber.value.traceId, uber.value.spanId],
    xAmzn.ok && [xAmzn.value.root, xAmzn.value.parent],
  ]).toEqual(Array.from({ length: 5 }, () => [ID, SPAN]));
});

test.each([
  [`00-${HEX}-${SPAN}-01`, `00-${HEX}-${SPAN}-01`],
  [` 00-${HEX}-${SPAN}-00 `, `00-${HEX}-${SPAN}-00`],
  [`00-${HEX}-${SPAN}-ff`, `00-${HEX}-${SPAN}-ff`],
  [`01-${HEX}-${SPAN}-01-what-comes-later`, `00-${HEX}-${SPAN}-01`],
  [`00-${HEX}-${SPAN}-01-more`, 'malformed'],
  [`ff-${HEX}-${SPAN}-01`, 'malformed'],
  [`00-${HEX.toUpperCase()}-${SPAN}-01`, 'malformed'],
  [`00-${HEX}-${SPAN}`, 'malformed'],
  [`00-${'0'.repeat(32)}-${SPAN}-01`, 'all-zeros'],
  [`00-${HEX}-${'0'.repeat(16)}-01`, 'all-zeros'],
  [`01-${HEX}-${SPAN}-01-${'x'.repeat(600)}`, 'malformed'],
])('traceparent %s: %s', (text, expected) => {
  const parsed = parseW3cTraceParent(text);
  expect(parsed.ok ? printW3cTraceParent(parsed.value) : parsed.problem).toBe(expected);
});

test.each([
  [`${HEX}-${SPAN}`, `${HEX}-${SPAN}`],
  [`${HEX}-${SPAN}-1`, `${HEX}-${SPAN}-1`],
  [`${HEX}-${SPAN}-d-05e3ac9a4f6e3b90`, `${HEX}-${SPAN}-d-05e3ac9a4f6e3b90`],
  [`e1be46a994272793-${SPAN}-0`, `0000000000000000e1be46a994272793-${SPAN}-0`],
  [`${HEX}-${SPAN}-1-short`, `${HEX}-${SPAN}-1`],
  ['0', '0'],
  ['d', 'd'],
  ['2', 'malformed'],
  ['', 'malformed'],
  [`${HEX}-${SPAN}-x`, 'bad-sampled'],
  [`${HEX}-${SPAN}-1-${SPAN}-1`, 'malformed'],
  [`${HEX.slice(1)}-${SPAN}`, 'bad-trace-id'],
  [`${HEX}-${SPAN.slice(1)}`, 'bad-span-id'],
  [`${HEX}-${'0'.repeat(16)}`, 'bad-span-id'],
])('b3 %s: %s', (text, expected) => {
  const parsed = parseB3(text);
  expect(parsed.ok ? printB3(parsed.value) : parsed.problem).toBe(expected);
});

test.each<[B3Fields, string]>([
  [{ traceId: HEX, spanId: SPAN, sampled: 'true' }, `X-B3-TraceId=${HEX} X-B3-SpanId=${SPAN} X-B3-Sampled=1`],
  [{ traceId: HEX, spanId: SPAN, sampled: '0', flags: '1' }, `X-B3-TraceId=${HEX} X-B3-SpanId=${SPAN} X-B3-Flags=1`],
  [{ traceId: HEX, spanId: SPAN, parentId: SPAN }, `X-B3-TraceId=${HEX} X-B3-SpanId=${SPAN} X-B3-ParentSpanId=${SPAN}`],
  [{ sampled: '0' }, 'X-B3-Sampled=0'],
  [{}, 'no-fields'],
  [{ traceId: HEX }, 'bad-span-id'],
  [{ spanId: SPAN }, 'bad-trace-id'],
  [{ traceId: HEX, spanId: SPAN, sampled: 'maybe' }, 'bad-sampled'],
])('b3 headers %o: %s', (fields, expected) => {
  const parsed = parseB3Multi(fields);
  const printed = parsed.ok ? printB3Multi(parsed.value).map((pair) => pair.join('=')) : [parsed.problem];
  expect(printed.join(' ')).toBe(expected);
});

test.each([
  [`${HEX}:${SPAN}:0:1`, `${HEX}:${SPAN}:0:1`],
  [`${HEX}%3A${SPAN}%3a${SPAN}%3A3`, `${HEX}:${SPAN}:${SPAN}:3`],
  ['abc:1::0', '00000000000000000000000000000abc:0000000000000001:0:0'],
  [`${HEX}:${SPAN}:1`, 'malformed'],
  [`${HEX}:${SPAN}:0:1:2`, 'malformed'],
  [`:${SPAN}:0:1`, 'bad-trace-id'],
  [`0:${SPAN}:0:1`, 'bad-trace-id'],
  [`${HEX}:0:0:1`, 'bad-span-id'],
  [`${HEX}:${SPAN}:0:100`, 'bad-flags'],
])('uber-trace-id %s: %s', (text, expected) => {
  const parsed = parseUberTraceContext(text);
  expect(parsed.ok ? printUberTraceContext(parsed.value) : parsed.problem).toBe(expected);
});

test.each([
  [ID, ID],
  [HEX, ID],
  [` ${HEX.toUpperCase()}\n`, ID],
  [`1${HEX}`, ID],
  ['5759e988-bd862e3fe1be46a994272793', ID],
  ['5759e988-bd86-2e3f-e1be-46a994272793', ID],
  ['e1be46a994272793', SHORT_ID],
  [`0000000000000000e1be46a994272793`, SHORT_ID],
  [`2${HEX}`, 'malformed'],
  [HEX.slice(1), 'malformed'],
  ['shop', 'malformed'],
  ['', 'malformed'],
  ['-'.repeat(1_000), 'malformed'],
  ['0'.repeat(16), 'all-zeros'],
])('a search for %s finds %s', (text, expected) => {
  const parsed = parseTraceIdAnySpelling(text);
  expect(parsed.ok ? parsed.value : parsed.problem).toBe(expected);
});

test('any text: nothing throws, and what is read prints to something that reads the same', () => {
  const part = fc.oneof(
    fc.constantFrom('-', ':', '%3A', '00', '01', '0', '1', 'd', ' ', HEX, SPAN, HEX.slice(16)),
    fc.string({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
      const text = parts.join('');
      const w3c = parseW3cTraceParent(text);
      if (w3c.ok) expect(parseW3cTraceParent(printW3cTraceParent(w3c.value))).toEqual(w3c);
      const b3 = parseB3(text);
      if (b3.ok) expect(parseB3(printB3(b3.value))).toMatchObject({ value: { sampled: b3.value.sampled } });
      const uber = parseUberTraceContext(text);
      if (uber.ok) expect(parseUberTraceContext(printUberTraceContext(uber.value))).toEqual(uber);
      const id = parseTraceIdAnySpelling(text);
      if (id.ok) expect(parseTraceIdAnySpelling(id.value)).toEqual(id);
    }),
    { seed: 12, numRuns: 20_000 },
  );
});
