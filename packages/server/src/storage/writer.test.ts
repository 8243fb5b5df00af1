import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileFeed, openJournal, openJournalReader, type FileFeed, type Journal } from '@fluoroscope/journal';
import { timeUs } from '@fluoroscope/model';
import { createMemoryStore, StoreError, type TraceStore } from '@fluoroscope/store';
import { trace } from '@fluoroscope/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { encodeRecords } from '../ingest/record.ts';
import { alterStore } from '../testing/altered-store.ts';
import { SMALL_BATCHES } from './limits.ts';
import { JOURNAL_ORIGIN, type WrittenBatch } from './write-batch.ts';
import { startWriter, type WriterOptions } from './writer.ts';

const SHOP = trace`
  shop 0..300
    - render 10..90
`;
const texts = SHOP.documents.map((document) => JSON.stringify(document));

test('what was durable before it started is written', async () => {
  const { journal, store, start } = await open();
  const sequence = await journal.append(encodeRecords(texts, timeUs(1)));
  const { feed, next } = await start();
  feed.committed(sequence);
  expect(await next()).toMatchObject({ sequence, storedCount: 1, lostCount: 0 });
  expect((await store.readProgress(JOURNAL_ORIGIN)).sequence).toBe(sequence);
});

test('a commit told at the very moment it looks is not missed', async () => {
  const { journal, start } = await open();
  for (let times = 0; times < 5; times += 1) {
    const { feed, writer, next } = await start();
    const sequence = await journal.append(encodeRecords(texts, timeUs(1)));
    feed.committed(sequence);
    expect((await next()).sequence).toBe(sequence);
    await writer[Symbol.asyncDispose]();
  }
});

test('a document delivered again is counted as a duplicate', async () => {
  const { journal, start } = await open();
  const { feed, next } = await start();
  feed.committed(await journal.append(encodeRecords([...texts, ...texts], timeUs(1))));
  expect(await next()).toMatchObject({ storedCount: 1, duplicateCount: 1 });
});

test('a record that cannot be read is lost alone, and counted', async () => {
  const { journal, start } = await open();
  const { feed, next } = await start();
  const [record] = encodeRecords(texts, timeUs(1));
  if (record === undefined) throw new Error('no record');
  const foreign = Uint8Array.of(99, ...record.subarray(1));
  feed.committed(await journal.append([foreign, ...encodeRecords(texts, timeUs(1))]));
  expect(await next()).toMatchObject({ storedCount: 1, lostCount: 1 });
});

test('a refused batch is tried again until the store takes it', async () => {
  const { journal, start, store } = await open();
  const failures: string[] = [];
  let refusals = 2;
  const shaky: TraceStore = alterStore(store, {
    async write(batch) {
      if (refusals-- > 0) throw new StoreError('failed', 'disk full');
      await store.write(batch);
    },
  });
  const { feed, next } = await start(shaky, failures);
  feed.committed(await journal.append(encodeRecords(texts, timeUs(1))));
  expect(await next()).toMatchObject({ storedCount: 1 });
  expect(failures).toEqual(['[failed] disk full', '[failed] disk full']);
});

test('disposing writes what was committed', async () => {
  const { journal, start, store } = await open();
  const { feed, writer } = await start();
  const sequence = await journal.append(encodeRecords(texts, timeUs(1)));
  feed.committed(sequence);
  await writer[Symbol.asyncDispose]();
  expect((await store.readProgress(JOURNAL_ORIGIN)).sequence).toBe(sequence);
});

test('disposing leaves what it has no time for to the next start, and cuts no batch', async () => {
  const { journal, start, store } = await open();
  const { promise: hasBegun, resolve: begun } = withResolvers();
  const { promise: mayGoOn, resolve: goOn } = withResolvers();
  const slow: TraceStore = alterStore(store, {
    async write(batch) {
      begun();
      await mayGoOn;
      await store.write(batch);
    },
  });
  const { feed, writer } = await start(slow, [], { drainMsMax: 0 });
  const first = await journal.append(encodeRecords(texts, timeUs(1)));
  feed.committed(first);
  await hasBegun;
  feed.committed(await journal.append(encodeRecords(texts, timeUs(1))));
  const disposed = writer[Symbol.asyncDispose]();
  goOn();
  await disposed;
  expect((await store.readProgress(JOURNAL_ORIGIN)).sequence).toBe(first);
});

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

interface Started {
  readonly feed: FileFeed;
  readonly writer: AsyncDisposable;
  readonly next: () => Promise<WrittenBatch>;
}

async function open(): Promise<{
  journal: Journal;
  store: TraceStore;
  start: (over?: TraceStore, failures?: string[], limits?: Pick<WriterOptions, 'drainMsMax'>) => Promise<Started>;
}> {
  const dir = mkdtempSync(join(tmpdir(), 'fluoroscope-writer-'));
  const events = { damaged: () => {} };
  const journal = await openJournal({ dir, sizeBytesMax: 2 ** 24, durability: 'os', nextSequence: 1, events });
  const store = createMemoryStore();
  const writers: AsyncDisposable[] = [];
  onTestFinished(async () => {
    for (const writer of writers) await writer[Symbol.asyncDispose]();
    await journal[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  async function start(
    over: TraceStore = store,
    failures: string[] = [],
    limits: Pick<WriterOptions, 'drainMsMax'> = {},
  ): Promise<Started> {
    const batches: WrittenBatch[] = [];
    let tell: () => void = () => {};
    const progress = await store.readProgress(JOURNAL_ORIGIN);
    const feed = createFileFeed({
      reader: await openJournalReader({ dir, after: progress.sequence, events }),
      origin: JOURNAL_ORIGIN,
      progress,
      limits: SMALL_BATCHES,
      durable: () => {},
    });
    const writer = startWriter({
      store: over,
      feed,
      cachedEntitiesMax: 1_000,
      ...limits,
      events: {
        written: (batch) => {
          batches.push(batch);
          tell();
        },
        failing: (message) => failures.push(message),
      },
    });
    writers.push(writer);
    const next = async (): Promise<WrittenBatch> => {
      while (batches.length === 0) await new Promise<void>((resolve) => (tell = resolve));
      const [batch] = batches.splice(0, 1);
      if (batch === undefined) throw new Error('no batch');
      return batch;
    };
    return { feed, writer, next };
  }

  return { journal, store, start };
}
