import { expect, test } from 'vitest';
import { addBucket, addPiece, GraphTotals, type GraphKey } from './graph-totals.ts';
import { addPacked, packTotals } from './packed-totals.ts';

const NODE: GraphKey = { role: 1, source: 0, target: 7, alias: null };
const EDGE: GraphKey = { role: 0, source: 7, target: 9, alias: 'orders' };
const service = (id: number): { name: string; type: null; accountId: null } => ({
  name: `s${id}`,
  type: null,
  accountId: null,
});

type Call = readonly [GraphKey, endUs: number, bucket: number, count: number];

function totalsOf(calls: readonly Call[]): GraphTotals {
  const totals = new GraphTotals({ isOfPeriod: false });
  for (const [key, endUs, bucket, factCount] of calls) {
    const group = totals.groupOf(key);
    addPiece(group, key.alias, {
      outcome: 0,
      factCount,
      durationUs: bucket * factCount,
      startUs: endUs - bucket,
      endUs,
    });
    addBucket(group, 0, bucket, factCount);
  }
  return totals;
}

test.each<[string, readonly Call[], readonly Call[]]>([
  ['onto nothing', [], [[NODE, 500, 40, 2]]],
  ['onto the same', [[NODE, 500, 40, 2]], [[NODE, 900, 40, 3]]],
  ['onto others', [[NODE, 500, 40, 2]], [[EDGE, 900, 60, 3]]],
  [
    'names are counted',
    [[EDGE, 500, 40, 1]],
    [
      [EDGE, 900, 40, 1],
      [{ ...EDGE, alias: 'old' }, 300, 40, 1],
    ],
  ],
  ['what is taken back is negative', [[NODE, 500, 40, 2]], [[NODE, 500, 40, -2]]],
  [
    'more than 16 bits count',
    [[NODE, 500, 40, 1]],
    [
      [NODE, 500, 40, 70_000],
      [EDGE, 500, 41, 1],
    ],
  ],
  ['longer than any before', [[NODE, 500, 40, 1]], [[NODE, 9e10, 3_600, 1]]],
])('packed sums add up like those they were made of: %s', (_name, before, added) => {
  const totals = totalsOf(before);
  addPacked(totals, packTotals(totalsOf(added)));
  expect(totals.toSums(service)).toEqual(totalsOf([...before, ...added]).toSums(service));
});
