import type { StoreStats } from '@fluoroscope/store';
import { expect, test } from 'vitest';
import { createStoreStats } from './store-stats.ts';

const FEW = { traceCount: 1, documentCount: 2, sizeBytes: 3, retainedFromUs: null, days: [] };
const MANY = { traceCount: 10, documentCount: 20, sizeBytes: 30, retainedFromUs: null, days: [] };

test('who asks during a read shares it; who asks afterwards gets a new one', async () => {
  const { ask, answer, reads } = open();
  const asked = [ask(), ask()];
  answer(FEW);
  expect(await Promise.all(asked)).toEqual([
    { state: 'ok', stats: FEW },
    { state: 'ok', stats: FEW },
  ]);
  const next = ask();
  answer(MANY);
  expect(await next).toEqual({ state: 'ok', stats: MANY });
  expect(reads()).toBe(2);
});

test('a store that does not answer: the last known figures, and after a while a trouble, until it answers', async () => {
  const { ask, answer, clock, reads } = open();
  const first = ask();
  answer(FEW);
  await first;
  expect(await ask()).toEqual({ state: 'ok', stats: FEW });
  clock.ms += 5_000;
  expect(await ask()).toEqual({ state: 'stuck', stats: FEW });
  expect(reads()).toBe(2);
  const last = ask();
  answer(MANY);
  expect(await last).toEqual({ state: 'ok', stats: MANY });
});

test('a store that cannot be read is asked again', async () => {
  const { ask, answer, fail } = open();
  const first = ask();
  fail();
  expect(await first).toEqual({ state: 'unreadable' });
  const second = ask();
  answer(FEW);
  expect(await second).toEqual({ state: 'ok', stats: FEW });
});

function open() {
  const pending: PromiseWithResolversOf<StoreStats>[] = [];
  const clock = { ms: 0 };
  let reads = 0;
  const ask = createStoreStats(
    {
      readStats: () => {
        reads += 1;
        return new Promise((resolve, reject) => pending.push({ resolve, reject }));
      },
    },
    { waitMs: 5, stuckMs: 5_000, nowMs: () => clock.ms },
  );
  return {
    ask,
    clock,
    reads: () => reads,
    answer: (stats: StoreStats) => pending.shift()?.resolve(stats),
    fail: () => pending.shift()?.reject(new Error('gone')),
  };
}

interface PromiseWithResolversOf<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}
