import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDuckDbStore } from './open.ts';
import { trafficBatch } from './traffic.bench.ts';

// node --expose-gc --conditions=source --import tsx src/write.bench.ts [documents] [documents a batch] [MiB of memory]
// Processor time of all threads, from the first batch until all is on disk and merged; what making the batches takes is
// measured before, and taken off.

const documentCount = Number(process.argv[2] ?? 1_000_000);
const batchSize = Number(process.argv[3] ?? 2_500);
const MIB = 2 ** 20;
const memoryBytesMax = Number(process.argv[4] ?? 256) * MIB;
const IDLE_MS = 1_000;

const madeUs = cpuOf(() => {
  for (let made = 0; made < documentCount; made += batchSize) trafficBatch(made / batchSize + 1, made, batchSize);
});
const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-bench-'));
try {
  const dir = join(folder, 'store');
  const events = { failing: (message: string) => report(`failing: ${message}`) };
  const store = await openDuckDbStore({ dir, memoryBytesMax, threads: 2, events });
  const batchMs: number[] = [];
  let peakMib = 0;
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  for (let written = 0; written < documentCount; written += batchSize) {
    const batch = trafficBatch(written / batchSize + 1, written, batchSize);
    const before = performance.now();
    await store.write(batch);
    batchMs.push(performance.now() - before);
    const rssMib = process.memoryUsage.rss() / MIB;
    peakMib = Math.max(peakMib, rssMib);
    if ((written + batchSize) % (documentCount / 10) === 0) {
      report(`${written + batchSize} documents: resident ${rssMib.toFixed(0)} MiB, ${await slicesIn(dir)} slices`);
    }
  }
  const writtenMs = performance.now() - startMs;
  const writtenUs = sum(process.cpuUsage(cpuBefore)) - madeUs;
  await store.flush();
  await mergesOver(dir);
  const totalUs = sum(process.cpuUsage(cpuBefore)) - madeUs;
  const { documentCount: stored, sizeBytes } = await store.readStats();
  if (stored !== documentCount) throw new Error(`${stored} of ${documentCount} documents are there`);
  const slowest = batchMs.sort((a, b) => a - b);
  report(`${((documentCount / writtenMs) * 1e3).toFixed(0)} documents/s`);
  report(
    `processor: ${perDocument(writtenUs)} µs a document at the last batch, ${perDocument(totalUs)} once all is merged`,
  );
  report(
    `batch p50 ${at(slowest, 0.5)} p99 ${at(slowest, 0.99)} max ${at(slowest, 1)} ms; peak resident ${peakMib.toFixed(0)} MiB`,
  );
  report(`${(sizeBytes / documentCount).toFixed(0)} bytes a document on disk, ${await slicesIn(dir)} slices`);
  await store[Symbol.asyncDispose]();
} finally {
  await rm(folder, { recursive: true });
}

async function slicesIn(dir: string): Promise<number> {
  return (await readdir(dir)).filter((name) => /^\d+-\d+\.duckdb$/.test(name)).length;
}

async function mergesOver(dir: string): Promise<void> {
  for (let idleMs = 0; idleMs < IDLE_MS; idleMs += 100) {
    await sleep(100);
    if ((await readdir(dir)).some((name) => name.endsWith('.new'))) idleMs = 0;
  }
}

function cpuOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  return sum(process.cpuUsage(before));
}

function sum({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

function perDocument(us: number): string {
  return (us / documentCount).toFixed(1);
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
