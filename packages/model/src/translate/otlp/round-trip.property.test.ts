import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeTrace } from '../../merge-trace.ts';
import { parseDocument, readAcceptedDocument } from '../../parse-document.ts';
import { acceptSent, type PrintedDocument } from '../../sent-document.ts';
import { timeUs } from '../../time.ts';
import type { OtlpAttribute, OtlpEvent, OtlpLink, OtlpSpan, OtlpSpanGroup, OtlpTime, OtlpValue } from './span.ts';
import { toPrintedDocuments } from './to-documents.ts';
import { toOtlpGroups } from './to-spans.ts';

const SEED = 20_261_121;
const START_US = 1_727_004_672_000_000;
const LIMITS = { nowUs: timeUs(START_US + 60e6), pastUsMax: 86_400e6, futureUsMax: 86_400e6, documentBytesMax: 1e7 };

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('proxy', 'outbound|9080||a.b.svc.cluster.local', 'inbound|9080||', 'UH', 'router~1~a-x.b~b.svc.c'),
  fc.constantFrom('GET', 'a"b\\c', '\u2028', 'x'.repeat(1_200), '42', '\ud83d\ude00', '{"k":1,"__proto__":2}', '{'),
);
const key = fc.oneof(
  fc.constantFrom(
    'http.method',
    'http.status_code',
    'url.full',
    'db.system',
    'db.name',
    'rpc.system',
    'peer.service',
    'aws.service',
    'aws.operation',
    'enduser.id',
    'aws.xray.annotations',
    'aws.xray.metadata.own',
    'aws.xray.metadata.default',
    'aws.xray.metadata.otlp',
    'otel.resource.service.name',
    '__proto__',
    '',
    '1',
    '0',
    'a-b',
    'a_b',
    'a.b',
    'constructor',
    'messaging.system',
    'messaging.destination.name',
    'gen_ai.provider.name',
    'gen_ai.input.messages',
    'node_id',
    'component',
    'upstream_cluster',
    'response_flags',
    'mesh.side',
    'service.name',
    'aws.remote.service',
    'k',
  ),
  fc.string({ maxLength: 8 }),
);
const scalar: fc.Arbitrary<OtlpValue> = fc.oneof(
  fc.record({ type: fc.constant('string' as const), value: text }),
  fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('int' as const), value: fc.maxSafeInteger() }),
  fc.record({
    type: fc.constant('int' as const),
    value: fc.constantFrom('9223372036854775807', '-9223372036854775808'),
  }),
  fc.record({ type: fc.constant('double' as const), value: fc.oneof(fc.double(), fc.integer()) }),
  fc.record({ type: fc.constant('bytes' as const), value: fc.base64String({ maxLength: 12 }) }),
  fc.constant({ type: 'empty' as const, value: null }),
);
const { value } = fc.letrec<{ value: OtlpValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.record({ type: fc.constant('array' as const), value: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({
      type: fc.constant('kvlist' as const),
      value: fc.array(
        fc.tuple(key, tie('value')).map(([name, item]) => ({ key: name, ...item })),
        { maxLength: 3 },
      ),
    }),
  ),
}));
const attributes: fc.Arbitrary<OtlpAttribute[]> = fc.array(
  fc.tuple(key, value).map(([name, item]) => ({ key: name, ...item })),
  { maxLength: 8 },
);
const count = fc.oneof(fc.constant(0), fc.nat());
const time: fc.Arbitrary<OtlpTime> = fc.record({
  us: fc.integer({ min: START_US, max: START_US + 30e6 }),
  ns: fc.integer({ min: 0, max: 999 }),
});
const anyTime = fc.oneof(
  time,
  fc.constantFrom({ us: 0, ns: 0 }, { us: 0, ns: 7 }, { us: 5, ns: 1 }, { us: Number.MAX_SAFE_INTEGER, ns: 999 }),
);
const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...Array.from({ length: 16 }, (_, digit) => digit.toString(16))), {
      minLength: digits,
      maxLength: digits,
    })
    .map((list) => `${list.slice(1).join('')}1`);
