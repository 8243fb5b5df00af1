import { timeUs, type TimeUs } from '@fluoroscope/model';
import {
  createMemoryStore,
  type GraphFact,
  type GraphQuery,
  type GraphSeriesQuery,
  type StoreBatch,
} from '@fluoroscope/store';
import { BASE_US, batchOf, serviceOf, sortSums, traceIdOf, withoutBounds } from '@fluoroscope/store/conformance';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openRig, type Layout } from '../testing/source-rig.ts';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
/** On the hour. */
const FIRST_US = BASE_US - (BASE_US % HOUR);
const SPAN_US = 4 * HOUR;

/** On hours, on fives of minutes, on minutes, beside them, and anywhere. */
const times = (): fc.Arbitrary<TimeUs> =>
  fc
    .oneof(
      fc.integer({ min: 0, max: 4 }).map((hour) => hour * HOUR),
      fc.integer({ min: 0, max: 48 }).map((five) => five * 5 * MINUTE),
      fc.integer({ min: 0, max: 240 }).map((minute) => minute * MINUTE),
      fc.integer({ min: 1, max: 48 }).map((five) => five * 5 * MINUTE - 1),
      fc.integer({ min: 0, max: SPAN_US }),
    )
    .map((us) => timeUs(FIRST_US + us));

function facts(): fc.Arbitrary<GraphFact> {
  const name = fc.constantFrom('a', 'b', 'c');
  return fc
    .record({
      trace: fc.integer({ min: 1, max: 9 }),
      endUs: times(),
      lengthUs: fc.constantFrom(0, 7, 1_003, 5 * MINUTE, 90 * MINUTE),
      outcome: fc.constantFrom('ok', 'ok', 'fault', 'pending'),
      source: name,
      target: name,
      alias: fc.constantFrom(null, null, 'x', 'y'),
      isNode: fc.boolean(),
    })
    .map(({ trace, endUs, lengthUs, outcome, source, target, alias, isNode }): GraphFact => {
      const fields = { sign: 1, traceId: traceIdOf(trace), startUs: timeUs(endUs - lengthUs), endUs, outcome } as const;
      return isNode
        ? { kind: 'node', ...fields, service: serviceOf(target), state: 'active', root: alias === 'x' }
        : { kind: 'edge', ...fields, source: serviceOf(source), target: serviceOf(target), alias };
    });
}

const WHOLE: GraphQuery = { startUs: timeUs(FIRST_US - 1), endUs: timeUs(FIRST_US + SPAN_US + 1), traceIds: null };

/** Late and early alike; some facts are taken back in the same batch or a later one. */
function batches(): fc.Arbitrary<readonly StoreBatch[]> {
  const step = fc.record({ added: fc.array(facts(), { maxLength: 40 }), gone: fc.array(fc.nat(), { maxLength: 15 }) });
  return fc.array(step, { minLength: 1, maxLength: 5 }).map((steps) => {
    const standing: GraphFact[] = [];
    return steps.map(({ added, gone }, index) => {
      standing.push(...added);
      const takenBack = gone.flatMap((at) => standing.splice(at % Math.max(standing.length, 1), 1));
      return batchOf(index + 1, { facts: [...added, ...takenBack.map((fact) => ({ ...fact, sign: -1 as const }))] });
    });
  });
}

const graphs = (): fc.Arbitrary<GraphQuery> =>
  fc.record({ startUs: times(), endUs: times(), traceIds: fc.constant(null) });

const series = (): fc.Arbitrary<GraphSeriesQuery> =>
  fc.record({
    startUs: times(),
    endUs: times(),
    periodUs: fc.constantFrom(5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 7 * MINUTE, 3 * MINUTE + 1),
    services: fc.constantFrom(null, null, [serviceOf('a')], [serviceOf('b'), serviceOf('none')]),
  });

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'a slice a batch': { seals: () => true, joins: () => 0 },
  'one slice, merged with each batch': { seals: () => true, joins: () => 2 },
  'slices joined at last, and a head': { seals: () => true, joins: (batchNo) => (batchNo === 3 ? 4 : 0) },
};

test.each(Object.entries(LAYOUTS))(
  'rollups and rows give the sums of all facts: %s',
  { timeout: 180_000 },
  async (_name, layout) => {
    const asked = fc.tuple(
      fc.array(graphs(), { minLength: 5, maxLength: 10 }),
      fc.array(series(), { minLength: 3, maxLength: 6 }),
    );
    const retained = fc.option(times(), { nil: null, freq: 2 });
    await fc.assert(
      fc.asyncProperty(batches(), asked, retained, async (written, [graphQueries, seriesQueries], retainedFromUs) => {
        const { store, remove } = await openRig(layout, retainedFromUs);
        const memory = createMemoryStore();
        async function compare(query: GraphQuery): Promise<void> {
          const clamped = { ...query, startUs: timeUs(Math.max(query.startUs, retainedFromUs ?? query.startUs)) };
          const expected = sortSums(withoutBounds(await memory.readGraph(clamped)));
          expect(sortSums(withoutBounds(await store.readGraph(query)))).toEqual(expected);
        }
        try {
          for (const batch of written) {
            await memory.write(batch);
            await store.write(batch);
            // What is held of hours by now must not be taken for what the next batch makes of them.
            await compare(WHOLE);
          }
          for (const query of graphQueries) await compare(query);
          if (retainedFromUs !== null) return;
          for (const query of seriesQueries) {
            const sorted = (await memory.readGraphSeries(query)).map((period) => [
              period.startUs,
              sortSums(withoutBounds(period)),
            ]);
            const found = await store.readGraphSeries(query);
            expect(found.map((period) => [period.startUs, sortSums(withoutBounds(period))])).toEqual(sorted);
          }
        } finally {
          await remove?.();
        }
      }),
      { seed: 20_261_121, numRuns: 15 },
    );
  },
);

test('bounds of time are those of the facts, to the µs, whatever piece they came from', async () => {
  const { store, remove } = await openRig({ seals: () => true, joins: () => 0 });
  const shared = { kind: 'node', service: serviceOf('a'), state: 'active', root: false, sign: 1 } as const;
  const ends = [1, 61, 130].map((minute) => FIRST_US + minute * MINUTE + 3);
  const written = ends.map((us) => ({
    ...shared,
    traceId: traceIdOf(1),
    outcome: 'ok' as const,
    startUs: timeUs(us - 10),
    endUs: timeUs(us),
  }));
  await store.write(batchOf(1, { facts: written }));
  const query = { startUs: timeUs(FIRST_US), endUs: timeUs(FIRST_US + SPAN_US), traceIds: null };
  const { nodes } = await store.readGraph(query);
  expect(nodes).toMatchObject([{ startUs: written[0]?.startUs, endUs: written[2]?.endUs }]);
  await remove?.();
});
