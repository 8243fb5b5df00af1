import { expect } from 'vitest';
import {
  batchOf,
  edgeFactOf,
  graphQueryOf,
  rowOf,
  seriesQueryOf,
  serviceOf,
  traceIdOf,
  traceQueryOf,
} from './samples.ts';
import { storeTest, type OpenStore } from './store-test.ts';

/** What generated cases found to be answered differently, one by one: each keeps a fault from coming back. */
export function describeReplayedCases(open: OpenStore): void {
  storeTest('an edge without an alias has none, where a range cuts its minute', open, async (store) => {
    const facts = [edgeFactOf('a', 'b'), edgeFactOf('b', 'c', { alias: '' })];
    await store.write(batchOf(1, { facts }));
    const { edges } = await store.readGraph(graphQueryOf(-5, 1_000));
    expect(edges.map(({ aliases }) => aliases).sort((a, b) => a.length - b.length)).toEqual([[], ['']]);
    const [period] = await store.readGraphSeries(seriesQueryOf(-5, 1_000));
    expect(period?.edges.map(({ aliases }) => aliases).sort((a, b) => a.length - b.length)).toEqual([[], ['']]);
  });

  storeTest(
    'the empty text is found as a key, as a value, as a user and as the name of a service',
    open,
    async (store) => {
      const services = [serviceOf('', 'remote')];
      const annotations = [{ key: '', value: '', services: [] }];
      await store.write(
        batchOf(1, { traces: [rowOf(1, { services, annotations, users: [{ name: '', services: [] }] }), rowOf(2)] }),
      );
      const conditions = [
        { op: 'annotation-set', key: '' },
        { op: 'annotation', key: '', is: '=', value: '' },
        { op: 'text', field: 'user', is: '=', value: '' },
        { op: 'service', name: '', type: null, accountId: null },
        { op: 'service', name: '', type: 'remote', accountId: null },
      ] as const;
      for (const condition of conditions) {
        const { rows } = await store.findTraces(traceQueryOf({ condition }));
        expect(rows.map(({ traceId }) => traceId)).toEqual([traceIdOf(1)]);
      }
    },
  );
}
