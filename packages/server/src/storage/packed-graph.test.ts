import { timeUs, type ServiceKey } from '@fluoroscope/model';
import { toHistogram, type EdgeSum, type GraphSums, type NodeSum } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { movedMemory, packGraph, unpackGraph } from './packed-graph.ts';

test.each<[string, GraphSums]>([
  ['nothing', { nodes: [], edges: [] }],
  ['nodes', { nodes: [nodeOf('a', [[5, 1]]), nodeOf('b', [])], edges: [] }],
  ['an edge without its nodes', { nodes: [], edges: [edgeOf('a', 'b', ['x', 'y'])] }],
  [
    'both',
    {
      nodes: [
        nodeOf('a', [[5, 1]]),
        nodeOf('b', [
          [7, -2],
          [9, 3],
        ]),
      ],
      edges: [edgeOf('b', 'a', []), edgeOf('a', 'a', ['z'])],
    },
  ],
  [
    'names that look the same',
    { nodes: [nodeOf('a', [], null), nodeOf('a', [], 'null'), nodeOf('a,', [])], edges: [] },
  ],
])('%s', (_name, sums) => {
  const expected = structuredClone(sums);
  const packed = packGraph(sums);
  expect(unpackGraph(structuredClone(packed, { transfer: movedMemory(packed) }))).toEqual(expected);
});

test('histograms that are views of one piece of memory are not copied', () => {
  const memory = Float64Array.of(5, 9, 1, 2);
  const node = {
    ...nodeOf('a', []),
    histogram: { bucketsUs: memory.subarray(0, 2), counts: memory.subarray(2) },
  };
  const packed = packGraph({ nodes: [node], edges: [] });
  expect(packed.memory.buffer).toBe(memory.buffer);
  expect(unpackGraph(packed)).toEqual({ nodes: [node], edges: [] });
});

function nodeOf(name: string, buckets: readonly (readonly [number, number])[], type: string | null = 'T'): NodeSum {
  return { service: service(name, type), state: 'active', root: true, ...fieldsOf(buckets) };
}

function edgeOf(source: string, target: string, aliases: readonly string[]): EdgeSum {
  return { source: service(source, null), target: service(target, 'T'), aliases, ...fieldsOf([[100, 4]]) };
}

function fieldsOf(buckets: readonly (readonly [number, number])[]) {
  const counts = { ok: 1, error: 2, throttle: 3, fault: 4, pending: 5 };
  return { startUs: timeUs(6), endUs: timeUs(7), totalDurationUs: 8, counts, histogram: toHistogram(new Map(buckets)) };
}

function service(name: string, type: string | null): ServiceKey {
  return { name, type, accountId: null };
}
