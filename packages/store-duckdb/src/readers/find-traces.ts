import { VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import { StoreError, type TraceCursor, type TracePage, type TraceQuery, type TraceRow } from '@fluoroscope/store';
import { findServiceConditions, type ServiceCondition } from '../compile-condition.ts';
import type { Snapshot, Source } from '../source.ts';
import { readQuery } from '../sql-files.ts';
import { toNumber } from '../values.ts';
import { countWalk, findNewest, isReached, type FoundTrace } from './find-in-source.ts';
import { readRowsAt } from './trace-rows.ts';

export async function findTracePage(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  query: TraceQuery,
): Promise<TracePage> {
  const { limit } = query;
  const { sources, found } = await findSome(connection, snapshot, query);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const end = found.length > limit ? (last ?? null) : null;
  const next = end === null ? null : { startUs: end.startUs, traceId: end.traceId };
  let scannedCount = 0;
  for (const source of sources) scannedCount += await countWalk({ connection, snapshot, source, query, upTo: end });
  return { rows: await readPage(connection, page), next, scannedCount };
}

export async function findTraceIds(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  query: TraceQuery,
): Promise<readonly TraceCursor[]> {
  const { found } = await findSome(connection, snapshot, query);
  return found.slice(0, query.limit).map(({ traceId, startUs }) => ({ traceId, startUs }));
}

interface Findings {
  /** All that lie in the query's range. */
  readonly sources: readonly Source[];
  /** One more than asked for, when there is one. */
  readonly found: readonly FoundTrace[];
}

async function findSome(connection: DuckDBConnection, snapshot: Snapshot, query: TraceQuery): Promise<Findings> {
  const { limit } = query;
  if (!Number.isSafeInteger(limit)) throw new StoreError('failed', `${limit} is not a limit`);
  const serviceIdsOf = await lookUpServices(connection, query);
  const sources = snapshot.sources.filter((source) => isReached(source, query)).sort(byNewestStart);
  // One trace more than asked for tells whether anything is left.
  let found: readonly FoundTrace[] = [];
  for (const source of sources) {
    const last = found.length > limit ? found.at(-1) : undefined;
    if (last !== undefined && (source.extent?.lastStartUs ?? -Infinity) < last.startUs) break;
    const search = { connection, snapshot, source, query, serviceIdsOf, newestCount: limit + 1, upTo: last ?? null };
    const added = await findNewest(search);
    if (added.length > 0) found = [...found, ...added].sort(byAnswerOrder).slice(0, limit + 1);
  }
  return { sources, found };
}

/** Numbers of the services that each `service` term means. */
async function lookUpServices(
  connection: DuckDBConnection,
  { condition }: TraceQuery,
): Promise<(condition: ServiceCondition) => readonly number[]> {
  const idsOf = new Map<ServiceCondition, readonly number[]>();
  for (const service of findServiceConditions(condition)) {
    const { name, type, accountId } = service;
    const values = [name, type, accountId];
    const types = [VARCHAR, VARCHAR, VARCHAR];
    const result = await connection.runAndReadAll(readQuery('read/services-matching'), values, types);
    idsOf.set(
      service,
      result.getRows().map(([id]) => toNumber(id)),
    );
  }
  return (service) => idsOf.get(service) ?? [];
}

async function readPage(connection: DuckDBConnection, page: readonly FoundTrace[]): Promise<readonly TraceRow[]> {
  const bySource = new Map<Source, Map<number, TraceId>>();
  for (const { source, rowNo, traceId } of page) {
    const ofSource = bySource.get(source) ?? new Map<number, TraceId>();
    bySource.set(source, ofSource.set(rowNo, traceId));
  }
  const rows: TraceRow[] = [];
  for (const [source, idOf] of bySource) rows.push(...(await readRowsAt(connection, source, idOf)));
  return rows.sort(byAnswerOrder);
}

function byNewestStart(a: Source, b: Source): number {
  return (b.extent?.lastStartUs ?? -Infinity) - (a.extent?.lastStartUs ?? -Infinity);
}

/** Newest start first, ties by trace id descending. */
function byAnswerOrder(a: TraceCursor, b: TraceCursor): number {
  if (a.startUs !== b.startUs) return b.startUs - a.startUs;
  return a.traceId < b.traceId ? 1 : -1;
}
