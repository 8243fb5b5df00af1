import { latencyBucketUs, timeUs } from '@fluoroscope/model';
import { toHistogram } from '@fluoroscope/store';
import { BASE_US, batchOf, nodeFactOf } from '@fluoroscope/store/conformance';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClickHouseStore } from './open.ts';
import { startEngine, type Engine } from './testing/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());

test("buckets of whole minutes are the model's, exactly, and so are their sums", async () => {
  await using store = await openClickHouseStore({ url: `${engine.url}/buckets`, credentials: engine.credentials });
  const durations = fc.sample(fc.oneof(fc.nat(1_200), fc.integer({ min: 0, max: 10 ** 10 })), {
    seed: 4,
    numRuns: 3_000,
  });
  const facts = durations.map((durationUs) => ({
    ...nodeFactOf('a'),
    startUs: timeUs(BASE_US - durationUs),
    endUs: timeUs(BASE_US),
  }));
  await store.write(batchOf(1, { facts }));
  const minuteUs = Math.floor(BASE_US / 60e6) * 60e6;
  const { nodes } = await store.readGraph({
    startUs: timeUs(minuteUs),
    endUs: timeUs(minuteUs + 60e6),
    traceIds: null,
  });
  const counts = new Map<number, number>();
  for (const durationUs of durations) {
    const bucketUs = latencyBucketUs(durationUs);
    counts.set(bucketUs, (counts.get(bucketUs) ?? 0) + 1);
  }
  const histogram = toHistogram(counts);
  expect(nodes).toMatchObject([{ histogram, totalDurationUs: durations.reduce((sum, us) => sum + us, 0) }]);
  expect(await engine.rows('SELECT count() FROM buckets.graph_minutes FINAL')).toEqual([[counts.size]]);
});
