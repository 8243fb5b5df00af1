import { timeUs, type TraceId } from '@fluoroscope/model';
import { compareAnnotations } from '@fluoroscope/store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEntities } from './entity.ts';
import { gatherAnnotations } from './few-annotations.ts';
import { createServiceRefs } from './service-ref.ts';
import type { Standing } from './standing.ts';
import { TraceEntities } from './trace-entities.ts';
import { buildTraceRow } from './trace-row.ts';
import { TraceTotals } from './trace-totals.ts';

const STAMP = { traceId: '1-66f00000-aaaaaaaaaaaaaaaaaaaaaaaa' as TraceId, revision: 1, updatedUs: timeUs(5) };
const refs = createServiceRefs();

/** JSON, so that `__proto__` is a key like any other. */
const annotations = fc
  .dictionary(
    fc.constantFrom('tier', 'n', '__proto__', 'é', '10', '9'),
    fc.constantFrom('1', 1, -1, 0, '', '"', true, 'true', false, '1.5', 1.5),
  )
  .map((pairs) => JSON.stringify(pairs));
const standings = fc
  .array(fc.tuple(fc.constantFrom('shop', 'stock', 'till'), fc.boolean(), annotations), { maxLength: 12 })
  .map((all) => all.map(([name, isOwned, pairs], at) => standing(name, isOwned, pairs, at)));

test('gathered at once, annotations are what they are counted to', () => {
  fc.assert(
    fc.property(standings, (all) => {
      const [gathered, counted] = [false, true].map((areKept) => {
        const totals = new TraceTotals({ areKept });
        for (const one of all) totals.replace(null, one);
        const row = buildTraceRow(STAMP, totals, () => all, new TraceEntities(STAMP.traceId));
        return { ...row, annotations: row.annotations.toSorted(compareAnnotations) };
      });
      expect(gathered).toEqual(counted);
    }),
    { seed: 38, numRuns: 1_000 },
  );
});

test('a pair borne by several services is one, with all of their places', () => {
  const all = ['till', 'shop', 'till'].map((name, at) => standing(name, true, '{"tier":"gold"}', at));
  const places = new Map(['shop', 'stock', 'till'].map((name, place) => [refs(name, null, null).text, place]));
  expect(gatherAnnotations(all, (text) => places.get(text), 10)).toEqual([
    { key: 'tier', value: 'gold', services: [0, 2] },
  ]);
});

test.each([
  [2, null],
  [3, 3],
])('of three pairs at most %i: %j', (pairsMax, count) => {
  const all = [standing('shop', true, '{"a":1,"b":2,"c":3}', 0)];
  expect(gatherAnnotations(all, () => 0, pairsMax)?.length ?? null).toBe(count);
});

test('too many to be gathered, they are counted, each key with its first value', () => {
  const pairs = (key: string): string => JSON.stringify({ [key]: 1, same: key });
  const all = Array.from({ length: 400 }, (_, at) => standing('shop', true, pairs(`k${at}`), at));
  const totals = new TraceTotals({ areKept: false });
  for (const one of all) totals.replace(null, one);
  const row = buildTraceRow(STAMP, totals, () => all, new TraceEntities(STAMP.traceId));
  expect(row.annotations).toHaveLength(500);
  expect(new Set(row.annotations.map(({ key }) => key)).size).toBe(401);
});

function standing(name: string, isOwned: boolean, pairs: string, at: number): Standing {
  const document = {
    trace_id: STAMP.traceId,
    id: at.toString(16).padStart(16, '1'),
    name,
    start_time: 1,
    end_time: 2,
    annotations: JSON.parse(pairs),
  };
  const [entity] = readEntities(document as never, at, refs);
  const owner = isOwned ? entity.service : null;
  return { entity, owner, caller: null, received: null, isAnswer: false, isInferred: false, isPartial: false };
}
