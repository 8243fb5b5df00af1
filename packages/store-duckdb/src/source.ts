import type { DuckDBConnection } from '@duckdb/node-api';
import type { TimeUs, TraceId } from '@fluoroscope/model';
import type { IdHash } from './slices/bloom.ts';

/**
 * One set of tables that answers come from: a head in memory or a slice on disk. Sources are ordered by when they were
 * written; a trace may have documents and facts in several, and its row in the newest of them stands.
 */
export interface Source {
  readonly kind: 'head' | 'slice';
  /** What table names begin with, such as `memory.head_7` or `slice_1_8.main`: made by us, safe as SQL text. */
  readonly prefix: string;
  /** Rows of a trace in sources with a lower number are stale, once `superseded` says so. */
  readonly orderNo: number;
  /** Of trace rows and facts; null when there are none. A head's extent is that of its committed batches. */
  readonly extent: Extent | null;
  /** Rows of `traces` and of `documents`; not given where they are not known. */
  readonly traceCount?: number;
  readonly documentCount?: number;
  /** Of graph facts; undefined of a head. */
  readonly factCount?: number;
  /** Its rows have outcomes and causes: not those of slices that version 0.1 wrote. */
  readonly hasFindings: boolean;
  /** False only if nothing of this trace is here. */
  mayKnow(id: TraceId): boolean;
  /** The same of an id that was hashed before; where there are many ids and sources. */
  mayHold?(hash: IdHash): boolean;
}

/** Columns of a slice's `traces`, or what stands for them. */
export function findingsSql({ hasFindings }: Pick<Source, 'hasFindings'>): string {
  return hasFindings
    ? 'outcomes, cause_shape, cause_coverages'
    : '[]::INTEGER[] AS outcomes, NULL::VARCHAR AS cause_shape, []::INTEGER[] AS cause_coverages';
}

/** Bounds, all inclusive; they may be wider than what is there. */
export interface Extent {
  readonly firstStartUs: TimeUs;
  readonly lastStartUs: TimeUs;
  readonly firstEndUs: TimeUs;
  readonly lastEndUs: TimeUs;
}

/**
 * Where slices are asked, of which not all are attached at a time. They never change, so none of this needs to see what the read's
 * transaction sees, and is outside of it: the engine keeps what a transaction has used until it ends.
 */
export interface SliceReader {
  /** Gives `run` a connection on which these slices are attached as long as it takes. */
  on<Answer>(slices: readonly Source[], run: (connection: DuckDBConnection) => Promise<Answer>): Promise<Answer>;
}

/** What one read sees, oldest first. Sources stay readable until the snapshot is released. */
export interface Snapshot extends Disposable {
  readonly sources: readonly Source[];
  readonly retainedFromUs: TimeUs | null;
  readonly slices: SliceReader;
  /** For statements of the transaction that name slices too: these stay attached until the snapshot is released. */
  hold(sources: readonly Source[]): Promise<void>;
}

/** What a read has for itself. */
export interface ReadLane {
  /** Of its transaction. */
  readonly connection: DuckDBConnection;
  readonly slices: SliceReader;
}

/**
 * Begins a read-only transaction on the lane's connection that sees exactly these sources with all that was committed to
 * them, and `memory.main` as it fits them. Release the snapshot after the transaction has ended.
 */
export type BeginRead = (lane: ReadLane) => Promise<Snapshot>;
