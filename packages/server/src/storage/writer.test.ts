import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal, openJournalReader, type Journal } from '@fluoroscope/journal';
import { timeUs } from '@fluoroscope/model';
import { createMemoryStore, StoreError, type TraceStore } from '@fluoroscope/store';
import { trace } from '@fluoroscope/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { encodeRecords } from '../ingest/record.ts';
import { startWriter, type Writer } from './writer.ts';
import type { WrittenBatch } from './write-batch.ts';

const SHOP = trace`
  shop 0..300
    - render 10..90
`;
const texts = SHOP.documents.map((document) => JSON.stringify(document));

test('what was durable before it started is written', async () => {
  const { journal, store, start } = await open();
  const sequence = await journal.append(encodeRecords(texts, timeUs(1)));
  const { writer, next } = await start();
  writer.committed(sequence);
  expect(await next()).toMatchObject({ sequence, storedCount: 1, lostCount: 0 });
  expect(await store.readSequence()).toBe(sequence);
});

test('a commit told at the very moment it looks is not missed', async () => {
  const { journal, start } = await open();
  for (let times = 0; times < 5; times += 1) {
    const { writer, next } = await start();
    const sequence = await journal.append(encodeRecords(texts, timeUs(1)));
    writer.committed(sequence);
    expect((await next()).sequence).toBe(sequence);
    await writer[Symbol.asyncDispose]();
  }
});

test('a document delivered again is counted as a duplicate', async () => {
  const { journal, start } = await open();
  const { writer, next } = await start();
  writer.committed(await journal.append(encodeRecords([...texts, ...texts], timeUs(1))));
  expect(await next()).toMatchObject({ storedCount: 1, duplicateCount: 1 });
});

test('a record that cannot be read is lost alone, and counted', async () => {
  const { journal, start } = await open();
  const { writer, next } = await start();
  const [record] = encodeRecords(texts, timeUs(1));
  if (record === undefined) throw new Error('no record');
  const foreign = Uint8Array.of(99, ...record.subarray(1));
  writer.committed(await journal.append([foreign, ...encodeRecords(texts, timeUs(1))]));
  expect(await next()).toMatchObject({ storedCount: 1, lostCount: 1 });
});

test('a refused batch is tried again until the store takes it', async () => {
  const { journal, start, store } = await open();
  const failures: string[] = [];
  let refusals = 2;
  const shaky: TraceStore = Object.create(store, {
    write: {
      value: async (batch: Parameters<TraceStore['write']>[0]) => {
        if (refusals-- > 0) throw new StoreError('failed', 'disk full');
        await store.write(batch);
      },
    },
  });
  const { writer, next } = await start(shaky, failures);
  writer.committed(await journal.append(encodeRecords(texts, timeUs(1))));
  expect(await next()).toMatchObject({ storedCount: 1 });
  expect(failures).toEqual(['[failed] disk full', '[failed] disk full']);
});

test('disposing writes what was committed', async () => {
  const { journal, start, store } = await open();
  const { writer } = await start();
  const sequence = await journal.append(encodeRecords(texts, timeUs(1)));
  writer.committed(sequence);
  await writer[Symbol.asyncDispose]();
  expect(await store.readSequence()).toBe(sequence);
});

interface Started {
  readonly writer: Writer;
  readonly next: () => Promise<WrittenBatch>;
}

async function open(): Promise<{
  journal: Journal;
  store: TraceStore;
  start: (over?: TraceStore, failures?: string[]) => Promise<Started>;
}> {
  const dir = mkdtempSync(join(tmpdir(), 'fluoroscope-writer-'));
  const events = { damaged: () => {} };
  const journal = await openJournal({ dir, sizeBytesMax: 2 ** 24, durability: 'os', nextSequence: 1, events });
  const store = createMemoryStore();
  const writers: Writer[] = [];
  onTestFinished(async () => {
    for (const writer of writers) await writer[Symbol.asyncDispose]();
    await journal[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  async function start(over: TraceStore = store, failures: string[] = []): Promise<Started> {
    const batches: WrittenBatch[] = [];
    let tell: () => void = () => {};
    const writer = startWriter({
      store: over,
      reader: await openJournalReader({ dir, after: await store.readSequence(), events }),
      cachedEntitiesMax: 1_000,
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
    return { writer, next };
  }

  return { journal, store, start };
}
