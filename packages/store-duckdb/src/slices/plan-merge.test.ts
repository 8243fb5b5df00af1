import { timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { countSmall, planMerge, type MergeCandidate, type MergePlan } from './plan-merge.ts';

const DAY_US = 86_400_000_000;
const LIMITS = { slicesMin: 4, slicesMax: 6, documentsMax: 1_000, bytesMax: 100_000 };

/** `day:documents` of each slice, oldest first; no day for a slice without documents. */
function slicesOf(text: string): MergeCandidate[] {
  return text.split(' ').map((slice) => {
    const [day = '', count = ''] = slice.split(':');
    const lastReceivedUs = day === '' ? null : timeUs(Number(day) * DAY_US + 5);
    return { documentCount: Number(count), sizeBytes: Number(count) * 10, lastReceivedUs };
  });
}

test.each<[string, string, MergePlan | null]>([
  ['too few', '1:10 1:10 1:10', null],
  ['enough', '1:10 1:10 1:10 1:10', { from: 0, to: 4 }],
  ['no more than a merge may have', '1:10 1:10 1:10 1:10 1:10 1:10 1:10', { from: 0, to: 6 }],
  ['no more documents than a slice may have', '1:240 1:240 1:240 1:240 1:240', { from: 0, to: 4 }],
  ['a merge that is full has enough, however few', '1:400 1:400 1:400', { from: 0, to: 2 }],
  ['only one that is full', '1:400 1:400', null],
  ['full with those after a slice that is full', '1:900 1:400 1:400 1:400', { from: 1, to: 3 }],
  ['a full one is not made of a large and a small one', '1:600 1:10 1:600', null],
  ['full slices are left', '1:900 1:10 1:10 1:10 1:10', { from: 1, to: 5 }],
  ['a larger one waits until the others are as many', '1:100 1:10 1:10 1:10', null],
  ['and then goes with them', '1:100 1:40 1:40 1:40', { from: 0, to: 4 }],
  ['those before a larger one', '1:10 1:10 1:10 1:10 1:600', { from: 0, to: 4 }],
  ['a day that is over is cleared up', '1:10 1:10 2:10', { from: 0, to: 2 }],
  ['whatever the sizes', '1:900 1:10 2:10', { from: 0, to: 2 }],
  ['as far as they fit', '1:900 1:110 2:10', null],
  ['days are not joined', '1:10 2:10 2:10 2:10 3:10', { from: 1, to: 4 }],
  ['nor over another day', '1:10 2:10 1:10', null],
  ['empty ones go with the day before', '1:10 :0 :0 1:10', { from: 0, to: 4 }],
  ['or with the first day', ':0 :0 :0 1:10 2:10', { from: 0, to: 4 }],
  ['nothing but empty ones', ':0 :0 :0 :0', { from: 0, to: 4 }],
  ['one slice', '1:10', null],
])('%s', (_name, slices, plan) => {
  expect(planMerge(slicesOf(slices), LIMITS)).toEqual(plan);
});

test.each([
  ['1:10 1:500 1:499 1:1000 1:999', 2],
  ['1:1000', 0],
])('small among %s', (slices, count) => {
  expect(countSmall(slicesOf(slices), LIMITS)).toBe(count);
});

test('as many as a merge may have are enough, however few', () => {
  expect(planMerge(slicesOf('1:10 1:10 1:10'), { ...LIMITS, slicesMax: 2 })).toEqual({ from: 0, to: 2 });
});

test('no slices', () => {
  expect(planMerge([], LIMITS)).toBeNull();
});

test('a slice as large on disk as allowed is left', () => {
  const slices = slicesOf('1:10 1:10 1:10 1:10').map((slice) => ({ ...slice, sizeBytes: 50_001 }));
  expect(planMerge(slices, LIMITS)).toBeNull();
});

test.each([
  [1, 5, 30],
  [10, 5, 30],
  [150, 2, 260],
  [300, 2, 400],
  [400, 2, 520],
])('slices of %i documents are written at most %i times each, and stay few', (count, timesMax, slicesMax) => {
  const slices: MergeCandidate[] = [];
  let written = 0;
  for (let flush = 0; flush < 1_000; flush += 1) {
    slices.push(...slicesOf(`1:${count}`));
    for (let plan = planMerge(slices, LIMITS); plan !== null; plan = planMerge(slices, LIMITS)) {
      const merged = slices.slice(plan.from, plan.to);
      const documentCount = merged.reduce((sum, slice) => sum + slice.documentCount, 0);
      written += documentCount;
      slices.splice(plan.from, merged.length, {
        ...merged[0],
        documentCount,
        sizeBytes: 0,
        lastReceivedUs: timeUs(DAY_US),
      });
    }
  }
  expect(written / (1_000 * count)).toBeLessThan(timesMax);
  expect(slices.length).toBeLessThan(slicesMax);
});
