import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeUs } from '@fluoroscope/model';
import type { Condition, TraceStore } from '@fluoroscope/store';
import { openDuckDbStore } from './open.ts';
import { traceIdAt, TRACE_EVERY_US, TRAFFIC_START_US, trafficBatch } from './traffic.bench.ts';

// node --conditions=source --import tsx src/read.bench.ts [documents …]

const BATCH_SIZE = 2_500;
const counts = process.argv.slice(2).map(Number);

for (const documentCount of counts.length > 0 ? counts : [100_000, 1_000_000]) {
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-bench-'));
  const options = { file: join(folder, 'store.db'), memoryBytesMax: 512 * 2 ** 20, threads: 2 };
  try {
    await fill(await openDuckDbStore(options), documentCount);
    const before = performance.now();
    const store = await openDuckDbStore(options);
    report(`${documentCount} documents; opened in ${(performance.now() - before).toFixed(0)} ms`);
    await measureReads(store, documentCount);
    report(`resident ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`);
    await store[Symbol.asyncDispose]();
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function fill(store: TraceStore, documentCount: number): Promise<void> {
  for (let first = 0; first < documentCount; first += BATCH_SIZE) {
    await store.write(trafficBatch(first / BATCH_SIZE + 1, first, BATCH_SIZE));
  }
  await store[Symbol.asyncDispose]();
}

async function measureReads(store: TraceStore, documentCount: number): Promise<void> {
  const end = TRAFFIC_START_US + documentCount * TRACE_EVERY_US;
  const anyId = (run: number, salt: number) => traceIdAt((run * 7_919 + salt * 104_729) % documentCount);
  const ids = (run: number, count: number) => Array.from({ length: count }, (_item, salt) => anyId(run, salt));
  const find = (condition: Condition) => async () =>
    (
      await store.findTraces({
        startUs: timeUs(TRAFFIC_START_US),
        endUs: timeUs(end),
        rangeOf: 'start',
        condition,
        limit: 100,
        after: null,
      })
    ).rows.length;
  const tenant = (value: string): Condition => ({ op: 'annotation', key: 'tenant', is: '=', value });
  const user: Condition = { op: 'annotation', key: 'user_id', is: '=', value: 'u4711' };
  const service: Condition = { op: 'service', name: 'payments', type: null, accountId: null };
  const slow: Condition = { op: 'number', field: 'durationUs', is: '>', value: 350_000 };
  const fault: Condition = { op: 'flag', flag: 'fault' };

  await measure('documents of a trace', 1, 100, async (run) => (await store.readDocuments(ids(run, 1))).length);
  await measure('documents of 5 traces', 5, 50, async (run) => (await store.readDocuments(ids(run, 5))).length);
  await measure('rows of 5 traces', 5, 50, async (run) => (await store.readTraceRows(ids(run, 5))).length);
  await measure('newest 100', 100, 30, find({ op: 'all' }));
  await measure('newest 100 faults', 100, 30, find(fault));
  await measure('newest 100 by service', 100, 30, find(service));
  await measure('newest 100 by service, duration, fault', 1, 30, find({ op: 'and', terms: [service, slow, fault] }));
  await measure('newest 100 by tenant (1 %)', 100, 30, find(tenant('t7')));
  await measure('newest 100 by user (rare)', 1, 20, find(user));
  await measure('annotation that none has', 0, 20, find(tenant('none')));
  const graph = (fromUs: number) => async () =>
    (await store.readGraph({ startUs: timeUs(fromUs), endUs: timeUs(end + 1e9), traceIds: null })).nodes.length;
  await measure('graph of 5 minutes', 9, 20, graph(end - 300e6));
  await measure('graph of everything', 9, 5, graph(0));
  await measure('graph of 5 traces', 1, 20, async (run) => {
    const sums = await store.readGraph({ startUs: timeUs(0), endUs: timeUs(0), traceIds: ids(run, 5) });
    return sums.nodes.length;
  });
}

/** Fails when an answer holds fewer items than it must. */
async function measure(
  name: string,
  itemsMin: number,
  runCount: number,
  read: (run: number) => Promise<number>,
): Promise<void> {
  const ms: number[] = [];
  for (let run = 0; run < runCount; run += 1) {
    const before = performance.now();
    const itemCount = await read(run);
    ms.push(performance.now() - before);
    if (itemCount < itemsMin) throw new Error(`${name}: ${itemCount} items`);
  }
  ms.sort((a, b) => a - b);
  const at = (share: number) => (ms[Math.min(runCount - 1, Math.floor(runCount * share))] ?? 0).toFixed(1);
  report(`  ${name}: p50 ${at(0.5)} p95 ${at(0.95)} ms`);
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
