import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { timeUs, type ServiceKey, type TraceId } from '@fluoroscope/model';
import { StoreError, type TraceAnnotation, type TraceRow } from '@fluoroscope/store';
import { SLICES_AT_ONCE_MAX } from '../limits.ts';
import { fillQuery } from '../source-sql.ts';
import { findingsSql, type SliceReader, type Snapshot, type Source } from '../source.ts';
import { traceIdOf } from '../trace-key.ts';
import { toBigInt, toFields, toFlag, toList, toNumber, toNumberOrNull, toText, toTextOrNull } from '../values.ts';
import { readAnnotations, readAnnotationsOfHead } from './annotations.ts';
import { readServices } from './services-by-id.ts';
import { bindIds, BOUND_IDS_TYPES, printIsOneOf, printNumbers, readTraceNumbers } from './trace-numbers.ts';

export async function readRowsById(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  ids: readonly TraceId[],
): Promise<readonly TraceRow[]> {
  const rows: TraceRow[] = [];
  const missing = new Set(ids);
  // The row in the newest source stands.
  for (const source of snapshot.sources.toReversed()) {
    const known = [...missing].filter((id) => source.mayKnow(id));
    if (known.length === 0) continue;
    for (const row of await readFrom(connection, snapshot.slices, { source, ids: known })) {
      missing.delete(row.traceId);
      rows.push(row);
    }
  }
  return rows;
}

async function readFrom(
  connection: DuckDBConnection,
  reader: SliceReader,
  { source, ids }: { readonly source: Source; readonly ids: readonly TraceId[] },
): Promise<readonly TraceRow[]> {
  if (source.kind === 'slice') {
    return reader.on([source], async (ofSlices) => {
      const idOf = await readTraceNumbers(ofSlices, source, ids);
      return idOf.size === 0
        ? []
        : readRowsOfSlices({ connection, first: reader, second: null }, [{ slice: source, idOf }]);
    });
  }
  const sql = fillQuery('read/row-numbers-of-head', { from: source.prefix });
  const result = await connection.runAndReadAll(sql, bindIds(ids), [...BOUND_IDS_TYPES]);
  return readRowsOfHead(
    connection,
    source,
    result.getRows().map(([no]) => toNumber(no)),
  );
}

export interface RowReader {
  /** Of the read's transaction. */
  readonly connection: DuckDBConnection;
  readonly first: SliceReader;
  /** With it annotations of slices are read at the same time. */
  readonly second: SliceReader | null;
}

/** The rows of these numbers, which are row ids in a head and trace numbers in a slice, by the ids of their traces. */
export async function readRowsAt(
  reader: RowReader,
  bySource: ReadonlyMap<Source, ReadonlyMap<number, TraceId>>,
): Promise<readonly TraceRow[]> {
  const rows: TraceRow[] = [];
  const slices: OfSlice[] = [];
  for (const [source, idOf] of bySource) {
    if (source.kind === 'slice') slices.push({ slice: source, idOf });
    else for (const row of await readRowsOfHead(reader.connection, source, [...idOf.keys()])) rows.push(row);
  }
  for (let from = 0; from < slices.length; from += SLICES_AT_ONCE_MAX) {
    const part = slices.slice(from, from + SLICES_AT_ONCE_MAX);
    for (const row of await readRowsOfSlices(reader, part)) rows.push(row);
  }
  return rows;
}

async function readRowsOfHead(
  connection: DuckDBConnection,
  head: Source,
  numbers: readonly number[],
): Promise<readonly TraceRow[]> {
  if (numbers.length === 0) return [];
  const sql = fillQuery('read/rows-of-head', { from: head.prefix, numbers: printNumbers(numbers) });
  const { rows, serviceOf } = await withServices(connection, await readColumns(connection, sql));
  const annotations = await readAnnotationsOfHead(connection, head, numbers);
  return rows.map((row) => rowOfHead(row, annotations.get(toNumber(row['row_no'])) ?? [], serviceOf));
}

interface OfSlice {
  readonly slice: Source;
  /** By the numbers wanted, of which there is at least one. */
  readonly idOf: ReadonlyMap<number, TraceId>;
}

async function readRowsOfSlices(
  { connection, first, second }: RowReader,
  slices: readonly OfSlice[],
): Promise<readonly TraceRow[]> {
  const selects = slices.map(({ slice, idOf }, place) => {
    const names = { place, from: slice.prefix, wanted: printIsOneOf([...idOf.keys()]), findings: findingsSql(slice) };
    return fillQuery('read/rows-of-slice', names);
  });
  const wanted = slices.map(({ slice, idOf }) => ({ slice, numbers: [...idOf.keys()] }));
  const named = slices.map(({ slice }) => slice);
  const [{ rows, serviceOf }, annotationsOfSlices] = await bothOf(
    async () => {
      const columns = await first.on(named, (ofSlices) => readColumns(ofSlices, selects.join(' UNION ALL ')));
      return withServices(connection, columns);
    },
    () => readAnnotations(second ?? first, wanted),
    second !== null,
  );
  const bySlice = slices.map((): Columns[] => []);
  for (const row of rows) bySlice[toNumber(row['source_no'])]?.push(row);
  const traces: TraceRow[] = [];
  for (const [place, { idOf }] of slices.entries()) {
    const annotationsOf = annotationsOfSlices[place];
    for (const row of bySlice[place] ?? []) {
      const number = toNumber(row['trace_no']);
      const traceId = idOf.get(number);
      if (traceId === undefined) throw new StoreError('corrupt', `trace ${number} has no id`);
      const annotations = annotationsOf?.get(number) ?? [];
      traces.push(rowOfSlice(row, { traceId, annotations, ...sharedFields(row, serviceOf) }));
    }
  }
  return traces;
}

