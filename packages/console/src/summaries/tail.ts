import { SUMMARIES_ASKED_MAX } from '@fluoroscope/api';
import type { SummaryRow } from './row.ts';

/** Rows that stay; older ones go at the end. */
export const TAIL_ROWS_MAX = 2_000;
/** Rows that wait while somebody reads; the oldest of them are passed over. */
export const TAIL_WAITING_MAX = 500;

/** Traces as they arrive, the newest first. */
export interface Tail {
  readonly rows: readonly SummaryRow[];
  /** Arrived while the rows were held, the newest first. */
  readonly waiting: readonly SummaryRow[];
  /** Never shown: too many came at once. */
  readonly passedCount: number;
  /** And an unknown number more. */
  readonly hasMore: boolean;
}

export const NO_TAIL: Tail = { rows: [], waiting: [], passedCount: 0, hasMore: false };

export interface Arrival {
  /** The newest first. */
  readonly rows: readonly SummaryRow[];
  readonly passedCount: number;
  readonly hasMore: boolean;
}

/** What is known changes where it stands; what is new comes on top, or waits while rows are held. */
export function arrive(tail: Tail, arrival: Arrival, held: boolean): Tail {
  const newer = new Map(arrival.rows.map((row) => [row.id, row]));
  const rows = tail.rows.map((row) => take(newer, row));
  const known = tail.waiting.map((row) => take(newer, row));
  const waiting = [...newer.values(), ...known];
  const passed = {
    passedCount: tail.passedCount + arrival.passedCount + Math.max(0, held ? waiting.length - TAIL_WAITING_MAX : 0),
    hasMore: tail.hasMore || arrival.hasMore,
  };
  return held
    ? { ...passed, rows, waiting: waiting.slice(0, TAIL_WAITING_MAX) }
    : { ...passed, rows: [...waiting, ...rows].slice(0, TAIL_ROWS_MAX), waiting: [] };
}

/** What waited comes on top. */
export function release(tail: Tail): Tail {
  if (tail.waiting.length === 0) return tail;
  return { ...tail, rows: [...tail.waiting, ...tail.rows].slice(0, TAIL_ROWS_MAX), waiting: [] };
}

/** What a list knows that was read after a break: only what is not there yet counts as arrived. */
export function catchUp(tail: Tail, listed: readonly SummaryRow[], held: boolean): Tail {
  return arrive(tail, { rows: listed, passedCount: 0, hasMore: false }, held);
}

/** What was asked for of rows that came without their causes. Whatever is not there any more is left out. */
export function complete(tail: Tail, asked: readonly SummaryRow[]): Tail {
  const newer = new Map(asked.map((row) => [row.id, row]));
  return {
    ...tail,
    rows: tail.rows.map((row) => take(newer, row)),
    waiting: tail.waiting.map((row) => take(newer, row)),
  };
}

/** Rows whose causes are to be asked for; each revision once, however it is answered. */
export function lackingCauses(shown: readonly SummaryRow[], asked: ReadonlySet<string>): readonly SummaryRow[] {
  return shown.filter((row) => !row.hasCauses && !asked.has(askKey(row))).slice(0, SUMMARIES_ASKED_MAX);
}

export function askKey({ id, revision }: SummaryRow): string {
  return `${id} ${revision}`;
}

function take(newer: Map<string, SummaryRow>, row: SummaryRow): SummaryRow {
  const found = newer.get(row.id);
  if (found === undefined) return row;
  newer.delete(row.id);
  if (found.revision < row.revision) return row;
  if (found.hasCauses) return found;
  if (found.revision === row.revision) return row;
  // Those known until now stay in sight while newer ones are asked for.
  const { faultCause, errorCause, slowCause } = row;
  return { ...found, faultCause, errorCause, slowCause };
}
