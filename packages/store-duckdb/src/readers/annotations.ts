import { VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import type { AnnotationValue } from '@fluoroscope/model';
import { compareAnnotations, StoreError, type TraceAnnotation } from '@fluoroscope/store';
import { ANNOTATION_SERVICES_CACHE_BYTES_MAX, ANNOTATION_SERVICES_HELD_MAX } from '../limits.ts';
import { fillQuery } from '../source-sql.ts';
import type { SliceReader, Source } from '../source.ts';
import { readDictionary, type AnnotationPair } from './annotation-dictionary.ts';
import { scanColumns, type Chunk, type Lists } from './columns.ts';
import { createSliceCache } from './slice-cache.ts';
import { printNumbers } from './trace-numbers.ts';

export interface TracesOfSlice {
  readonly slice: Source;
  /** At least one. */
  readonly numbers: readonly number[];
}

/** Of these traces of each slice, in the contract's order; as many answers as slices. */
export async function readAnnotations(
  reader: SliceReader,
  wanted: readonly TracesOfSlice[],
): Promise<readonly ReadonlyMap<number, readonly TraceAnnotation[]>[]> {
  const answers: ReadonlyMap<number, readonly TraceAnnotation[]>[] = [];
  const slices = wanted.map(({ slice }) => slice);
  const postings = await reader.on(slices, (connection) => readPostings(connection, wanted));
  for (const [place, { slice, numbers }] of wanted.entries()) {
    answers.push(await annotationsOf(reader, slice, { numbers, postings: postings[place] ?? [] }));
  }
  return answers;
}

async function annotationsOf(
  reader: SliceReader,
  slice: Source,
  { numbers, postings }: { readonly numbers: readonly number[]; readonly postings: readonly Posting[] },
): Promise<ReadonlyMap<number, readonly TraceAnnotation[]>> {
  const byTrace = new Map<number, TraceAnnotation[]>(numbers.map((number) => [number, []]));
  if (postings.length > 0) {
    const pairOf = await lookUpPairs(reader, slice, postings);
    const servicesOf = await readServiceLists(reader, slice, new Set(postings.map(({ setNo }) => setNo)));
    for (const { traceNo, annotationId, setNo } of postings) {
      const { key, value } = known(pairOf(annotationId), 'annotation', annotationId);
      const services = known(servicesOf.get(setNo), 'list of services', setNo);
      byTrace.get(traceNo)?.push({ key, value, services });
    }
  }
  for (const annotations of byTrace.values()) annotations.sort(compareAnnotations);
  return byTrace;
}

/** Of these rows of a head, in the contract's order. On the connection that read the rows: a head goes on growing. */
export async function readAnnotationsOfHead(
  connection: DuckDBConnection,
  { prefix }: Source,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, readonly TraceAnnotation[]>> {
  const byRow = new Map(numbers.map((number): [number, TraceAnnotation[]] => [number, []]));
  const sql = fillQuery('read/annotations-of-head', { from: prefix, numbers: printNumbers(numbers) });
  await scanColumns(connection, { sql, values: [], types: [] }, (chunk) => {
    const [rowNos, services] = [chunk.float64(0), chunk.int32Lists(5)];
    const pairAt = pairsIn(chunk, 1);
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const { key, value } = pairAt(row);
      byRow.get(rowNos[row] ?? -1)?.push({ key, value, services: listAt(services, row) });
    }
  });
  for (const annotations of byRow.values()) annotations.sort(compareAnnotations);
  return byRow;
}

interface Posting {
  readonly traceNo: number;
  readonly annotationId: number;
  readonly setNo: number;
}

/** One statement for all slices: each costs a plan, and a turn of the threads. */
async function readPostings(
  connection: DuckDBConnection,
  wanted: readonly TracesOfSlice[],
): Promise<readonly (readonly Posting[])[]> {
  const bySlice = wanted.map((): Posting[] => []);
  const selects = wanted.map(({ slice, numbers }, place) =>
    fillQuery('read/postings-of-slice', { place, from: slice.prefix, numbers: printNumbers(numbers) }),
  );
  await scanColumns(connection, { sql: selects.join(' UNION ALL '), values: [], types: [] }, (chunk) => {
    const [places, traceNos] = [chunk.int32(0), chunk.int32(1)];
    const [annotationIds, setNos] = [chunk.int32(2), chunk.int32(3)];
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const posting = { traceNo: traceNos[row] ?? 0, annotationId: annotationIds[row] ?? 0, setNo: setNos[row] ?? 0 };
      bySlice[places[row] ?? 0]?.push(posting);
    }
  });
  // The dictionary is sorted, but by the bytes of its texts: what is in its order already is sorted again in no time.
  for (const postings of bySlice) postings.sort((a, b) => a.annotationId - b.annotationId);
  return bySlice;
}