/** Neither is left running when the other fails: its connection is given back then. */
async function bothOf<A, B>(first: () => Promise<A>, then: () => Promise<B>, atOnce: boolean): Promise<[A, B]> {
  if (!atOnce) return [await first(), await then()];
  const [a, b] = await Promise.allSettled([first(), then()]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

async function readColumns(connection: DuckDBConnection, sql: string): Promise<readonly Columns[]> {
  return (await connection.runAndReadAll(sql)).getRowObjects();
}

async function withServices(
  connection: DuckDBConnection,
  rows: readonly Columns[],
): Promise<{ readonly rows: readonly Columns[]; readonly serviceOf: (id: number) => ServiceKey }> {
  const serviceIds = new Set(rows.flatMap((row) => toList(row['services'], toNumber)));
  return { rows, serviceOf: await readServices(connection, serviceIds) };
}

type Columns = Readonly<Record<string, DuckDBValue>>;

type RowOfItsOwn =
  | 'traceId'
  | 'annotations'
  | 'startUs'
  | 'endUs'
  | 'fault'
  | 'error'
  | 'throttle'
  | 'partial'
  | 'inferred';

function sharedFields(row: Columns, serviceOf: (id: number) => ServiceKey): Omit<TraceRow, RowOfItsOwn> {
  return {
    revision: toNumber(row['revision']),
    responseTimeUs: toNumberOrNull(row['response_time_us']),
    httpMethod: toTextOrNull(row['http_method']),
    httpUrl: toTextOrNull(row['http_url']),
    httpStatus: toNumberOrNull(row['http_status']),
    userAgent: toTextOrNull(row['user_agent']),
    clientIp: toTextOrNull(row['client_ip']),
    entryPoint: toNumberOrNull(row['entry_point']),
    services: toList(row['services'], (id) => serviceOf(toNumber(id))),
    users: toList(row['users'], (user) => {
      const { name, services } = toFields(user);
      return { name: toText(name), services: toList(services, toNumber) };
    }),
    resourceArns: toList(row['resource_arns'], toText),
    instanceIds: toList(row['instance_ids'], toText),
    availabilityZones: toList(row['availability_zones'], toText),
    updatedUs: timeUs(toNumber(row['updated_us'])),
    entityCount: toNumber(row['entity_count']),
    outcomes: toList(row['outcomes'], toNumber),
    causes: causesOf(row),
  };
}

function causesOf(row: Columns): TraceRow['causes'] {
  const shape = toTextOrNull(row['cause_shape']);
  return shape === null ? null : { shape, coverages: toList(row['cause_coverages'], toNumber) };
}

function rowOfHead(
  row: Columns,
  annotations: readonly TraceAnnotation[],
  serviceOf: (id: number) => ServiceKey,
): TraceRow {
  return {
    traceId: traceIdOf(toBigInt(row['trace_hi']), toBigInt(row['trace_lo'])),
    startUs: timeUs(toNumber(row['start_us'])),
    endUs: timeUs(toNumber(row['end_us'])),
    fault: toFlag(row['fault']),
    error: toFlag(row['error']),
    throttle: toFlag(row['throttle']),
    partial: toFlag(row['partial']),
    inferred: toFlag(row['inferred']),
    annotations,
    ...sharedFields(row, serviceOf),
  };
}

type FieldsOfSlice = 'startUs' | 'endUs' | 'fault' | 'error' | 'throttle' | 'partial' | 'inferred';

/** Bits of `flags` in sql/schema/slice.sql. */
const FAULT = 1;
const ERROR = 2;
const THROTTLE = 4;
const PARTIAL = 8;
const INFERRED = 16;

function rowOfSlice(row: Columns, fields: Omit<TraceRow, FieldsOfSlice>): TraceRow {
  const startUs = toNumber(row['start_us']);
  const flags = toNumber(row['flags']);
  return {
    ...fields,
    startUs: timeUs(startUs),
    endUs: timeUs(startUs + toNumber(row['duration_us'])),
    fault: (flags & FAULT) !== 0,
    error: (flags & ERROR) !== 0,
    throttle: (flags & THROTTLE) !== 0,
    partial: (flags & PARTIAL) !== 0,
    inferred: (flags & INFERRED) !== 0,
  };
}
