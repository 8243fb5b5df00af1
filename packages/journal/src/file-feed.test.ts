import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFileFeed } from './file-feed.ts';
import { openJournal } from './file-journal.ts';
import { openJournalReader } from './journal-reader.ts';

test('the first batch ends where a crash has cut it, the next has the rest', async () => {
  const { append, feed } = await open({ sequence: 1, unfinishedSequence: 3 });
  feed.committed(await append('a', 'b', 'c', 'd', 'e'));
  expect(await next(feed)).toEqual(['2 b', '3 c']);
  expect(await next(feed)).toEqual(['4 d', '5 e']);
});

test('a cut batch whose records are gone holds nothing up', async () => {
  const { append, feed } = await open({ sequence: 1, unfinishedSequence: 3 }, 4);
  feed.committed(await append('d'));
  expect(await next(feed)).toEqual(['4 d']);
});

test('stopped, it gives what was committed before', async () => {
  const { append, feed } = await open({ sequence: 0, unfinishedSequence: null });
  feed.committed(await append('a'));
  feed.stop();
  expect(await next(feed)).toEqual(['1 a']);
  expect(await feed.read()).toBe(null);
});

test('what the store keeps is told on', async () => {
  const { feed, durable } = await open({ sequence: 0, unfinishedSequence: null });
  feed.durable('journal', 7);
  expect(durable).toEqual([7]);
});

async function open(progress: { sequence: number; unfinishedSequence: number | null }, nextSequence = 1) {
  const dir = await mkdtemp(join(tmpdir(), 'fluoroscope-feed-'));
  const events = { damaged: () => {} };
  const journal = await openJournal({ dir, sizeBytesMax: 2 ** 24, durability: 'os', nextSequence, events });
  const reader = await openJournalReader({ dir, after: progress.sequence, events });
  const durable: number[] = [];
  const feed = createFileFeed({
    reader,
    origin: 'journal',
    progress,
    limits: { batchBytesMax: 1_000, gatherMs: 5 },
    durable: (sequence) => void durable.push(sequence),
  });
  onTestFinished(async () => {
    await feed[Symbol.asyncDispose]();
    await journal[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });
  const append = (...texts: readonly string[]) => journal.append(texts.map((text) => Buffer.from(text)));
  return { append, feed, durable };
}

async function next(feed: Awaited<ReturnType<typeof open>>['feed']): Promise<string[]> {
  const batch = await feed.read();
  return (batch?.records ?? []).map(({ sequence, bytes }) => `${sequence} ${Buffer.from(bytes).toString()}`);
}