async function lookUpPairs(
  reader: SliceReader,
  slice: Source,
  postings: readonly Posting[],
): Promise<(annotationId: number) => AnnotationPair | null> {
  const dictionary = await readDictionary(reader, slice);
  if (dictionary !== null) return (annotationId) => dictionary.pairAt(annotationId);
  // An entry is read once, whatever number of traces has it.
  const ids = new Set(postings.map(({ annotationId }) => annotationId));
  const pairs = await reader.on([slice], (connection) => readPairs(connection, slice, ids));
  return (annotationId) => pairs.get(annotationId) ?? null;
}

/** Of a value. */
const NUMBER = 1;
const FLAG = 2;

/** The pair of each row: key, text, number and kind are columns one after another. */
function pairsIn(chunk: Chunk, first: number): (row: number) => AnnotationPair {
  const [numbers, kinds] = [chunk.float64(first + 2), chunk.uint8(first + 3)];
  return (row) => {
    const number = numbers[row] ?? 0;
    const kind = kinds[row];
    const value: AnnotationValue =
      kind === NUMBER ? number : kind === FLAG ? number !== 0 : (chunk.text(first + 1, row) ?? '');
    return { key: chunk.text(first, row) ?? '', value };
  };
}

async function readPairs(
  connection: DuckDBConnection,
  { prefix }: Source,
  ids: ReadonlySet<number>,
): Promise<ReadonlyMap<number, AnnotationPair>> {
  const pairs = new Map<number, AnnotationPair>();
  const sql = fillQuery('read/annotation-values-of-slice', { from: prefix });
  await scanColumns(connection, { sql, values: [[...ids].join(',')], types: [VARCHAR] }, (chunk) => {
    const annotationIds = chunk.int32(0);
    const pairAt = pairsIn(chunk, 1);
    for (let row = 0; row < chunk.rowCount; row += 1) pairs.set(annotationIds[row] ?? 0, pairAt(row));
  });
  return pairs;
}

/** Null for a slice that has too many to be held. */
const serviceLists = createSliceCache<ReadonlyMap<number, readonly number[]> | null>(
  ANNOTATION_SERVICES_CACHE_BYTES_MAX,
);

// About what a list takes, and each item of it, in bytes.
const LIST_BYTES = 128;
const ITEM_BYTES = 8;

function sizeOf(lists: ReadonlyMap<number, readonly number[]>): number {
  return [...lists.values()].reduce((sum, { length }) => sum + LIST_BYTES + length * ITEM_BYTES, LIST_BYTES);
}

async function readServiceLists(
  reader: SliceReader,
  slice: Source,
  setNos: ReadonlySet<number>,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const held = serviceLists.get(slice, '');
  if (held !== undefined && held !== null) return held;
  if (held === undefined) {
    const limit = ANNOTATION_SERVICES_HELD_MAX + 1;
    const sql = fillQuery('read/annotation-services-all', { from: slice.prefix, limit });
    const all = await reader.on([slice], (connection) => scanLists(connection, sql));
    const areAll = all.size < limit;
    serviceLists.set(slice, '', areAll ? all : null, areAll ? sizeOf(all) : LIST_BYTES);
    if (areAll) return all;
  }
  const numbers = printNumbers(setNos);
  const sql = fillQuery('read/annotation-services-of-slice', { from: slice.prefix, numbers });
  return reader.on([slice], (connection) => scanLists(connection, sql));
}

async function scanLists(connection: DuckDBConnection, sql: string): Promise<ReadonlyMap<number, readonly number[]>> {
  const lists = new Map<number, readonly number[]>();
  await scanColumns(connection, { sql, values: [], types: [] }, (chunk) => {
    const [numbers, services] = [chunk.int32(0), chunk.int32Lists(1)];
    for (let row = 0; row < chunk.rowCount; row += 1) lists.set(numbers[row] ?? 0, listAt(services, row));
  });
  return lists;
}

function listAt(lists: Lists, row: number): readonly number[] {
  const first = lists.start(row);
  return Array.from(lists.items.subarray(first, first + lists.length(row)));
}

function known<Value>(value: Value | null | undefined, what: string, number: number): Value {
  if (value === null || value === undefined) throw new StoreError('corrupt', `no ${what} has the number ${number}`);
  return value;
}
