import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDbStore } from './open.ts';
import { trafficBatch } from './traffic.bench.ts';

// node --expose-gc --conditions=source --import tsx src/write.bench.ts [documents] [documents a batch]
// Batches are made, and what that leaves is collected, outside of the measured part.

const documentCount = Number(process.argv[2] ?? 1_000_000);
const batchSize = Number(process.argv[3] ?? 2_500);
const MIB = 2 ** 20;

const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-bench-'));
try {
  const store = await openDuckDbStore({ file: join(folder, 'store.db'), memoryBytesMax: 512 * MIB, threads: 2 });
  const batchMs: number[] = [];
  let cpuUs = 0;
  let peakMib = 0;
  let written = 0;
  while (written < documentCount) {
    const batch = trafficBatch(written / batchSize + 1, written, batchSize);
    globalThis.gc?.({ type: 'minor' });
    const cpuBefore = process.cpuUsage();
    const before = performance.now();
    await store.write(batch);
    batchMs.push(performance.now() - before);
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuUs += user + system;
    written += batchSize;
    const rssMib = process.memoryUsage.rss() / MIB;
    peakMib = Math.max(peakMib, rssMib);
    if (written % (documentCount / 10) === 0) report(`${written} documents: resident ${rssMib.toFixed(0)} MiB`);
  }
  const { documentCount: stored, sizeBytes } = await store.readStats();
  if (stored !== written) throw new Error(`${stored} of ${written} documents are there`);
  const wallMs = batchMs.reduce((sum, ms) => sum + ms, 0);
  const slowest = batchMs.sort((a, b) => a - b);
  report(`${((written / wallMs) * 1e3).toFixed(0)} documents/s, ${(cpuUs / written).toFixed(1)} µs CPU a document`);
  report(
    `batch p50 ${at(slowest, 0.5)} p99 ${at(slowest, 0.99)} max ${at(slowest, 1)} ms; peak resident ${peakMib.toFixed(0)} MiB`,
  );
  report(`${(sizeBytes / written).toFixed(0)} bytes a document on disk`);
  await store[Symbol.asyncDispose]();
} finally {
  await rm(folder, { recursive: true });
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
