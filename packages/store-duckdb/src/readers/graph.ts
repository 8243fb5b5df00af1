import { BIGINT, LIST, UBIGINT, type DuckDBConnection, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import { timeUs, type ServiceKey, type TimeUs } from '@fluoroscope/model';
import {
  StoreError,
  type EdgeSum,
  type GraphQuery,
  type GraphSums,
  type HistogramBucket,
  type NodeSum,
  type OutcomeCounts,
} from '@fluoroscope/store';
import { outcomeOfNumber, roleOfNumber } from '../fact-codes.ts';
import { readQuery } from '../sql-files.ts';
import { traceIdHi, traceIdLo } from '../trace-key.ts';
import { bindList, toBoundUs, toNumber, toText } from '../values.ts';
import { readServices } from './services-by-id.ts';

/** Kinds of rows, and the role of an edge. */
const CELL = 0;
const EXTENT = 1;
const EDGE = 0;

/** Facts of one node or edge, as they are summed up. */
interface Group {
  readonly role: number;
  readonly source: number;
  readonly target: number;
  readonly counts: Record<keyof OutcomeCounts, number>;
  totalDurationUs: number;
  readonly histogram: Map<number, number>;
  startUs: TimeUs;
  endUs: TimeUs;
  readonly aliases: string[];
}

/** Sums over one snapshot. */
export async function sumGraph(connection: DuckDBConnection, query: GraphQuery): Promise<GraphSums> {
  const { sql, values, types } = scopeOf(query);
  const result = await connection.runAndReadAll(sql + readQuery('graph-sums'), values, types);
  const groups = new Map<string, Group>();
  // Parts in their order: extents replace what the cells say of earliest and latest.
  const rows = result.getRows().sort(([a], [b]) => toNumber(a) - toNumber(b));
  for (const [part, role, source, target, ...columns] of rows) {
    const group = groupOf(groups, toNumber(role), toNumber(source), toNumber(target));
    if (part === CELL) addCell(group, columns);
    else if (part === EXTENT) setExtent(group, columns);
    else group.aliases.push(toText(columns[ALIAS]));
  }

  const standing = [...groups.values()].filter(({ counts }) => Object.values(counts).some((count) => count !== 0));
  const ids = new Set(standing.flatMap(({ source, target, role }) => (role === EDGE ? [source, target] : [target])));
  return toSums(standing, await readServices(connection, ids));
}

function groupOf(groups: Map<string, Group>, role: number, source: number, target: number): Group {
  const key = `${role},${source},${target}`;
  const known = groups.get(key);
  if (known !== undefined) return known;
  const group = createGroup(role, source, target);
  groups.set(key, group);
  return group;
}

/** Columns behind the key, as sql/queries/graph-sums.sql gives them. */
type Columns = readonly DuckDBValue[];
const ALIAS = 6;

function addCell(group: Group, [outcomeCode, bucketUs, factCount, durationUs, startUs, endUs]: Columns): void {
  const outcome = outcomeOfNumber(toNumber(outcomeCode));
  if (outcome === undefined) throw new StoreError('corrupt', 'a stored fact has an unknown outcome');
  const count = toNumber(factCount);
  group.counts[outcome] += count;
  group.startUs = timeUs(Math.min(group.startUs, toNumber(startUs)));
  group.endUs = timeUs(Math.max(group.endUs, toNumber(endUs)));
  if (outcome === 'pending') return;
  group.totalDurationUs += toNumber(durationUs);
  const bucket = toNumber(bucketUs);
  group.histogram.set(bucket, (group.histogram.get(bucket) ?? 0) + count);
}

function setExtent(group: Group, [, , , , startUs, endUs]: Columns): void {
  group.startUs = timeUs(toNumber(startUs));
  group.endUs = timeUs(toNumber(endUs));
}

interface Scope {
  readonly sql: string;
  readonly values: DuckDBValue[];
  readonly types: DuckDBType[];
}

function scopeOf({ startUs, endUs, traceIds }: GraphQuery): Scope {
  if (traceIds === null) {
    return {
      sql: readQuery('graph-scope-range'),
      values: [toBoundUs(startUs), toBoundUs(endUs)],
      types: [BIGINT, BIGINT],
    };
  }
  const ids = [...new Set(traceIds)];
  return {
    sql: readQuery('graph-scope-traces'),
    values: [bindList(ids.map(traceIdHi)), bindList(ids.map(traceIdLo))],
    types: [LIST(UBIGINT), LIST(UBIGINT)],
  };
}

function createGroup(role: number, source: number, target: number): Group {
  return {
    role,
    source,
    target,
    counts: { ok: 0, error: 0, throttle: 0, fault: 0, pending: 0 },
    totalDurationUs: 0,
    histogram: new Map(),
    startUs: timeUs(Infinity),
    endUs: timeUs(-Infinity),
    aliases: [],
  };
}

function toSums(groups: readonly Group[], serviceOf: (id: number) => ServiceKey): GraphSums {
  const nodes: NodeSum[] = [];
  const edges: EdgeSum[] = [];
  for (const { role: code, source, target, aliases, histogram, ...sums } of groups) {
    const role = roleOfNumber(code);
    if (role === undefined) throw new StoreError('corrupt', 'a stored fact has an unknown role');
    const fields = { ...sums, histogram: toHistogram(histogram) };
    if (role === 'edge') {
      edges.push({ source: serviceOf(source), target: serviceOf(target), aliases: aliases.sort(), ...fields });
    } else {
      nodes.push({ service: serviceOf(target), ...role, ...fields });
    }
  }
  return { nodes, edges };
}

function toHistogram(countByBucket: ReadonlyMap<number, number>): HistogramBucket[] {
  const buckets = [...countByBucket].map(([bucketUs, count]) => ({ bucketUs, count }));
  return buckets.filter(({ count }) => count !== 0).sort((a, b) => a.bucketUs - b.bucketUs);
}
