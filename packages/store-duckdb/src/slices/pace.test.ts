import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPace } from './pace.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const idle = { isFlushing: () => false, lastWriteMs: () => -Infinity, isUrgent: () => false };

/** How long a pause lasts after a step of this length. */
async function pauseAfter(stepMs: number, options: typeof idle): Promise<number> {
  const pace = createPace(options);
  vi.advanceTimersByTime(stepMs);
  const before = performance.now();
  const pause = pace.pause();
  await vi.runAllTimersAsync();
  await pause;
  return performance.now() - before;
}

test('with nothing else to do it goes on at once', async () => {
  expect(await pauseAfter(500, idle)).toBeLessThan(2);
});

test('while batches come it rests as long as it worked', async () => {
  expect(await pauseAfter(500, { ...idle, lastWriteMs: () => performance.now() })).toBeGreaterThanOrEqual(500);
});

test('it waits for a flush', async () => {
  const endMs = performance.now() + 300;
  expect(await pauseAfter(0, { ...idle, isFlushing: () => performance.now() < endMs })).toBeGreaterThanOrEqual(299);
});

test('when it is urgent it waits for nothing', async () => {
  const busy = { isFlushing: () => true, lastWriteMs: () => performance.now(), isUrgent: () => true };
  expect(await pauseAfter(500, busy)).toBeLessThan(2);
});

test('it goes on once it becomes urgent', async () => {
  const urgentMs = performance.now() + 300;
  const waiting = { ...idle, isFlushing: () => true, isUrgent: () => performance.now() >= urgentMs };
  expect(await pauseAfter(0, waiting)).toBeGreaterThanOrEqual(299);
});

test('given up, it rests no longer, and does not go on', async () => {
  const pace = createPace({ ...idle, isFlushing: () => true });
  const pause = pace.pause();
  const rejected = expect(pause).rejects.toMatchObject({ name: 'GivenUp' });
  await vi.advanceTimersByTimeAsync(30);
  pace.giveUp();
  await rejected;
  await expect(pace.pause()).rejects.toMatchObject({ name: 'GivenUp' });
});
