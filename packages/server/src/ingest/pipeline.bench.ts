// npx tsx --conditions=source packages/server/src/ingest/pipeline.bench.ts [calls]
// What a document costs from the bytes of a PutTraceSegments call to a store's batch, stage by stage, as CPU of the
// process (collector threads and I/O threads with it). Every stage takes what the one before really made.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal, openJournalReader, type JournalRecord } from '@fluoroscope/journal';
import { timeUs, type TraceId } from '@fluoroscope/model';
import { createIndexer, type Indexer } from '@fluoroscope/query';
import type { StoreBatch } from '@fluoroscope/store';
import { createEvents } from '../events.ts';
import { readBodyJson } from '../http/request-body.ts';
import { createIngest } from '../ingest.ts';
import { BATCH_BYTES_MAX, CACHED_ENTITIES_MAX } from '../storage/limits.ts';
import { JOURNAL_ORIGIN, writeBatch } from '../storage/write-batch.ts';

const CALLS = Number(process.argv[2] ?? 4_000);
const DOCUMENTS_PER_CALL = 50;
const NOW_SECONDS = 1_800_000_000;
const CALLS_AT_ONCE = 8;
/** About what comes while a batch is written, under load. */
const CALLS_A_BATCH = 64;
const JOURNAL = { sizeBytesMax: 2 ** 40, durability: 'os', nextSequence: 1 } as const;
const random = seeded(20_261_121);

const stages = new Map<string, number>();
const dir = await mkdtemp(join(tmpdir(), 'fluoroscope-bench-'));
try {
  await run(CALLS / 4);
  stages.clear();
  await run(CALLS);
  let sumUs = 0;
  for (const [name, us] of stages) {
    print(name, us);
    sumUs += us;
  }
  print('all', sumUs);
} finally {
  await rm(dir, { recursive: true });
}

function print(name: string, us: number): void {
  process.stdout.write(`${name.padEnd(28)} ${(us / CALLS / DOCUMENTS_PER_CALL).toFixed(2).padStart(6)} µs\n`);
}

async function run(calls: number): Promise<void> {
  const journalDir = await mkdtemp(join(dir, 'journal-'));
  const events = { damaged: (): void => assert.fail('the journal is damaged') };
  const journal = await openJournal({ ...JOURNAL, dir: journalDir, events });
  const reader = await openJournalReader({ dir: journalDir, after: 0, events });
  let encoded: (readonly Uint8Array[])[] = [];
  const ingest = openIngest((records) => {
    encoded.push(records);
    return Promise.resolve(0);
  });
  const storage = openStorage();
  let sent = 0;
  for (let call = 0; call < calls; call += CALLS_AT_ONCE) {
    const bodies = Array.from({ length: CALLS_AT_ONCE }, makeBody);
    const calledTexts = await measure('body to texts', () => bodies.map(textsOf));
    await measure('parse, clean, encode', () => Promise.all(calledTexts.map((texts) => ingest.put(texts))));
    await measure('append', () => Promise.all(encoded.map((records) => journal.append(records))));
    encoded = [];
    sent += CALLS_AT_ONCE * DOCUMENTS_PER_CALL;
    if (call % CALLS_A_BATCH === 0 || call + CALLS_AT_ONCE >= calls) await store();
  }
  assert.deepEqual(storage.counted(), { documents: sent, traces: sent });
  await reader[Symbol.asyncDispose]();
  await journal[Symbol.asyncDispose]();

  async function store(): Promise<void> {
    for (;;) {
      const records = await measure('read back', () => reader.read(journal.committedSequence, BATCH_BYTES_MAX));
      if (records.length === 0) return;
      await measure('decode, read, index', () => storage.write(records));
    }
  }
}

function openIngest(append: (records: readonly Uint8Array[]) => Promise<number>) {
  return createIngest({
    journal: { append },
    events: createEvents({ logLevel: 'silent' }),
    committed: () => {},
    nowUs: () => timeUs(NOW_SECONDS * 1e6),
    segmentMaxAgeUs: 86_400e6,
    segmentMaxFutureUs: 86_400e6,
    segmentBytesMax: 65_536,
  });
}

function openStorage() {
  const indexer: Indexer = createIndexer({
    readDocuments: () => Promise.resolve(assert.fail('every trace is new')),
    readTraceRows: () => Promise.resolve(assert.fail('every trace is new')),
    mayKnow: () => false,
    cachedEntitiesMax: CACHED_ENTITIES_MAX,
  });
  let documents = 0;
  let traces = 0;
  const store = {
    write: (batch: StoreBatch): Promise<void> => {
      documents += batch.documents.length;
      traces += new Set(batch.traces.map(({ traceId }): TraceId => traceId)).size;
      return Promise.resolve();
    },
  };
  return {
    write: (records: readonly JournalRecord[]) =>
      writeBatch(records, { store, indexer, origin: JOURNAL_ORIGIN, faultMet: () => assert.fail('a fault was met') }),
    counted: () => ({ documents, traces }),
  };
}

function textsOf(body: Uint8Array): readonly string[] {
  const parsed = readBodyJson(body);
  assert.ok(typeof parsed === 'object' && parsed !== null && 'TraceSegmentDocuments' in parsed);
  assert.ok(Array.isArray(parsed.TraceSegmentDocuments));
  return parsed.TraceSegmentDocuments;
}

async function measure<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  stages.set(name, (stages.get(name) ?? 0) + user + system);
  return result;
}

function makeBody(): Uint8Array {
  const documents = Array.from({ length: DOCUMENTS_PER_CALL }, () => JSON.stringify(makeD1()));
  return Buffer.from(JSON.stringify({ TraceSegmentDocuments: documents }));
}

/** D1 of docs/benchmarks.md: one segment, three subsegments, five annotations, about 800 bytes; a trace of its own. */
function makeD1(): object {
  const micros = (seconds: number): number => Number(seconds.toFixed(6));
  const start = NOW_SECONDS - random();
  const took = 0.004 * Math.exp(2.2 * random());
  const service = pick(['storefront', 'catalogue', 'basket', 'checkout', 'invoices', 'mailer', 'search', 'profile']);
  const failed = random() < 0.02;
  const part = (from: number, share: number, more: object): object => ({
    id: hex(16),
    start_time: micros(start + took * from),
    end_time: micros(start + took * (from + share)),
    ...more,
  });
  return {
    trace_id: `1-${Math.floor(start).toString(16).padStart(8, '0')}-${hex(24)}`,
    id: hex(16),
    name: service,
    start_time: micros(start),
    end_time: micros(start + took),
    http: {
      request: { method: 'GET', url: `http://${service}.test${pick(['/products', '/basket', '/orders', '/me'])}` },
      response: { status: failed ? 500 : 200 },
    },
    ...(failed ? { fault: true } : {}),
    annotations: {
      tenant: `t${Math.floor(random() * 100)}`,
      plan: 'pro',
      items: Math.floor(random() * 20),
      beta: random() < 0.1,
      region: 'eu',
    },
    subsegments: [
      part(0.1, 0.3, {
        name: 'DynamoDB',
        namespace: 'aws',
        aws: { operation: 'GetItem', table_name: `${service}-items` },
      }),
      part(0.45, 0.4, {
        name: 'prices.test',
        namespace: 'remote',
        http: { request: { method: 'GET', url: 'http://prices.test/v1' }, response: { status: 200 } },
      }),
      part(0.9, 0.05, { name: 'render' }),
    ],
  };
}

function pick(values: readonly string[]): string {
  return values[Math.floor(random() * values.length)] ?? '';
}

function hex(digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** xorshift32: the same documents on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
