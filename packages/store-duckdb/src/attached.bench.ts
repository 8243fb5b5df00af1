import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { timeUs, type TraceId } from '@fluoroscope/model';
import type { TraceQuery, TraceStore } from '@fluoroscope/store';
import { openDuckDbStore } from './open.ts';

// node --expose-gc --conditions=source --import tsx src/attached.bench.ts DIR SLICES ENGINE_MB
// What a process takes that has read of every slice of a store, and a look for one trace, with so many slices attached at most.
// DIR is a copy of a store's folder: opening it may write.

const [dir = '', slicesText = '64', engineText = '256'] = process.argv.slice(2);
const WINDOW_COUNT = 200;
const LOOK_COUNT = 200;
/** For memory that is given back behind the engine's work. */
const IDLE_MS = 3_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function readMemory(): Promise<number> {
  globalThis.gc?.();
  await sleep(IDLE_MS);
  const status = await readFile('/proc/self/status', 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024);
}

const whole: TraceQuery = {
  startUs: timeUs(0),
  endUs: timeUs(4e15),
  rangeOf: 'start',
  condition: { op: 'and', terms: [] },
  limit: 1,
  after: null,
};

/** Of the oldest, by searching downwards in ever smaller steps; the store tells no extent. */
async function findEnds(store: TraceStore): Promise<{ firstUs: number; lastUs: number }> {
  const [newest] = (await store.findTraces(whole)).rows;
  const lastUs = newest?.startUs ?? 0;
  let [none, some] = [0, lastUs + 1];
  while (some - none > 1e6) {
    const middle = Math.floor((none + some) / 2);
    const found = await store.findTraceIds({ ...whole, endUs: timeUs(middle) });
    if (found.length === 0) none = middle;
    else some = middle;
  }
  return { firstUs: none, lastUs };
}

function printTimes(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  print(`${name}: median ${at(0.5)} ms, p95 ${at(0.95)} ms of ${sorted.length}`);
}

const store = await openDuckDbStore({
  dir,
  memoryBytesMax: Number(engineText) * 2 ** 20,
  threads: 1,
  mergeSlicesMin: 100_000,
  attachedSlicesMax: Number(slicesText),
});
print(`at most ${slicesText} slices attached; opened: ${await readMemory()} MB`);
const { firstUs, lastUs } = await findEnds(store);
const ids: TraceId[] = [];
const windowUs = (lastUs - firstUs) / WINDOW_COUNT;
const pages: number[] = [];
for (let no = 0; no < WINDOW_COUNT; no += 1) {
  const startUs = timeUs(Math.floor(firstUs + no * windowUs));
  const beganMs = performance.now();
  const { rows } = await store.findTraces({ ...whole, startUs, endUs: timeUs(startUs + windowUs), limit: 50 });
  pages.push(performance.now() - beganMs);
  const [row] = rows;
  if (row !== undefined) ids.push(row.traceId);
}
printTimes('pages of 50, one after another over the range', pages);
print(`after them: ${await readMemory()} MB`);
for (const round of ['first', 'second']) {
  const looks: number[] = [];
  for (let no = 0; no < LOOK_COUNT; no += 1) {
    // Far from the one before: of another slice.
    const id = ids[(no * 77) % ids.length];
    if (id === undefined) continue;
    const beganMs = performance.now();
    await store.readDocuments([id]);
    looks.push(performance.now() - beganMs);
  }
  printTimes(`looks for a trace, ${round} round`, looks);
}
const graph = { startUs: timeUs(firstUs), endUs: timeUs(lastUs), traceIds: null };
const beganMs = performance.now();
await store.readGraph(graph);
print(`a graph of the whole range: ${(performance.now() - beganMs).toFixed(0)} ms`);
const statsMs = performance.now();
const { traceCount, documentCount } = await store.readStats();
print(`${traceCount} traces, ${documentCount} documents`);
print(`the first figures: ${(performance.now() - statsMs).toFixed(0)} ms; then ${await readMemory()} MB`);
await store[Symbol.asyncDispose]();
