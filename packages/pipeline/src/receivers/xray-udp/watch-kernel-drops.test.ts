import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchKernelDrops } from './watch-kernel-drops.ts';

const address = { host: '127.0.0.1', port: 2000, family: 4 } as const;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each<[string, (number | null)[], number[]]>([
  ['none', [0, 0, 0], []],
  ['only what was not told of before', [2, 2, 5], [2, 3]],
  ['the last ones are read at the end', [0, 0, 7], [7]],
  ['a kernel that does not tell', [null, null, null], []],
  ['nor for a while', [3, null, 4], [3, 1]],
])('%s', async (_name, reads, told) => {
  const dropped: number[] = [];
  const read = async (): Promise<number | null> => reads.shift() ?? null;
  const watch = watchKernelDrops({ address, dropped: (count) => void dropped.push(count), read, intervalMs: 10 });
  await vi.advanceTimersByTimeAsync(20);
  await watch[Symbol.asyncDispose]();
  await vi.advanceTimersByTimeAsync(100);
  expect(dropped).toEqual(told);
});