const event: fc.Arbitrary<OtlpEvent> = fc.record({
  time: anyTime,
  name: fc.oneof(text, fc.constant('exception')),
  attributes,
  droppedAttributesCount: count,
});
const link: fc.Arbitrary<OtlpLink> = fc.record({
  traceId: fc.oneof(hex(32), fc.constantFrom('', '0'.repeat(32))),
  spanId: fc.oneof(hex(16), fc.constantFrom('', 'ab')),
  traceState: fc.oneof(fc.constant(''), text),
  attributes,
  droppedAttributesCount: count,
  flags: count,
});
const span: fc.Arbitrary<OtlpSpan> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: fc.oneof(hex(16), fc.constant('')),
  traceState: fc.oneof(fc.constant(''), text),
  flags: count,
  name: text,
  kind: fc.integer({ min: 0, max: 6 }),
  start: time,
  end: anyTime,
  attributes: fc.oneof(
    attributes,
    attributes.map((list) => [{ key: 'aws.span.kind', type: 'string' as const, value: 'LOCAL_ROOT' }, ...list]),
  ),
  droppedAttributesCount: count,
  events: fc.array(event, { maxLength: 3 }),
  droppedEventsCount: count,
  links: fc.oneof(
    { weight: 5, arbitrary: fc.array(link, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(link, { minLength: 20, maxLength: 22 }) },
  ),
  droppedLinksCount: count,
  status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: fc.oneof(fc.constant(''), text) }),
});
const group: fc.Arbitrary<OtlpSpanGroup> = fc.record({
  resource: fc.record({ attributes, droppedAttributesCount: count, schemaUrl: fc.oneof(fc.constant(''), text) }),
  scope: fc.record({ name: text, version: text, attributes, droppedAttributesCount: count, schemaUrl: text }),
  spans: fc.array(span, { minLength: 1, maxLength: 2 }),
});

test.each(['all', 'none', 'some'] as const)('spans come back as they were: %s indexed', (which) => {
  const indexed = which === 'all' ? which : new Set(which === 'none' ? [] : ['http.method', 'a-b', 'otel.resource.k']);
  fc.assert(
    fc.property(group, (given) => {
      const printed = toPrintedDocuments([given], { indexed });
      const back = toOtlpGroups(printed.map((document) => accepted(document, given)));
      expect(back.flatMap(({ spans }) => spans).map(sorted)).toEqual(given.spans.map(sorted));
      for (const { resource, scope } of back) {
        expect(sorted({ resource, scope })).toEqual(sorted({ resource: given.resource, scope: given.scope }));
      }
    }),
    { seed: SEED, numRuns: 80 },
  );
});

test('spans of one trace come back out of its segments, whatever is folded into what', () => {
  fc.assert(
    fc.property(fc.tuple(group, group, group), (groups) => {
      const spanIds = new Set<string>();
      const [{ traceId } = { traceId: '' }] = groups[0].spans;
      let parentSpanId = '';
      const given = groups.map((one) => {
        const spans = one.spans.map((each, at) => {
          const spanId = `${spanIds.size + 1}`.padStart(16, 'a');
          const placed = { ...each, traceId, spanId, parentSpanId: at === 0 ? parentSpanId : each.parentSpanId };
          spanIds.add(spanId);
          parentSpanId = spanId;
          return placed;
        });
        return { ...one, spans };
      });
      const documents = given.flatMap((one) =>
        toPrintedDocuments([one], { indexed: 'all' }).map((document) => accepted(document, one)),
      );
      const back = toOtlpGroups(mergeTrace(documents).segments.map(({ document }) => document));
      const flat = (all: readonly OtlpSpanGroup[]) =>
        all
          .flatMap(({ resource, scope, spans }) => spans.map((each) => sorted({ resource, scope, ...each })))
          .map((each) => JSON.stringify(each))
          .toSorted();
      expect(flat(back)).toEqual(flat(given));
    }),
    { seed: SEED, numRuns: 40 },
  );
});

/** The way in must have nothing to clean in what was made here. */
function accepted(printed: PrintedDocument, given: OtlpSpanGroup): ReturnType<typeof readAcceptedDocument> {
  const [parsed] = parseDocument(printed.text, LIMITS);
  if (!parsed?.ok) throw new Error(`refused: ${JSON.stringify(parsed?.problem)} ${printed.text}`);
  const [sent] = acceptSent(printed, LIMITS);
  if (!sent?.ok) throw new Error(`refused unread: ${printed.text}`);
  const { text: keptText, document, head } = sent.value;
  expect({ text: keptText, document }).toEqual({ text: parsed.value.text, document: parsed.value.document });
  const told = [head.trace_id, head.name, head.type, head.end_time];
  expect(told).toEqual([document.trace_id, document.name, document.type, document.end_time]);
  if (document.annotations?.['mesh.side'] !== undefined) expect(head.mayBeProxys).not.toBe(false);
  // A far end is brought nearer, which prints the document anew.
  if (given.spans.every(({ end }) => end.us < LIMITS.nowUs + 3_600e6)) expect(parsed.value.text).toBe(printed.text);
  return readAcceptedDocument(parsed.value.text);
}

/** The order of attributes means nothing, at any depth; of those of one key it does. */
function sorted(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  if (!Array.isArray(item)) {
    return Object.fromEntries(Object.entries(item).map(([name, member]) => [name, sorted(member)]));
  }
  const keyOf = (member: { readonly key?: string }): string => member?.key ?? '';
  return item.map(sorted).toSorted((a, b) => collate(keyOf(a as object), keyOf(b as object)));
}

function collate(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
