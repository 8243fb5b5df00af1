import type { DuckDBConnection } from '@duckdb/node-api';
import { fillQuery } from '../source-sql.ts';
import type { Snapshot, Source } from '../source.ts';
import { toNumber } from '../values.ts';
import { askLeavingOut, readStaleRows } from './stale-rows.ts';

export interface StoredCounts {
  /** Rows that stand. */
  readonly traceCount: number;
  readonly documentCount: number;
}

/** Null when `askedMax` slices had to be asked, and others are left: a new read goes on from there, since what was counted is held. */
export async function countAll(
  connection: DuckDBConnection,
  snapshot: Snapshot,
  askedMax: number,
): Promise<StoredCounts | null> {
  let traceCount = 0;
  let documentCount = 0;
  const asked = new Set<Source>();
  const watched = watch(snapshot, asked);
  for (const source of snapshot.sources) {
    if (asked.size >= askedMax) return null;
    const counts = await countSource(connection, watched, source);
    traceCount += counts.traceCount - (await countStale(connection, watched, source));
    documentCount += counts.documentCount;
  }
  return { traceCount, documentCount };
}

/** Notes which slices had to be attached. */
function watch(snapshot: Snapshot, asked: Set<Source>): Snapshot {
  const note = (sources: readonly Source[]): void => {
    for (const source of sources) if (source.kind === 'slice') asked.add(source);
  };
  return {
    ...snapshot,
    slices: {
      on(slices, run) {
        note(slices);
        return snapshot.slices.on(slices, run);
      },
    },
    hold(sources) {
      note(sources);
      return snapshot.hold(sources);
    },
  };
}

/** Its rows, stale ones too. */
async function countSource(connection: DuckDBConnection, snapshot: Snapshot, source: Source): Promise<StoredCounts> {
  const { traceCount, documentCount, prefix } = source;
  if (traceCount !== undefined && documentCount !== undefined) return { traceCount, documentCount };
  const ask = { sources: [source], stale: [] };
  const result = await askLeavingOut(connection, snapshot, ask, (own) =>
    own.runAndReadAll(fillQuery('read/counts', { from: prefix })),
  );
  const [rows, documents] = result.getRows()[0] ?? [];
  return { traceCount: toNumber(rows), documentCount: toNumber(documents) };
}

interface Counted {
  readonly version: string | null;
  readonly staleCount: number;
}

const lastCounts = new WeakMap<Source, Counted>();

async function countStale(connection: DuckDBConnection, snapshot: Snapshot, source: Source): Promise<number> {
  const stale = await readStaleRows(connection, source, snapshot);
  if (stale === null) return 0;
  const version = stale.version();
  const last = lastCounts.get(source);
  if (last !== undefined && version !== null && last.version === version) return last.staleCount;
  const sql = fillQuery('read/count-in', { from: source.prefix, where: `${stale.column} IN (${stale.sql})` });
  const ask = { sources: [source], stale: [stale] };
  const result = await askLeavingOut(connection, snapshot, ask, (own) => own.runAndReadAll(sql));
  const staleCount = toNumber(result.getRows()[0]?.[0]);
  lastCounts.set(source, { version, staleCount });
  return staleCount;
}
