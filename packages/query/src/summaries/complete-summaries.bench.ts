// npx tsx --conditions=source packages/query/src/summaries/complete-summaries.bench.ts
import assert from 'node:assert/strict';
import { readAcceptedDocument, timeUs, type TraceId } from '@fluoroscope/model';
import { readChangedRows, type StoredDocument, type TraceRow } from '@fluoroscope/store';
import { createTraffic, type Arrival, type TrafficName } from '@fluoroscope/testkit/traffic';
import { createIndexer } from '../indexer/indexer.ts';
import { findRootCauses } from '../root-causes/find-root-causes.ts';
import { completeSummaries } from './complete-summaries.ts';
import { mergeStored } from './traces.ts';

// What a page costs beside the store: parsing, merging and the search for causes.

const TRACES_A_PAGE = 100;
const ROUNDS = 100;
const START_US = 1_700_000_000_000_000;

for (const name of ['D1', 'D2', 'D5'] as const) await run(name);

async function run(name: TrafficName): Promise<void> {
  const byTrace = generate(name);
  const rows = await indexed([...byTrace.values()].flat());
  const readDocuments = async (ids: readonly TraceId[]): Promise<readonly StoredDocument[]> =>
    ids.flatMap((id) => byTrace.get(id) ?? []);
  const read = () => completeSummaries(rows, { readDocuments, activeFromUs: null });

  for (const { Id, FaultRootCauses, ResponseTimeRootCauses } of await read()) {
    const { fault, responseTime } = findRootCauses(mergeStored(byTrace.get(Id as TraceId) ?? []));
    assert.deepEqual([FaultRootCauses, ResponseTimeRootCauses], [fault, responseTime]);
  }
  let bestMs = Infinity;
  const cpu = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = performance.now();
    await read();
    bestMs = Math.min(bestMs, performance.now() - before);
  }
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1_000 / ROUNDS;
  const documentCount = [...byTrace.values()].flat().length;
  const kilobytes = JSON.stringify(await read()).length >> 10;
  process.stdout.write(
    `${name}: ${rows.length} traces, ${documentCount} documents: best ${bestMs.toFixed(1)} ms, CPU ${cpuMs.toFixed(1)} ms a page; answer ${kilobytes} kB\n`,
  );
}

function generate(name: TrafficName): ReadonlyMap<TraceId, readonly StoredDocument[]> {
  const traffic = createTraffic(name, { seed: 1, startUs: START_US, rangeUs: 60_000_000, spanCount: 100_000 });
  const traces = Array.from({ length: TRACES_A_PAGE }, (_, at) => traffic.documentsAt(at).map(toStored));
  return new Map(traces.flatMap((stored) => (stored[0] === undefined ? [] : [[stored[0].traceId, stored] as const])));
}

function toStored({ text, arrivesUs }: Arrival): StoredDocument {
  return { traceId: readAcceptedDocument(text).trace_id, receivedUs: timeUs(arrivesUs), text };
}

async function indexed(stored: readonly StoredDocument[]): Promise<readonly TraceRow[]> {
  const indexer = createIndexer({
    readDocuments: () => Promise.resolve([]),
    readTraceRows: () => Promise.resolve([]),
    mayKnow: () => false,
    cachedEntitiesMax: 100_000,
  });
  const incoming = stored.map(({ text, receivedUs }) => ({ document: readAcceptedDocument(text), text, receivedUs }));
  return readChangedRows((await indexer.index(incoming)).traces);
}
