import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { arrivals, createTraffic } from '@fluoroscope/testkit/traffic';
import { loadPackage, loadServerModule, loadStorageLimits } from '../checkout.mjs';

// Appends D1 to a data folder's journal until it is full, as a server does whose store stands still; then dies at once,
// without closing anything. The last line printed says how much was acknowledged.

const JOURNAL_ORIGIN = 'journal';
const STORE_MEMORY_BYTES = 256 * 2 ** 20;
const RECORDS_AN_APPEND = 500;
/** More than any journal takes. */
const SPANS_MAX = 1e9;

const { checkout, seed, dataDir, sizeBytes } = JSON.parse(process.argv[2] ?? '');
const { openJournal } = await loadPackage(checkout, 'journal');
const { openDuckDbStore } = await loadPackage(checkout, 'store-duckdb');
const { timeUs } = await loadPackage(checkout, 'model');
const { encodeRecords } = await loadServerModule(checkout, 'ingest/record.js');
const { STORE_THREADS } = await loadStorageLimits(checkout);

const journal = await openJournal({
  dir: join(dataDir, 'journal'),
  sizeBytesMax: sizeBytes,
  durability: 'os',
  nextSequence: (await readStoredSequence()) + 1,
  events: { damaged: (detail) => process.stderr.write(`${JSON.stringify(detail)}\n`) },
});
const startSeconds = Date.now() / 1000;
const traffic = createTraffic('D1', { seed, startUs: startSeconds * 1e6, rangeUs: 60e6, spanCount: 6_000_000 });
let documents = 0;
let texts = [];
try {
  for (const { text, arrivesUs } of arrivals(traffic, SPANS_MAX)) {
    texts.push(text);
    if (texts.length < RECORDS_AN_APPEND) continue;
    await journal.append(encodeRecords(texts, timeUs(Math.floor(arrivesUs))));
    documents += texts.length;
    texts = [];
  }
} catch (error) {
  if (error.code !== 'full') throw error;
}
const endSeconds = traffic.startUsAt(documents) / 1e6;
writeSync(1, `${JSON.stringify({ documents, startSeconds, endSeconds, journalBytes: journal.stats().sizeBytes })}\n`);
process.kill(process.pid, 'SIGKILL');

async function readStoredSequence() {
  const store = await openDuckDbStore({
    dir: join(dataDir, 'store'),
    memoryBytesMax: STORE_MEMORY_BYTES,
    threads: STORE_THREADS,
  });
  const { sequence } = await store.readProgress(JOURNAL_ORIGIN);
  await store[Symbol.asyncDispose]();
  return sequence;
}
