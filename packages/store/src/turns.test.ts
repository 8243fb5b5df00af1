import { expect, test } from 'vitest';
import { inTurns, startTurns } from './turns.ts';

test('others of the thread have their turn before all is taken', async () => {
  const order: (number | 'other')[] = [];
  setImmediate(() => order.push('other'));
  await inTurns([1, 2, 3], (item) => {
    order.push(item);
    const sinceMs = performance.now();
    while (performance.now() - sinceMs < 20) continue;
  });
  expect(order).toEqual([1, 'other', 2, 3]);
});

test('what takes no time is taken in one turn', async () => {
  let turnCount = 0;
  const turns = startTurns(Number.POSITIVE_INFINITY);
  for (let item = 0; item < 1_000; item += 1) if (turns.isOver) turnCount += 1;
  expect(turnCount).toBe(0);
});

test('items are asked for one by one, and one that cannot be taken ends it', async () => {
  const made: number[] = [];
  function* items(): Generator<number> {
    for (let item = 1; ; item += 1) {
      made.push(item);
      yield item;
    }
  }
  const taking = inTurns(items(), (item) => {
    if (item === 2) throw new Error('no');
  });
  await expect(taking).rejects.toThrow('no');
  expect(made).toEqual([1, 2]);
});
