import { expect, test } from 'vitest';
import { parcels } from '../testing/parcels.ts';
import { createSendingQueue, type Send, type SendingQueueOptions, type SendOutcome } from './sending-queue.ts';

const OPTIONS: SendingQueueOptions = {
  documentsMax: 100,
  bytesMax: 10_000,
  consumers: 2,
  batchDocumentsMax: 10,
  batchBytesMax: 1_000,
  timeoutMs: 1_000,
  retry: { enabled: true, initialMs: 1, maxMs: 4, elapsedMsMax: 60_000 },
};
const SENT: SendOutcome = { state: 'sent', refused: 0 };

function queueOf(send: Send, change: Partial<SendingQueueOptions> = {}) {
  const counts: Record<string, number> = { sent: 0 };
  const add = (name: string, count: number): void => void (counts[name] = (counts[name] ?? 0) + count);
  const queue = createSendingQueue(
    send,
    { ...OPTIONS, ...change },
    {
      sent: (count) => add('sent', count),
      failed: (count, reason) => add(reason, count),
      retried: () => add('retried', 1),
      queued: () => {},
    },
  );
  return { queue, counts };
}

test.each([
  ['documents', 100, [10, 10, 5]],
  ['bytes', 400, [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1]],
  ['one that is too large on its own', 2_000, Array(25).fill(1)],
])('batches have a limit of %s', async (_name, bytes, expected) => {
  const sizes: number[] = [];
  const { queue, counts } = queueOf(async (batch) => (sizes.push(batch.length), SENT));
  await queue.consume(parcels(25, bytes));
  await queue[Symbol.asyncDispose]();
  expect(sizes).toEqual(expected);
  expect(counts).toEqual({ sent: 25 });
  await expect(queue.consume(parcels(1))).rejects.toMatchObject({ code: 'closed' });
});

test.each([
  ['documents', 100, 99],
  ['bytes', 1_000, 9],
])('it is full of %s until some are sent; an empty one takes anything', async (_name, bytes, fits) => {
  const gate = new EventTarget();
  let isOpen = false;
  const { queue, counts } = queueOf(
    () => new Promise((resolve) => (isOpen ? resolve(SENT) : gate.addEventListener('open', () => resolve(SENT)))),
  );
  await queue.consume(parcels(fits, bytes));
  await expect(queue.consume(parcels(2, bytes))).rejects.toMatchObject({ code: 'full' });
  await queue.consume(parcels(1, bytes));
  isOpen = true;
  gate.dispatchEvent(new Event('open'));
  await expect.poll(() => counts['sent']).toBe(fits + 1);
  await queue.consume(parcels(500, bytes));
  await queue[Symbol.asyncDispose]();
  expect(counts).toEqual({ sent: fits + 501 });
});

test('so many at once, and no more', async () => {
  let [now, most] = [0, 0];
  const { queue } = queueOf(async () => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setTimeout(resolve, 2));
    now -= 1;
    return SENT;
  });
  await queue.consume(parcels(80));
  await queue[Symbol.asyncDispose]();
  expect(most).toBe(2);
});

test('what may succeed is tried again until it does', async () => {
  const outcomes: (SendOutcome | Error)[] = [{ state: 'again', message: 'busy' }, new Error('reset')];
  const { queue, counts } = queueOf(async () => {
    const outcome = outcomes.shift() ?? { state: 'sent', refused: 3 };
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  await queue.consume(parcels(10));
  await queue[Symbol.asyncDispose]();
  expect(counts).toEqual({ sent: 7, refused: 3, retried: 2 });
});

test.each<[string, SendOutcome, Partial<SendingQueueOptions>, object]>([
  ['refused for good', { state: 'refused', message: '' }, {}, { refused: 10 }],
  [
    'no retries wanted',
    { state: 'again', message: '' },
    { retry: { ...OPTIONS.retry, enabled: false } },
    { 'retries-exhausted': 10 },
  ],
  ['the pause is too long', { state: 'again', message: '', afterMs: 60_001 }, {}, { 'retries-exhausted': 10 }],
])('lost and counted: %s', async (_name, outcome, change, expected) => {
  const { queue, counts } = queueOf(async () => outcome, change);
  await queue.consume(parcels(10));
  await queue[Symbol.asyncDispose]();
  expect(counts).toEqual({ sent: 0, ...expected });
});

test('what is too large for a call goes in parts, down to one document', async () => {
  const sizes: number[] = [];
  const { queue, counts } = queueOf(async (batch) => {
    sizes.push(batch.length);
    const isTooLarge = batch.length > 3 || batch.some(({ bytes }) => bytes > 100);
    return isTooLarge ? { state: 'too-large', message: '' } : SENT;
  });
  await queue.consume([...parcels(7), ...parcels(1, 200)]);
  await queue[Symbol.asyncDispose]();
  expect(sizes.slice(0, 3)).toEqual([8, 4, 2]);
  expect(counts).toEqual({ sent: 7, refused: 1 });
});

test('of parts, what was sent before the end is not lost', async () => {
  const { queue, counts } = queueOf(
    async (batch) => {
      if (batch.length > 5) return { state: 'too-large', message: '' };
      return counts['sent'] === 0 ? SENT : { state: 'again', message: 'away' };
    },
    { closeMs: 10 },
  );
  await queue.consume(parcels(10));
  await expect.poll(() => counts['retried']).toBeGreaterThan(0);
  await queue[Symbol.asyncDispose]();
  expect(counts).toMatchObject({ sent: 5, stopped: 5 });
});

test('a try has a time limit, and so has the end', async () => {
  const never: Send = (_batch, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const { queue, counts } = queueOf(never, { timeoutMs: 5, closeMs: 50 });
  await queue.consume(parcels(30));
  await expect.poll(() => counts['retried'] ?? 0).toBeGreaterThan(1);
  await queue[Symbol.asyncDispose]();
  expect(counts).toMatchObject({ sent: 0, stopped: 30 });
});
