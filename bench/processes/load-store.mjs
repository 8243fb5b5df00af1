import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrivals, createTraffic } from '@fluoroscope/testkit/traffic';
import { loadPackage, loadStorageLimits } from '../checkout.mjs';
import { round } from '../numbers.mjs';
import { cpuSeconds, peakResidentMb } from '../process-figures.mjs';
import { untilIdle } from '../settle.mjs';

// Fills a data folder as the storage thread would from a full journal: the same indexer, the same store, the same limits,
// batches of the same size. `stores.mjs` starts it; the last line it prints says what it has loaded.

const JOURNAL_ORIGIN = 'journal';
const STORE_MEMORY_BYTES = 256 * 2 ** 20;
const MERGED_MS_MAX = 900_000;
const CALIBRATION_SPANS = 50_000;

const { checkout, data, spans, seed, startUs, rangeUs, dataDir } = JSON.parse(process.argv[2] ?? '');
const { createIndexer } = await loadPackage(checkout, 'query');
const { openDuckDbStore } = await loadPackage(checkout, 'store-duckdb');
const { readAcceptedDocument, timeUs } = await loadPackage(checkout, 'model');
const { BATCH_BYTES_MAX, CACHED_ENTITIES_MAX, STORE_THREADS } = await loadStorageLimits(checkout);

const generatorCpuSecondsASpan = measureGenerator();
const storeDir = join(dataDir, 'store');
mkdirSync(storeDir, { recursive: true, mode: 0o700 });
const store = await openDuckDbStore({ dir: storeDir, memoryBytesMax: STORE_MEMORY_BYTES, threads: STORE_THREADS });
const indexer = createIndexer({
  readDocuments: (ids) => store.readDocuments(ids),
  readTraceRows: (ids) => store.readTraceRows(ids),
  mayKnow: (id) => store.mayKnow(id),
  cachedEntitiesMax: CACHED_ENTITIES_MAX,
});
const traffic = createTraffic(data, { seed, startUs, rangeUs, spanCount: spans });
const loaded = { documents: 0, spans: 0, textBytes: 0, lastUs: 0, generatorSeconds: 0, seconds: 0 };

const startedMs = performance.now();
const incoming = arrivals(traffic, spans);
for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
  const { documents, traces, facts } = await indexer.index(batch);
  await store.write({ origin: JOURNAL_ORIGIN, sequence: loaded.documents, documents, traces, facts });
}
await store.flush();
loaded.seconds = (performance.now() - startedMs) / 1000;
const isMerged = await untilIdle(() => cpuSeconds(process.pid), MERGED_MS_MAX);
const stats = await store.readStats();
const usedSeconds = cpuSeconds(process.pid) - generatorCpuSecondsASpan * (loaded.spans + CALIBRATION_SPANS);
await store[Symbol.asyncDispose]();

const summary = {
  data,
  seed,
  startUs,
  rangeUs,
  spanCount: spans,
  spans: loaded.spans,
  documents: loaded.documents,
  traces: stats.traceCount,
  textBytes: loaded.textBytes,
  lastUs: loaded.lastUs,
  documentsPerSecond: round(loaded.documents / (loaded.seconds - loaded.generatorSeconds)),
  cpuSecondsPerMillionDocuments: round((usedSeconds / loaded.documents) * 1e6, 2),
  peakMb: round(peakResidentMb(process.pid)),
  isMerged,
  lost: loaded.documents - stats.documentCount,
};
writeFileSync(join(dataDir, 'loaded.json'), JSON.stringify(summary));
process.stdout.write(`${JSON.stringify(summary)}\n`);

/** The documents are made in this process: what that costs is measured first, while nothing else runs, and taken off. */
function measureGenerator() {
  const before = process.cpuUsage();
  const trial = createTraffic(data, { seed: seed + 1, startUs, rangeUs, spanCount: CALIBRATION_SPANS });
  let spanCount = 0;
  for (const arrival of arrivals(trial, CALIBRATION_SPANS)) spanCount += arrival.spanCount;
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / spanCount;
}

/** Made in this thread, so the time it takes is taken off. */
function nextBatch() {
  const beforeMs = performance.now();
  const batch = [];
  for (let bytes = 0; bytes < BATCH_BYTES_MAX;) {
    const { value, done } = incoming.next();
    if (done) break;
    const { text, arrivesUs, spanCount } = value;
    bytes += text.length;
    loaded.documents += 1;
    loaded.spans += spanCount;
    loaded.lastUs = Math.max(loaded.lastUs, arrivesUs);
    batch.push({ text, receivedUs: timeUs(arrivesUs) });
    loaded.textBytes += text.length;
  }
  loaded.generatorSeconds += (performance.now() - beforeMs) / 1000;
  return batch.map(({ text, receivedUs }) => ({ document: readAcceptedDocument(text), text, receivedUs }));
}
