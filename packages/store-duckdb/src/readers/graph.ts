import { LIST, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type ServiceKey, type TimeUs, type TraceId } from '@fluoroscope/model';
import {
  graphPeriods,
  type GraphPeriod,
  type GraphQuery,
  type GraphSeriesQuery,
  type GraphSums,
} from '@fluoroscope/store';
import { hashId, type IdHash } from '../slices/bloom.ts';
import { readQuery } from '../sql-files.ts';
import type { Snapshot, Source } from '../source.ts';
import { bindList, toNumber } from '../values.ts';
import { addHeads, addTracesOfHead } from './graph-heads.ts';
import { MINUTE_US, planGraph, type RollupMinutes } from './graph-plan.ts';
import { isTouched, type GraphScope } from './graph-scope.ts';
import { addSlices, addTracesOfSlice } from './graph-slices.ts';
import { GraphTotals } from './graph-totals.ts';
import { readServices } from './services-by-id.ts';

export async function sumGraph(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  { startUs, endUs, traceIds }: GraphQuery,
): Promise<GraphSums> {
  using totals = new GraphTotals({ isOfPeriod: false });
  if (traceIds !== null) {
    await addTraces(connection, snapshot, [...new Set(traceIds)], totals);
  } else {
    const plan = planGraph({ startUs: clampStart(startUs, snapshot), endUs }, 60);
    await addAll(connection, snapshot, { plan, serviceIds: null, periodOf: () => totals, startUs, periodUs: null });
  }
  return totals.toSums(await readServices(connection, totals.serviceIds()));
}

export async function sumGraphSeries(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  query: GraphSeriesQuery,
): Promise<readonly GraphPeriod[]> {
  const { startUs, endUs, periodUs, services } = query;
  const periods = graphPeriods(query).map((period) => ({
    startUs: period.startUs,
    totals: new GraphTotals({ isOfPeriod: true }),
  }));
  const serviceIds = services === null ? null : await findServices(connection, services);
  if (periods.length === 0 || serviceIds?.length === 0) return [];
  const plan = planGraph({ startUs: clampStart(startUs, snapshot), endUs }, longestRollup(query));
  const strayed = new GraphTotals({ isOfPeriod: true });
  const periodOf = (period: number): GraphTotals => periods[period]?.totals ?? strayed;
  await addAll(connection, snapshot, { plan, serviceIds, periodOf, startUs, periodUs });
  const ids = new Set(periods.flatMap(({ totals }) => [...totals.serviceIds()]));
  const serviceOf = await readServices(connection, ids);
  const found: GraphPeriod[] = [];
  for (const period of periods) {
    const { nodes, edges } = period.totals.toSums(serviceOf);
    if (nodes.length + edges.length > 0) found.push({ startUs: period.startUs, nodes, edges });
  }
  return found;
}

async function addAll(connection: DuckDBConnection, snapshot: Snapshot, scope: GraphScope): Promise<void> {
  const { whole } = scope.plan;
  if (!(whole.startUs < whole.endUs)) return;
  const touched = snapshot.sources.filter((source) => isTouched(source, whole));
  const ofKind = (kind: Source['kind']): readonly Source[] => touched.filter((source) => source.kind === kind);
  await addSlices(snapshot.slices, ofKind('slice'), scope);
  await addHeads(connection, ofKind('head'), scope);
}

/** All facts of these traces. */
async function addTraces(
  connection: DuckDBConnection,
  { sources, slices }: Snapshot,
  ids: readonly TraceId[],
  totals: GraphTotals,
): Promise<void> {
  const hashed = ids.map((id) => ({ id, hash: hashId(id) }));
  for (const source of sources) {
    const isKnown = ({ id, hash }: { readonly id: TraceId; readonly hash: IdHash }): boolean =>
      source.mayHold === undefined ? source.mayKnow(id) : source.mayHold(hash);
    const known = hashed.filter(isKnown).map(({ id }) => id);
    if (known.length === 0) continue;
    if (source.kind === 'head') await addTracesOfHead(connection, source, known, totals);
    else await addTracesOfSlice(slices, source, known, totals);
  }
}

/** Rollups of this length never reach over the end of a period. */
function longestRollup({ startUs, periodUs }: GraphSeriesQuery): RollupMinutes | null {
  const fits = (minutes: RollupMinutes): boolean =>
    startUs % (minutes * MINUTE_US) === 0 && periodUs % (minutes * MINUTE_US) === 0;
  if (fits(60)) return 60;
  return fits(5) ? 5 : null;
}

/** What was dropped lacks in what ended before it was, so that is not summed at all. */
function clampStart(startUs: TimeUs, { retainedFromUs }: Snapshot): TimeUs {
  return timeUs(Math.max(startUs, retainedFromUs ?? -Infinity));
}

async function findServices(connection: DuckDBConnection, services: readonly ServiceKey[]): Promise<readonly number[]> {
  const columns = [
    bindList(services.map(({ name }) => name)),
    bindList(services.map(({ type }) => type)),
    bindList(services.map(({ accountId }) => accountId)),
  ];
  const types = [LIST(VARCHAR), LIST(VARCHAR), LIST(VARCHAR)];
  const found = await connection.runAndReadAll(readQuery('read/services-equal'), columns, types);
  return found.getRows().map(([id]) => toNumber(id));
}
