import type { TraceId } from '@fluoroscope/model';
import type { Connection } from './connection.ts';
import { FILTER_IDS_MAX, RECENT_ROWS_MAX } from './limits.ts';
import { toNumber } from './readers/values.ts';
import { readQuery } from './sql-files.ts';
import { createTraceFilter } from './trace-filter.ts';

/** What this process knows about stored trace rows without asking. */
export interface KnownTraces {
  /** False only if no row of this trace is stored, as far as was loaded. */
  mayKnow(id: TraceId): boolean;
  /** The minute in which its row stands; undefined when the server must be asked. */
  startMinuteOf(id: TraceId): number | undefined;
  /** Written by this process. */
  add(id: TraceId, startMinute: number): void;
  /** Of every origin, for an opened store. */
  loadAll(): Promise<void>;
  /** What another process wrote of an origin, behind a sequence. */
  loadSince(origin: string, sequence: number): Promise<void>;
}

export function createKnownTraces(connection: Connection): KnownTraces {
  const filter = createTraceFilter();
  // Two generations: when the newer is full the older is dropped whole. Deleting one by one leaves holes in a
  // Map that each look for its oldest entry would walk over.
  let newer = new Map<TraceId, number>();
  let older = new Map<TraceId, number>();
  /** There are more than are loaded: then any trace may be stored. */
  let isPartial = true;

  async function load(sql: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [high, low] of await connection.query(sql, values)) filter.addWords(toNumber(high), toNumber(low));
  }

  return {
    mayKnow: (id) => isPartial || filter.mayHave(id),
    startMinuteOf: (id) => newer.get(id) ?? older.get(id),
    add(id, startMinute) {
      filter.add(id);
      newer.set(id, startMinute);
      if (newer.size < RECENT_ROWS_MAX / 2) return;
      older = newer;
      newer = new Map();
    },
    async loadAll() {
      const [row] = await connection.query(readQuery('count-trace-rows'));
      if (toNumber(row?.[0]) > FILTER_IDS_MAX) return;
      await load(readQuery('trace-words'), {});
      isPartial = false;
    },
    async loadSince(origin, sequence) {
      // What stood at a place may stand at another now.
      newer.clear();
      older.clear();
      if (!isPartial) await load(readQuery('trace-words-since'), { origin, sequence });
    },
  };
}
