import { BIGINT, INTEGER, LIST, type DuckDBConnection } from '@duckdb/node-api';
import { bucketNumber, type TraceId } from '@fluoroscope/model';
import { createParameters } from '../compile-condition.ts';
import { fillQuery } from '../source-sql.ts';
import type { Source } from '../source.ts';
import { bindList, toBoundUs } from '../values.ts';
import { scanColumns, type Chunk } from './columns.ts';
import { at, compileRange, type GraphScope } from './graph-scope.ts';
import { addBucket, addPiece, type GraphTotals } from './graph-totals.ts';
import { bindIds, BOUND_IDS_TYPES } from './trace-numbers.ts';

export async function addHeads(
  connection: DuckDBConnection,
  heads: readonly Source[],
  { plan, serviceIds, periodOf, startUs, periodUs }: GraphScope,
): Promise<void> {
  for (const { prefix } of heads) {
    const parameters = createParameters();
    const ids = serviceIds === null ? null : parameters.add(bindList(serviceIds), LIST(INTEGER));
    const wanted = ids === null ? 'true' : `(list_contains(${ids}, source) OR list_contains(${ids}, target))`;
    const scope = compileRange(plan.whole, parameters);
    const period =
      periodUs === null
        ? '0'
        : `(end_us - ${parameters.add(toBoundUs(startUs), BIGINT)}) // ${parameters.add(toBoundUs(periodUs), BIGINT)}`;
    const sql = fillQuery('read/graph-cells-of-head', { from: prefix, scope, wanted, period });
    const { values, types } = parameters;
    await scanColumns(connection, { sql, values, types }, (chunk) => addCells(chunk, periodOf));
  }
}

export async function addTracesOfHead(
  connection: DuckDBConnection,
  { prefix }: Source,
  ids: readonly TraceId[],
  totals: GraphTotals,
): Promise<void> {
  const scope = '(trace_hi, trace_lo) IN (SELECT (unnest($1), unnest($2)))';
  const sql = fillQuery('read/graph-cells-of-head', { from: prefix, scope, wanted: 'true', period: '0' });
  const statement = { sql, values: bindIds(ids), types: BOUND_IDS_TYPES };
  await scanColumns(connection, statement, (chunk) => addCells(chunk, () => totals));
}

function addCells(chunk: Chunk, periodOf: (period: number) => GraphTotals): void {
  const [roles, sources, targets, outcomes] = [chunk.uint8(0), chunk.int32(1), chunk.int32(2), chunk.uint8(4)];
  const [buckets, periods, factCounts] = [chunk.float64(5), chunk.int32(6), chunk.int32(7)];
  const [durations, starts, ends] = [chunk.float64(8), chunk.float64(9), chunk.float64(10)];
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const alias = chunk.text(3, row);
    const [role, source, target] = [at(roles, row), at(sources, row), at(targets, row)];
    const group = periodOf(at(periods, row)).groupOf({ role, source, target, alias });
    const [outcome, factCount] = [at(outcomes, row), at(factCounts, row)];
    const piece = { factCount, durationUs: at(durations, row), startUs: at(starts, row), endUs: at(ends, row) };
    addPiece(group, alias, { outcome, ...piece });
    addBucket(group, outcome, bucketNumber(at(buckets, row)), factCount);
  }
}
