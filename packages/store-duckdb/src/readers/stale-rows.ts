import { fillQuery } from '../source-sql.ts';
import type { Snapshot, Source } from '../source.ts';

export interface StaleRows {
  /** Of the source's traces: what tells one from another. */
  readonly column: 'rowid' | 'trace_no';
  /** Selects that column of the rows that newer sources have replaced. */
  readonly sql: string;
}

/** Null when no row of this source can be stale, since it is the newest. */
export function staleRows({ kind, prefix, orderNo }: Source, { sources }: Snapshot): StaleRows | null {
  if (sources.every((other) => other.orderNo <= orderNo)) return null;
  const column = kind === 'head' ? 'rowid' : 'trace_no';
  return { column, sql: fillQuery(`read/stale-in-${kind}`, { from: prefix, order: orderNo }) };
}
