import { join } from 'node:path';
import { loadPackage, loadStorageLimits } from '../checkout.mjs';
import { askStore, measureQueries } from '../measure-queries.mjs';
import { residentMb } from '../process-figures.mjs';
import { round } from '../numbers.mjs';
import { createQueries } from '../queries.mjs';

// The store's own reads, without a server around it. The last line printed has the times; `graphs`, the sums of those ranges.

const STORE_MEMORY_BYTES = 256 * 2 ** 20;

const { checkout, dataDir, loaded, topics, runsMax, graphs = [] } = JSON.parse(process.argv[2] ?? '');
const { filterToCondition } = await loadPackage(checkout, 'query');
const { openDuckDbStore } = await loadPackage(checkout, 'store-duckdb');
const { STORE_THREADS } = await loadStorageLimits(checkout);

const readCpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const beforeMs = performance.now();
const store = await openDuckDbStore({
  dir: join(dataDir, 'store'),
  memoryBytesMax: STORE_MEMORY_BYTES,
  threads: STORE_THREADS,
});
const openMs = performance.now() - beforeMs;
const figures = await measureQueries(
  createQueries(loaded, topics),
  askStore(store, filterToCondition),
  readCpuSeconds,
  runsMax,
);
const sums = [];
for (const range of graphs) {
  const { nodes, edges } = await store.readGraph({ ...range, traceIds: null });
  sums.push({ nodes: nodes.map(plainSum), edges: edges.map(plainSum) });
}
const answer = { figures, openMs: round(openMs), residentMb: round(residentMb(process.pid)), sums };
await store[Symbol.asyncDispose]();
process.stdout.write(`${JSON.stringify(answer)}\n`);

/** Typed arrays would be printed as objects. */
function plainSum({ histogram: { bucketsUs, counts }, ...sum }) {
  return { ...sum, histogram: { bucketsUs: [...bucketsUs], counts: [...counts] } };
}
