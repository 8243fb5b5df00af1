import { parseDocument, parseTraceId, timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { arrivals } from './arrivals.ts';
import { createD2, D2_ATTRIBUTES_A_SPAN, D2_SERVICE_COUNT, D2_SPANS_A_TRACE, d2Key, d2Value } from './d2.ts';
import { giantTrace, giantTraceId } from './d4.ts';
import { createD5 } from './d5.ts';
import { createTraffic, type TrafficName, type TrafficOptions } from './traffic.ts';

const START_US = 1_763_700_000_000_000;
const HOUR_US = 3_600_000_000;
const OPTIONS: TrafficOptions = { seed: 11, startUs: START_US, rangeUs: HOUR_US, spanCount: 4_000 };
const NAMES: readonly TrafficName[] = ['D1', 'D2', 'D5', 'D5-500'];
const ACCEPTED = {
  nowUs: timeUs(START_US + 2 * HOUR_US),
  pastUsMax: 24 * HOUR_US,
  futureUsMax: HOUR_US,
  documentBytesMax: 65_536,
};

test.each(NAMES)('%s: a seed and a number make a trace, whatever was asked before', (name) => {
  const traffic = createTraffic(name, OPTIONS);
  const before = traffic.documentsAt(17);
  traffic.documentsAt(3);
  expect(createTraffic(name, OPTIONS).documentsAt(17)).toEqual(before);
  expect(createTraffic(name, { ...OPTIONS, seed: 12 }).documentsAt(17)).not.toEqual(before);
});

test.each(NAMES)('%s: every document is accepted as it stands', (name) => {
  for (const { text, traceId } of arrivals(createTraffic(name, OPTIONS), 1_000)) {
    const [parsed] = parseDocument(text, ACCEPTED);
    const { value } = parsed?.ok ? parsed : {};
    expect([value?.text, value?.document.trace_id]).toEqual([text, traceId]);
  }
});

test.each(NAMES)('%s: documents arrive in order, after what they tell of', (name) => {
  let latestUs = 0;
  let spanCount = 0;
  for (const { arrivesUs, text, spanCount: spans } of arrivals(createTraffic(name, OPTIONS), OPTIONS.spanCount)) {
    expect(arrivesUs).toBeGreaterThanOrEqual(latestUs);
    expect(arrivesUs).toBeGreaterThanOrEqual(Math.floor(JSON.parse(text).end_time * 1e6));
    latestUs = arrivesUs;
    spanCount += spans;
  }
  expect(spanCount).toBeGreaterThanOrEqual(OPTIONS.spanCount);
});

test.each(NAMES)('%s: trace numbers lead to the ids', (name) => {
  const traffic = createTraffic(name, OPTIONS);
  const ids = Array.from({ length: 200 }, (_item, index) => traffic.traceIdAt(index));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => parseTraceId(id).ok)).toBe(true);
  expect(new Set(traffic.documentsAt(42).map(({ traceId }) => traceId))).toEqual(new Set([ids[42]]));
});

test('D1: four spans and about 800 bytes', () => {
  const documents = [...arrivals(createTraffic('D1', OPTIONS), 4_000)];
  const bytes = documents.reduce((sum, { text }) => sum + text.length, 0) / documents.length;
  expect(documents.map(({ text }) => JSON.parse(text).subsegments.length)).toEqual(documents.map(() => 3));
  expect(Object.keys(JSON.parse(documents[0]?.text ?? '').annotations)).toHaveLength(5);
  expect(bytes).toBeGreaterThan(750);
  expect(bytes).toBeLessThan(900);
});

test('D2: ten spans of ten services, eleven attributes each', () => {
  const spans = Array.from({ length: 300 }, (_item, index) => createD2(OPTIONS).spansAt(index)).flat();
  expect(spans).toHaveLength(300 * D2_SPANS_A_TRACE);
  expect(new Set(spans.map(({ service }) => service)).size).toBe(D2_SERVICE_COUNT);
  expect(spans.every(({ attributes }) => new Map(attributes).size === D2_ATTRIBUTES_A_SPAN)).toBe(true);
  expect(new Set(spans.flatMap(({ attributes }) => attributes.map(([key]) => key))).size).toBe(97);
  expect(spans.filter(({ fault }) => fault).length).toBeGreaterThan(0);
  expect([d2Key(98), d2Value(7)]).toEqual(['attr_01', 'value_007']);
});

test('D2: spans lie within their root', () => {
  for (let index = 0; index < 100; index += 1) {
    const [root, ...others] = createD2(OPTIONS).spansAt(index);
    expect(root?.parentId).toBeNull();
    for (const { startUs, endUs } of others) {
      expect(startUs >= (root?.startUs ?? NaN) && startUs < endUs && endUs <= (root?.endUs ?? NaN)).toBe(true);
    }
  }
});

test('D4: one trace of as many spans as asked, the root last', () => {
  const documents = [...giantTrace({ seed: 5, startUs: START_US, spanCount: 3_000 })].map(({ text }) =>
    JSON.parse(text),
  );
  const ids = new Set(documents.map(({ id }) => id));
  expect(ids.size).toBe(3_000);
  expect(new Set(documents.map(({ trace_id }) => trace_id))).toEqual(new Set([giantTraceId(5)]));
  expect(documents.filter(({ parent_id }) => parent_id === undefined)).toEqual([documents.at(-1)]);
  expect(documents.every(({ parent_id }) => parent_id === undefined || ids.has(parent_id))).toBe(true);
});

test('D5: 60 services, fifteen attributes, two in a hundred fail with a stack', () => {
  const d5 = createD5({ ...OPTIONS, serviceCount: 60 });
  const spans = Array.from({ length: 800 }, (_item, index) => d5.spansAt(index)).flat();
  expect(new Set(spans.map(({ service }) => service)).size).toBe(60);
  expect(spans.every(({ attributes }) => new Map(attributes).size === 15)).toBe(true);
  const failed = spans.filter(({ fault }) => fault);
  expect(failed.length / spans.length).toBeCloseTo(0.02, 2);
  expect(failed.every(({ exception }) => (exception?.frames.length ?? 0) >= 8)).toBe(true);
});

test('D5: spans arrive out of order, children before and after their parents', () => {
  const d5 = createD5({ ...OPTIONS, serviceCount: 60 });
  let before = 0;
  let after = 0;
  for (let index = 0; index < 200; index += 1) {
    const spans = d5.spansAt(index);
    const arrivesUs = new Map(spans.map((span) => [span.spanId, span.arrivesUs]));
    for (const span of spans) {
      if (span.parentId === null) continue;
      if (span.arrivesUs < (arrivesUs.get(span.parentId) ?? NaN)) before += 1;
      else after += 1;
    }
  }
  expect(before).toBeGreaterThan(100);
  expect(after).toBeGreaterThan(100);
});

test('D5: a call to a service is answered by a segment that names it as parent', () => {
  const d5 = createD5({ ...OPTIONS, serviceCount: 60 });
  const spans = Array.from({ length: 200 }, (_item, index) => d5.spansAt(index)).flat();
  const parents = new Set(spans.map(({ parentId }) => parentId));
  const calls = spans.filter(({ peer }) => peer?.kind === 'service');
  const answered = calls.filter(({ spanId }) => parents.has(spanId));
  expect(calls.length).toBeGreaterThan(100);
  expect(answered.length / calls.length).toBeGreaterThan(0.8);
});
