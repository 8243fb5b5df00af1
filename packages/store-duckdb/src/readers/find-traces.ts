import { VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import { StoreError, type TraceCursor, type TracePage, type TraceQuery, type TraceRow } from '@fluoroscope/store';
import { findServiceConditions, type ServiceCondition } from '../compile-condition.ts';
import type { Beside } from '../read-connections.ts';
import type { SliceReader, Snapshot, Source } from '../source.ts';
import { readQuery } from '../sql-files.ts';
import { toNumber } from '../values.ts';
import { countWalk, findNewest, isReached, type FoundTrace, type Match } from './find-in-source.ts';
import { nextSourceCount } from './search-steps.ts';
import { readTraceIds } from './trace-numbers.ts';
import { readRowsAt, type RowReader } from './trace-rows.ts';

export async function findTracePage(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  { query, beside }: { readonly query: TraceQuery; readonly beside: Beside },
): Promise<TracePage> {
  const { limit } = query;
  const { sources, found } = await findSome(connection, snapshot, query);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const end = found.length > limit ? (last ?? null) : null;
  const next = end === null ? null : { startUs: end.startUs, traceId: end.traceId };
  let scannedCount = 0;
  for (const source of sources) scannedCount += await countWalk({ connection, snapshot, source, query, upTo: end });
  const rows = await beside((second) => readPage({ connection, first: snapshot.slices, second }, page));
  return { rows, next, scannedCount };
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
  const newestCount = limit + 1;
  let matches: readonly Match[] = [];
  let from = 0;
  let traceCount = 0;
  while (from < sources.length) {
    const fromUs = matches[limit]?.startUs ?? null;
    const searched = { sourceCount: from, traceCount, matchCount: matches.length, wantedCount: newestCount };
    const to = from + nextSourceCount(sources.slice(from), searched);
    const next = sources.slice(from, to).filter((source) => fromUs === null || lastStartOf(source) >= fromUs);
    if (next.length === 0) break;
    const search = { connection, snapshot, query, serviceIdsOf, newestCount, fromUs };
    const added = await findNewest(search, next);
    if (added.length > 0) matches = cutBehind([...matches, ...added].sort(byNewest), limit);
    for (const source of sources.slice(from, to)) traceCount += source.traceCount ?? 0;
    from = to;
  }
  const found = await readIds(snapshot.slices, matches);
  return { sources, found: found.sort(byAnswerOrder).slice(0, newestCount) };
}

/** All that start no earlier than the one at `place`: which of those that start with it come first, their ids tell. */
function cutBehind(matches: readonly Match[], place: number): readonly Match[] {
  const last = matches[place];
  return last === undefined ? matches : matches.filter(({ startUs }) => startUs >= last.startUs);
}

/** With the ids of those in slices, of all slices at once. */
async function readIds(reader: SliceReader, matches: readonly Match[]): Promise<FoundTrace[]> {
  const numbersOf = new Map<Source, number[]>();
  for (const { source, rowNo, traceId } of matches) {
    if (traceId !== null) continue;
    const numbers = numbersOf.get(source) ?? [];
    if (numbers.push(rowNo) === 1) numbersOf.set(source, numbers);
  }
  const idsOf = await readTraceIds(reader, numbersOf);
  return matches.map(({ source, rowNo, startUs, traceId }) => {
    const id = traceId ?? idsOf.get(source)?.get(rowNo);
    if (id === undefined) throw new StoreError('corrupt', `trace ${rowNo} has no id`);
    return { source, rowNo, startUs, traceId: id };
  });
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

async function readPage(reader: RowReader, page: readonly FoundTrace[]): Promise<readonly TraceRow[]> {
  const bySource = new Map<Source, Map<number, TraceId>>();
  for (const { source, rowNo, traceId } of page) {
    const ofSource = bySource.get(source) ?? new Map<number, TraceId>();
    bySource.set(source, ofSource.set(rowNo, traceId));
  }
  const rows = await readRowsAt(reader, bySource);
  return rows.toSorted(byAnswerOrder);
}

function byNewestStart(a: Source, b: Source): number {
  return lastStartOf(b) - lastStartOf(a);
}

function lastStartOf({ extent }: Source): number {
  return extent?.lastStartUs ?? -Infinity;
}

function byNewest(a: Match, b: Match): number {
  return b.startUs - a.startUs;
}

/** Newest start first, ties by trace id descending. */
function byAnswerOrder(a: TraceCursor, b: TraceCursor): number {
  if (a.startUs !== b.startUs) return b.startUs - a.startUs;
  return a.traceId < b.traceId ? 1 : -1;
}
