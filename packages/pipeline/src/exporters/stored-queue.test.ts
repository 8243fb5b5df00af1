import { expect, test } from 'vitest';
import { parcels } from '../testing/parcels.ts';
import type { BatchStore, StoredBatch } from './batch-store.ts';
import type { Send, SendOutcome } from './sending-queue.ts';
import { createStoredQueue, type StoredQueueOptions } from './stored-queue.ts';

const OPTIONS: Omit<StoredQueueOptions, 'store'> = {
  documentsMax: 100,
  consumers: 2,
  batchDocumentsMax: 10,
  batchBytesMax: 1_000,
  timeoutMs: 1_000,
  retry: { enabled: true, initialMs: 1, maxMs: 4, elapsedMsMax: 60_000 },
};
const SENT: SendOutcome = { state: 'sent', refused: 0 };
const AWAY: Send = async () => ({ state: 'again', message: 'away' });

/** What outlives a queue. */
function createDisk(roomMax = 1_000) {
  const kept: StoredBatch[] = [];
  let last = 0;
  const open = (): BatchStore => ({
    async append(batch) {
      if (kept.length >= roomMax) return false;
      kept.push({ ...batch, sequence: (last += 1) });
      return true;
    },
    after: async (sequence) => kept.find((batch) => batch.sequence > sequence) ?? null,
    async done(sequence) {
      kept.splice(0, kept.filter((batch) => batch.sequence <= sequence).length);
    },
    recoveredSequence: last,
    [Symbol.asyncDispose]: async () => {},
  });
  return { kept, open };
}

function queueOf(send: Send, disk = createDisk(), change: Partial<StoredQueueOptions> = {}) {
  const counts: Record<string, number> = {};
  const add = (name: string, count: number): void => void (counts[name] = (counts[name] ?? 0) + count);
  const queue = createStoredQueue(
    send,
    { ...OPTIONS, store: disk.open(), ...change },
    {
      sent: (count) => add('sent', count),
      failed: (count, reason) => add(reason, count),
      retried: () => {},
      queued: (count) => void (counts['queued'] = count),
      damaged: (count) => add('damaged', count),
      troubled: () => add('troubled', 1),
    },
  );
  return { queue, counts, disk };
}

test('what was taken is kept until it is sent', async () => {
  const { queue, counts, disk } = queueOf(async () => SENT);
  await queue.consume(parcels(25));
  await expect.poll(() => disk.kept.length).toBe(0);
  expect(counts).toEqual({ sent: 25, queued: 0 });
});

test('what was not sent goes to the next one, in order and once', async () => {
  const { queue, disk, counts } = queueOf(AWAY);
  await queue.consume(parcels(35));
  await queue[Symbol.asyncDispose]();
  expect(counts).toEqual({ queued: 35 });
  const seen: string[] = [];
  const next = queueOf(async (batch) => (seen.push(...batch.map(({ document }) => document.id)), SENT), disk, {
    consumers: 1,
  });
  await expect.poll(() => next.counts['sent']).toBe(35);
  expect(seen).toEqual(parcels(35).map(({ document }) => document.id));
  expect(next.counts).toEqual({ sent: 35, queued: 0 });
  await expect(queue.consume(parcels(1))).rejects.toMatchObject({ code: 'closed' });
});

test('one that is stuck keeps those behind it on disk, though they are sent', async () => {
  let calls = 0;
  const { queue, counts, disk } = queueOf(async () => ((calls += 1) === 1 ? new Promise(() => {}) : SENT), undefined, {
    closeMs: 1,
  });
  await queue.consume(parcels(30));
  await expect.poll(() => counts['sent']).toBe(20);
  expect(disk.kept).toHaveLength(3);
});

test.each([
  ['documents', createDisk(), 101],
  ['room', createDisk(1), 20],
])('full: no %s', async (_name, disk, count) => {
  const { queue } = queueOf(AWAY, disk);
  await queue.consume(parcels(1));
  await expect(queue.consume(parcels(count))).rejects.toMatchObject({ code: 'full' });
});

test('what is larger than the room is taken as room comes', async () => {
  let isAway = true;
  const { queue, counts } = queueOf(async () => (isAway ? { state: 'again', message: '' } : SENT), createDisk(2));
  const taking = queue.consume(parcels(60));
  isAway = false;
  await taking;
  await expect.poll(() => counts).toEqual({ sent: 60, queued: 0 });
});

test('what is read and not yet being sent is not let go when others are sent', async () => {
  const disk = createDisk();
  const store = disk.open();
  const gate: { open: () => void } = { open: () => {} };
  const slow: BatchStore = {
    ...store,
    // The second part is being gathered while the first one ends.
    after: async (sequence) => {
      if (sequence === 2) await new Promise<void>((resolve) => (gate.open = resolve));
      return store.after(sequence);
    },
  };
  const { queue, counts } = queueOf(async () => SENT, disk, { store: slow, batchDocumentsMax: 1 });
  await queue.consume(parcels(1));
  await queue.consume(parcels(1));
  await expect.poll(() => counts['sent']).toBe(1);
  expect(disk.kept.map(({ sequence }) => sequence)).toEqual([2]);
  gate.open();
  await expect.poll(() => disk.kept).toEqual([]);
});

test('what came one by one is sent in batches', async () => {
  const sizes: number[] = [];
  const disk = createDisk();
  const first = queueOf(AWAY, disk);
  for (const one of parcels(25)) await first.queue.consume([one]);
  await first.queue[Symbol.asyncDispose]();
  const { counts } = queueOf(async (batch) => (sizes.push(batch.length), SENT), disk, { batchBytesMax: 1_000_000 });
  await expect.poll(() => counts).toEqual({ sent: 25, queued: 0 });
  expect(sizes).toEqual([10, 10, 5]);
});

test('a batch that cannot be read is counted, and the others are sent', async () => {
  const disk = createDisk();
  await disk.open().append({ segments: 3, body: Buffer.from('no documents') });
  const { queue, counts } = queueOf(async () => SENT, disk);
  await queue.consume(parcels(5));
  await expect.poll(() => counts).toEqual({ damaged: 1, sent: 5, queued: 0 });
  expect(disk.kept).toEqual([]);
});

test('a disk that refuses to be read is asked again, one that refuses to write refuses', async () => {
  const disk = createDisk();
  const store = disk.open();
  let refusals = 2;
  const { queue, counts } = queueOf(async () => SENT, disk, {
    store: {
      ...store,
      append: (batch) => (batch.segments === 7 ? Promise.reject(new Error('EIO')) : store.append(batch)),
      after: (sequence) => ((refusals -= 1) >= 0 ? Promise.reject(new Error('EIO')) : store.after(sequence)),
    },
  });
  await queue.consume(parcels(5));
  await expect(queue.consume(parcels(7))).rejects.toMatchObject({ code: 'full', cause: { message: 'EIO' } });
  await expect.poll(() => counts).toEqual({ troubled: 3, sent: 5, queued: 0 });
});
