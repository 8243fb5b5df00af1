import type { DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TimeUs, type TraceId } from '@fluoroscope/model';
import type { StoreBatch, TraceRow } from '@fluoroscope/store';
import type { Engine } from './engine.ts';
import type { Extent, Source } from './source.ts';
import { createBloomFilter, hashId, type IdHash } from './slices/bloom.ts';
import { readSchema } from './sql-files.ts';

/** What was written since the newest slice: tables in memory that end with the process. */
export interface Head extends Source {
  readonly kind: 'head';
  /** Of its schema in the engine's memory. */
  readonly schema: string;
  /** As `mayKnow`, by hash: mostly false of what is not here, without a look at an id. */
  mayHold(hash: IdHash): boolean;
  /** A row, not only documents or facts. */
  hasRow(id: TraceId): boolean;
  /** Anything committed, if only a sequence. */
  readonly isWritten: boolean;
  /** Of its first document; null without any. */
  readonly firstReceivedUs: TimeUs | null;
  /** About what it takes in memory. */
  readonly sizeBytes: number;
  /** How far each origin was when this head was last written to, all heads and slices before it included. */
  readonly progress: ReadonlyMap<string, number>;
  /** After a batch was committed, without its rows. */
  note(batch: StoreBatch, progress: ReadonlyMap<string, number>): void;
  /** After these were. */
  noteRows(rows: readonly WrittenRow[]): void;
}

/** What a head remembers of a row. */
export interface WrittenRow extends Spanned {
  readonly traceId: TraceId;
  readonly annotationCount: number;
}

type Spanned = Pick<TraceRow, 'startUs' | 'endUs'>;

// A rough weight for rows, in bytes, beside the text of documents; it only has to be of the right order.
const DOCUMENT_BYTES = 64;
const ROW_BYTES = 512;
const FACT_BYTES = 80;
/** Of a row: two numbers. */
const ANNOTATION_BYTES = 8;

/** Of a full head, about: with more of them the filter lets more through, to the sets behind it. */
const FILTERED_IDS = 2 ** 16;

export async function createHead(engine: Engine, orderNo: number): Promise<Head> {
  const schema = `head_${orderNo}`;
  const connection = await engine.connect();
  try {
    await connection.run(`CREATE SCHEMA ${schema}; USE memory.${schema}`);
    await connection.run(readSchema('head'));
  } finally {
    engine.disconnect(connection);
  }
  return headOf(schema, orderNo);
}

export async function dropHead(connection: DuckDBConnection, { schema }: Head): Promise<void> {
  await connection.run(`DROP SCHEMA memory.${schema} CASCADE`);
}

function headOf(schema: string, orderNo: number): Head {
  const filter = createBloomFilter(FILTERED_IDS);
  const rowIds = new Set<TraceId>();
  // Of documents and facts whose row is not here yet.
  const otherIds = new Set<TraceId>();
  let extent: Extent | null = null;
  let isWritten = false;
  let sizeBytes = 0;
  let firstReceivedUs: TimeUs | null = null;
  let progress: ReadonlyMap<string, number> = new Map();

  /** Those of one trace mostly come one after another. */
  function noteOthers(items: readonly { readonly traceId: TraceId }[]): void {
    let before: TraceId | null = null;
    for (const { traceId } of items) {
      if (traceId === before) continue;
      before = traceId;
      if (rowIds.has(traceId) || otherIds.has(traceId)) continue;
      filter.add(hashId(traceId));
      otherIds.add(traceId);
    }
  }

  return {
    kind: 'head',
    hasFindings: true,
    schema,
    prefix: `memory.${schema}`,
    orderNo,
    get extent() {
      return extent;
    },
    get isWritten() {
      return isWritten;
    },
    get firstReceivedUs() {
      return firstReceivedUs;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    get progress() {
      return progress;
    },
    mayKnow: (id) => rowIds.has(id) || otherIds.has(id),
    mayHold: (hash) => filter.mayHold(hash),
    hasRow: (id) => rowIds.has(id),
    note(batch, after) {
      isWritten = true;
      progress = after;
      firstReceivedUs ??= batch.documents[0]?.receivedUs ?? null;
      noteOthers(batch.documents);
      noteOthers(batch.facts);
      noteOthers(batch.traces);
      for (const { text } of batch.documents) sizeBytes += text.length + DOCUMENT_BYTES;
      sizeBytes += batch.facts.length * FACT_BYTES;
      extent = widen(extent, batch.facts);
    },
    noteRows(rows) {
      for (const { traceId, annotationCount } of rows) {
        otherIds.delete(traceId);
        filter.add(hashId(traceId));
        rowIds.add(traceId);
        sizeBytes += annotationCount * ANNOTATION_BYTES;
      }
      sizeBytes += rows.length * ROW_BYTES;
      extent = widen(extent, rows);
    },
  };
}

function widen(extent: Extent | null, spans: readonly Spanned[]): Extent | null {
  const [first] = spans;
  if (first === undefined) return extent;
  let { firstStartUs, lastStartUs, firstEndUs, lastEndUs } = extent ?? extentOf(first);
  for (const { startUs, endUs } of spans) {
    firstStartUs = timeUs(Math.min(firstStartUs, startUs));
    lastStartUs = timeUs(Math.max(lastStartUs, startUs));
    firstEndUs = timeUs(Math.min(firstEndUs, endUs));
    lastEndUs = timeUs(Math.max(lastEndUs, endUs));
  }
  return { firstStartUs, lastStartUs, firstEndUs, lastEndUs };
}

function extentOf({ startUs, endUs }: Spanned): Extent {
  return { firstStartUs: startUs, lastStartUs: startUs, firstEndUs: endUs, lastEndUs: endUs };
}
