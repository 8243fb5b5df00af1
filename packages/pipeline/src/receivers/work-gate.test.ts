import { expect, test } from 'vitest';
import { createWorkGate } from './work-gate.ts';

/** Requests of these sizes, each at work until told to end. */
function startRequests(bytesMax: number, sizes: readonly number[]) {
  const gate = createWorkGate(bytesMax);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const answers = sizes.map((bytes, index) =>
    gate.run(bytes, async () => {
      begun.push(index);
      await new Promise<void>((end) => (ends[index] = end));
      return index;
    }),
  );
  return {
    begun,
    async end(index: number): Promise<void> {
      ends[index]?.();
      await answers[index];
      await Promise.resolve();
    },
  };
}

test('as many as fit go at once, the others in their order', async () => {
  const requests = startRequests(10, [4, 6, 1, 5]);
  expect(requests.begun).toEqual([0, 1]);
  await requests.end(1);
  expect(requests.begun).toEqual([0, 1, 2, 3]);
});

test('a small one does not overtake a large one that waits', async () => {
  const requests = startRequests(10, [8, 5, 1]);
  expect(requests.begun).toEqual([0]);
  await requests.end(0);
  expect(requests.begun).toEqual([0, 1, 2]);
});

test('one that is larger than all may go alone', async () => {
  const requests = startRequests(10, [1, 50, 1]);
  expect(requests.begun).toEqual([0]);
  await requests.end(0);
  expect(requests.begun).toEqual([0, 1]);
  await requests.end(1);
  expect(requests.begun).toEqual([0, 1, 2]);
});

test('work that fails makes room for the next', async () => {
  const gate = createWorkGate(1);
  await expect(gate.run(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(gate.run(1, () => Promise.resolve('kept'))).resolves.toBe('kept');
});
