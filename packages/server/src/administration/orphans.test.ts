import type { TraceDocument } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { countOrphans } from './orphans.ts';

type Fields = Record<string, unknown>;
const of = (fields: Fields) => ({ trace_id: 't', name: 'a', start_time: 1, ...fields }) as unknown as TraceDocument;

test.each<[string, readonly Fields[], readonly unknown[]]>([
  ['a root has no parent', [{ id: '1' }], [['a', 1, 0]]],
  ['the parent is there', [{ id: '1' }, { id: '2', parent_id: '1' }], [['a', 2, 0]]],
  [
    'it is embedded',
    [
      { id: '1', subsegments: [{ id: '3', subsegments: [{ id: '4' }] }] },
      { id: '2', parent_id: '4' },
    ],
    [['a', 2, 0]],
  ],
  ['it is not', [{ id: '2', parent_id: '1' }], [['a', 1, 1]]],
  [
    'sent twice is one',
    [
      { id: '2', parent_id: '1' },
      { id: '2', parent_id: '1' },
    ],
    [['a', 1, 1]],
  ],
  ['a subsegment names no service', [{ id: '2', parent_id: '1', type: 'subsegment' }], [[null, 1, 1]]],
])('%s', (_name, documents, expected) => {
  const services = new Map<string | null, { count: number; orphanCount: number }>();
  countOrphans(documents.map(of), services);
  expect([...services].map(([name, { count, orphanCount }]) => [name, count, orphanCount])).toEqual(expected);
});
