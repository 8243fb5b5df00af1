import { describe, expect } from 'vitest';
import { toHistogram } from '../histogram.ts';
import type { GraphFact, GraphSums, TraceStore } from '../trace-store.ts';
import {
  BASE_US,
  batchOf,
  edgeFactOf,
  graphQueryOf,
  nodeFactOf,
  seriesQueryOf,
  serviceOf,
  sortSums,
} from './samples.ts';
import { storeTest, type OpenStore } from './store-test.ts';

export function describeGraph(open: OpenStore): void {
  describe('sums', () => describeSums(open));
  describe('facts taken back', () => describeTakenBack(open));
  describe('scope', () => describeScope(open));
  describe('series', () => describeSeries(open));
}

/** Of everything, once each of these batches is written. */
async function sumsOf(store: TraceStore, ...batches: readonly GraphFact[][]): Promise<GraphSums> {
  for (const [at, facts] of batches.entries()) await store.write(batchOf(at + 1, { facts }));
  return sortSums(await store.readGraph(graphQueryOf()));
}

function describeSums(open: OpenStore): void {
  storeTest('nodes by service, state and root; counts, times, durations and histogram', open, async (store) => {
    const { nodes, edges } = await sumsOf(store, [
      nodeFactOf('a', { start: 50, length: 300_000 }),
      nodeFactOf('a', { start: 10, length: 300_100, outcome: 'fault', trace: 2 }),
      nodeFactOf('a', { start: 400_000, length: 90, outcome: 'throttle' }),
      nodeFactOf('a', { start: 60, length: 0, outcome: 'pending' }),
      nodeFactOf('a', { root: true, outcome: 'error' }),
      nodeFactOf('a', { state: 'inferred' }),
      nodeFactOf('a', { state: 'inferred', root: true }),
    ]);
    expect(edges).toEqual([]);
    expect(nodes).toHaveLength(4);
    expect(nodes.find(({ root, state }) => !root && state === 'active')).toEqual({
      service: serviceOf('a'),
      state: 'active',
      root: false,
      startUs: BASE_US + 10,
      endUs: BASE_US + 400_090,
      counts: { ok: 1, error: 0, throttle: 1, fault: 1, pending: 1 },
      totalDurationUs: 600_190,
      histogram: toHistogram(
        new Map([
          [90, 1],
          [300_000, 2],
        ]),
      ),
    });
  });

  storeTest('edges by source and target, with all aliases sorted', open, async (store) => {
    const { edges, nodes } = await sumsOf(store, [
      edgeFactOf('a', 'b', { alias: 'z' }),
      edgeFactOf('a', 'b', { alias: 'B' }),
      edgeFactOf('a', 'b', { alias: 'z', trace: 2 }),
      edgeFactOf('a', 'b'),
      edgeFactOf('b', 'a', { outcome: 'error' }),
    ]);
    expect(nodes).toEqual([]);
    expect(edges).toHaveLength(2);
    expect(edges[0]).toMatchObject({
      source: { name: 'a' },
      target: { name: 'b' },
      aliases: ['B', 'z'],
      counts: { ok: 4 },
    });
    expect(edges[1]).toMatchObject({ source: { name: 'b' }, aliases: [], counts: { ok: 0, error: 1 } });
  });

  storeTest('services that differ in one part are different nodes', open, async (store) => {
    const services = [
      serviceOf('a'),
      serviceOf('a', ''),
      serviceOf('a', null, ''),
      serviceOf('a', 'x', ''),
      serviceOf('a\0', 'x'),
    ];
    const { nodes } = await sumsOf(
      store,
      services.map((service) => ({ ...nodeFactOf('a'), service })),
    );
    expect(nodes).toHaveLength(services.length);
    expect(nodes.map(({ service }) => service)).toEqual(expect.arrayContaining(services));
  });
}

function describeTakenBack(open: OpenStore): void {
  storeTest(
    '-1 takes an equal fact back: counts, durations, histogram and aliases of what stands',
    open,
    async (store) => {
      const early = { start: -90_000_000, length: 5 };
      const late = { start: 90_000_000, length: 7, alias: 'gone' };
      const standing = [edgeFactOf('a', 'b', { alias: 'kept' }), edgeFactOf('a', 'b', { start: 4, length: 200 })];
      const { edges } = await sumsOf(
        store,
        [edgeFactOf('a', 'b', early), ...standing, edgeFactOf('a', 'b', late)],
        [edgeFactOf('a', 'b', { ...early, sign: -1 }), edgeFactOf('a', 'b', { ...late, sign: -1 })],
      );
      expect(edges).toMatchObject([
        {
          counts: { ok: 2 },
          totalDurationUs: 300,
          aliases: ['kept'],
          histogram: toHistogram(
            new Map([
              [100, 1],
              [200, 1],
            ]),
          ),
        },
      ]);
    },
  );

  storeTest('-1 takes back one of two equal facts', open, async (store) => {
    const { nodes } = await sumsOf(store, [nodeFactOf('a'), nodeFactOf('a')], [nodeFactOf('a', { sign: -1 })]);
    expect(nodes).toMatchObject([{ counts: { ok: 1 }, totalDurationUs: 100 }]);
  });

  storeTest('a fact may be taken back in its own batch', open, async (store) => {
    const { nodes } = await sumsOf(store, [nodeFactOf('a'), nodeFactOf('a', { sign: -1 }), nodeFactOf('b')]);
    expect(nodes).toMatchObject([{ service: { name: 'b' } }]);
  });

  storeTest('a sum of zero is left out, of pending ones too', open, async (store) => {
    const facts = [
      nodeFactOf('a'),
      nodeFactOf('p', { outcome: 'pending', length: 0 }),
      edgeFactOf('a', 'b', { alias: 'x' }),
    ];
    expect(
      await sumsOf(
        store,
        facts,
        facts.map((fact) => ({ ...fact, sign: -1 as const })),
      ),
    ).toEqual({ nodes: [], edges: [] });
  });

  storeTest('a change of state moves the fact', open, async (store) => {
    const inferred = nodeFactOf('db', { state: 'inferred' });
    const { nodes } = await sumsOf(
      store,
      [inferred],
      [
        { ...inferred, sign: -1 },
        { ...inferred, state: 'active' },
      ],
    );
    expect(nodes).toMatchObject([{ state: 'active', counts: { ok: 1 } }]);
  });
}

