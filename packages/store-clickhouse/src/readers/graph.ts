import { printServiceKey, type TraceId } from '@fluoroscope/model';
import {
  graphPeriods,
  type GraphPeriod,
  type GraphQuery,
  type GraphSeriesQuery,
  type GraphSums,
} from '@fluoroscope/store';
import type { Connection, Row } from '../connection.ts';
import { minuteOf } from '../encode/days.ts';
import { readQuery } from '../sql-files.ts';
import { traceIdHex } from '../trace-key.ts';
import { createGraphGroups } from './graph-groups.ts';
import { inChunks } from './in-chunks.ts';
import { toBoundUs } from './values.ts';

const MINUTE_US = 60_000_000;
const NO_SUMS: GraphSums = { nodes: [], edges: [] };

/** Half open; only facts that ended in it count. */
interface Range {
  readonly startUs: number;
  readonly endUs: number;
}

export async function readGraphSums(
  connection: Connection,
  { startUs, endUs, traceIds }: GraphQuery,
  retainedFromUs: number,
): Promise<GraphSums> {
  if (traceIds !== null) return sumTraces(connection, traceIds);
  const range = { startUs: toBoundUs(startUs), endUs: toBoundUs(endUs) };
  const sums = await sumPeriods(connection, [range], range.endUs - range.startUs, retainedFromUs, null);
  return sums.get(0) ?? NO_SUMS;
}

export async function readGraphPeriods(
  connection: Connection,
  query: GraphSeriesQuery,
  retainedFromUs: number,
): Promise<readonly GraphPeriod[]> {
  const periods = graphPeriods(query);
  if (periods.length === 0 || query.services?.length === 0) return [];
  const services = query.services?.map(printServiceKey) ?? null;
  const sums = await sumPeriods(connection, periods, query.periodUs, retainedFromUs, services);
  return periods.flatMap(({ startUs }, at) => {
    const some = sums.get(at);
    return some === undefined ? [] : [{ startUs, ...some }];
  });
}

async function sumTraces(connection: Connection, ids: readonly TraceId[]): Promise<GraphSums> {
  const groups = createGraphGroups();
  const read = (name: string): Promise<readonly Row[]> =>
    inChunks(ids, (chunk) => connection.query(readQuery(name), { ids: chunk.map(traceIdHex) }));
  for (const cell of await read('graph-cells-of-traces')) groups.addCell(cell);
  for (const alias of await read('graph-aliases-of-traces')) groups.addAlias(alias);
  return groups.sums().get(0) ?? NO_SUMS;
}

/** By the number of the period. */
async function sumPeriods(
  connection: Connection,
  periods: readonly Range[],
  periodUs: number,
  retainedFromUs: number,
  services: readonly string[] | null,
): Promise<ReadonlyMap<number, GraphSums>> {
  const start = toBoundUs(periods[0]?.startUs ?? 0);
  const from = Math.max(start, retainedFromUs);
  const to = toBoundUs(periods.at(-1)?.endUs ?? 0);
  if (from >= to) return new Map();
  const borders = [from, to, ...periods.map(({ startUs }) => startUs)];
  const values = {
    start,
    period: Math.min(Math.max(periodUs, 1), Number.MAX_SAFE_INTEGER),
    from,
    to,
    firstMinute: Math.ceil(from / MINUTE_US),
    lastMinute: minuteOf(to) - 1,
    cutMinutes: [...new Set(borders.filter((us) => us % MINUTE_US !== 0).map(minuteOf))],
    ...(services !== null && { services }),
  };
  const scope = services === null ? 'true' : OF_SERVICES;
  const groups = createGraphGroups();
  const [cells, aliases] = await Promise.all([
    connection.query(readQuery('graph-cells').replaceAll('{{scope}}', scope), values),
    connection.query(readQuery('graph-aliases').replaceAll('{{scope}}', scope), values),
  ]);
  for (const cell of cells) groups.addCell(cell);
  for (const alias of aliases) groups.addAlias(alias);
  return groups.sums();
}

/** A node's source is empty, which is no service's key. */
const OF_SERVICES = '(has({services:Array(String)}, target) OR has({services:Array(String)}, source))';
