import { timeUs } from '@fluoroscope/model';
import { ALL_TRACES } from '@fluoroscope/query';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';
import { compareSets, type CompareSetsOptions } from './compare-sets.ts';

const NOW = Math.floor(Date.now() / 1000);
const START = NOW - 120;

let rig: AppRig;
beforeAll(async () => {
  rig = await openAppRig();
  const documents = Array.from({ length: 120 }, (_document, at) =>
    JSON.stringify({
      trace_id: `1-${NOW.toString(16)}-${String(at).padStart(24, '0')}`,
      id: (0xa0_00 + at).toString(16).padStart(16, '0'),
      name: 'shop',
      start_time: START + at,
      end_time: START + at + 0.1,
      annotations: { half: at < 60 ? 'first' : 'second' },
    }),
  );
  await rig.post('/TraceSegments', { TraceSegmentDocuments: documents });
  await rig.settle();
});
afterAll(() => rig[Symbol.asyncDispose]());

test('a set that is too large is looked at evenly over its time, and it is said', async () => {
  const { a } = await compare({ countMax: 24 });
  expect(a.looked).toMatchObject({
    count: 24,
    countMax: 24,
    complete: false,
    cutSliceCount: 12,
    sliceCount: 12,
    matchingCount: 120,
  });
  expect(a.trend).toEqual([12, 12]);
});

test('a set by time, and the rest of it', async () => {
  const range = { startUs: timeUs((START + 60) * 1e6), endUs: timeUs((START + 120) * 1e6) };
  const { a, b, fields } = await compare({ a: { plan: ALL_TRACES, opposite: null, range } });
  expect([a.count, b.count, a.trend, b.trend]).toEqual([60, 60, [0, 60], [60, 0]]);
  expect(a.looked).toMatchObject({ complete: true, cutSliceCount: 0, matchingCount: 60 });
  expect(fields[0]).toMatchObject({ field: 'annotation.half', named: false });
});

test('the rest of everything is nothing', async () => {
  const { a, b, fields } = await compare({});
  expect([a.count, b.count]).toEqual([120, 0]);
  expect(fields.every(({ score }) => score === 0)).toBe(true);
});

test('when nobody waits nothing more is read', async () => {
  const { a } = await compare({ signal: AbortSignal.abort() });
  expect(a.looked).toMatchObject({ count: 0, complete: false, cutSliceCount: 1, matchingCount: null });
});

async function compare(options: Partial<CompareSetsOptions>): ReturnType<typeof compareSets> {
  const range = { startUs: timeUs(START * 1e6), endUs: timeUs((START + 120) * 1e6) };
  return compareSets({
    store: rig.storage.store,
    whole: { plan: ALL_TRACES, range },
    a: { plan: ALL_TRACES, opposite: null, range },
    b: null,
    steps: 2,
    ...options,
  });
}
