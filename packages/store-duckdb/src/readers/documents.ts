import type { DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TraceId } from '@fluoroscope/model';
import { StoreError, type StoredDocument } from '@fluoroscope/store';
import { fillQuery } from '../source-sql.ts';
import type { Snapshot, Source } from '../source.ts';
import { traceIdOf } from '../trace-key.ts';
import { SOUGHT_TRACES_MAX } from '../limits.ts';
import { toBigInt, toNumber, toText } from '../values.ts';
import { bindIds, BOUND_IDS_TYPES, printNumbers, readTraceNumbers } from './trace-numbers.ts';

/** Of distinct ids; grouped in their order. */
export async function readDocumentsById(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  ids: readonly TraceId[],
): Promise<readonly StoredDocument[]> {
  const byTrace = new Map<TraceId, StoredDocument[]>(ids.map((id) => [id, []]));
  // Oldest source first: the order of writing.
  for (const source of snapshot.sources) {
    const known = ids.filter((id) => source.mayKnow(id));
    if (known.length === 0) continue;
    const documents =
      source.kind === 'head'
        ? await readFromHead(connection, source, known)
        : await snapshot.slices.on([source], (ofSlices) => readFromSlice(ofSlices, source, known));
    for (const document of documents) byTrace.get(document.traceId)?.push(document);
  }
  return [...byTrace.values()].flat();
}

async function readFromHead(
  connection: DuckDBConnection,
  { prefix }: Source,
  ids: readonly TraceId[],
): Promise<readonly StoredDocument[]> {
  const sql = fillQuery('read/documents-of-head', { from: prefix });
  const result = await connection.runAndReadAll(sql, bindIds(ids), [...BOUND_IDS_TYPES]);
  return result.getRows().map(([hi, lo, receivedUs, text]) => ({
    traceId: traceIdOf(toBigInt(hi), toBigInt(lo)),
    receivedUs: timeUs(toNumber(receivedUs)),
    text: toText(text),
  }));
}

async function readFromSlice(
  connection: DuckDBConnection,
  source: Source,
  ids: readonly TraceId[],
): Promise<readonly StoredDocument[]> {
  const idOf = await readTraceNumbers(connection, source, ids);
  if (idOf.size === 0) return [];
  const result = await connection.runAndReadAll(compileRead(source, [...idOf.keys()]));
  // In the order of writing. Sorted here: a sort of the engine is a stage of its own, as dear as reading a trace.
  const rows = result.getRows().sort(([a], [b]) => toNumber(a) - toNumber(b));
  return rows.map(([_place, no, receivedUs, text]) => {
    const traceId = idOf.get(toNumber(no));
    if (traceId === undefined) throw new StoreError('corrupt', 'a document of no trace');
    return { traceId, receivedUs: timeUs(toNumber(receivedUs)), text: toText(text) };
  });
}

/** Few are looked for one by one: a vector of text costs a millisecond. For many, reading all of the slice is less. */
function compileRead({ prefix: from }: Source, numbers: readonly number[]): string {
  if (numbers.length > SOUGHT_TRACES_MAX) {
    return fillQuery('read/documents-of-slice', { from, numbers: printNumbers(numbers) });
  }
  const parts = numbers.map((number) => fillQuery('read/documents-of-trace', { from, number: printNumbers([number]) }));
  return parts.join(' UNION ALL ');
}