function describeScope(open: OpenStore): void {
  storeTest('the end decides the range, which is half open', open, async (store) => {
    const ends = [9, 10, 19, 20];
    await store.write(batchOf(1, { facts: ends.map((end) => nodeFactOf(`n${end}`, { start: end - 8, length: 8 })) }));
    const { nodes } = sortSums(await store.readGraph(graphQueryOf(10, 20)));
    expect(nodes.map(({ service }) => service.name)).toEqual(['n10', 'n19']);
  });

  storeTest('facts of given traces, whatever their time', open, async (store) => {
    const facts = [1, 2, 3].map((trace) => nodeFactOf(`n${trace}`, { trace, start: trace * 1_000 }));
    await store.write(batchOf(1, { facts }));
    const { nodes } = sortSums(await store.readGraph(graphQueryOf(0, 1, [3, 1, 3, 99])));
    expect(nodes).toMatchObject([
      { service: { name: 'n1' }, counts: { ok: 1 } },
      { service: { name: 'n3' }, counts: { ok: 1 } },
    ]);
    expect(await store.readGraph(graphQueryOf(-1e9, 1e9, []))).toEqual({ nodes: [], edges: [] });
  });
}

function describeSeries(open: OpenStore): void {
  const MINUTE = 60_000_000;
  // BASE_US is not on a minute: periods begin where the query does.
  storeTest('the sums of each period, in order, without the empty ones', open, async (store) => {
    const ends = [0, MINUTE - 1, 2 * MINUTE, 3 * MINUTE + 7, 3 * MINUTE + 8];
    await store.write(batchOf(1, { facts: ends.map((end) => nodeFactOf('a', { start: end - 5, length: 5 })) }));
    const series = await store.readGraphSeries(seriesQueryOf(0, 3 * MINUTE + 8));
    expect(series.map(({ startUs, nodes }) => [startUs - BASE_US, nodes[0]?.counts.ok])).toEqual([
      [0, 2],
      [2 * MINUTE, 1],
      [3 * MINUTE, 1],
    ]);
  });

  storeTest('equal the graph of the same range', open, async (store) => {
    const facts = [1, 2, 3].flatMap((at) => [
      nodeFactOf('a', { start: at * 1_000, length: at }),
      edgeFactOf('a', 'b', { start: at, length: 7, alias: `x${at}` }),
    ]);
    await store.write(batchOf(1, { facts }));
    const [period, ...others] = await store.readGraphSeries(seriesQueryOf(-MINUTE / 2, MINUTE / 2));
    expect(others).toEqual([]);
    expect(sortSums({ nodes: period?.nodes ?? [], edges: period?.edges ?? [] })).toEqual(
      sortSums(await store.readGraph(graphQueryOf(-MINUTE / 2, MINUTE / 2))),
    );
  });

  storeTest('only of the services asked for, edges at either end', open, async (store) => {
    const facts = [nodeFactOf('a'), nodeFactOf('b'), edgeFactOf('a', 'b'), edgeFactOf('b', 'c'), edgeFactOf('c', 'd')];
    await store.write(batchOf(1, { facts }));
    const [period] = await store.readGraphSeries({ ...seriesQueryOf(0, MINUTE), services: [serviceOf('b')] });
    expect(period?.nodes.map(({ service }) => service.name)).toEqual(['b']);
    expect(period?.edges.map(({ source }) => source.name).sort()).toEqual(['a', 'b']);
    expect(await store.readGraphSeries({ ...seriesQueryOf(0, MINUTE), services: [] })).toEqual([]);
  });

  storeTest('too many periods, or too short ones, are refused', open, async (store) => {
    const failed = { name: 'StoreError', code: 'failed' };
    await expect(store.readGraphSeries(seriesQueryOf(0, 3_000 * MINUTE))).rejects.toMatchObject(failed);
    await expect(store.readGraphSeries({ ...seriesQueryOf(0, 1), periodUs: 1 })).rejects.toMatchObject(failed);
  });
}
