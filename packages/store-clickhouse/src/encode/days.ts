import type { GraphFact, StoreBatch, StoredDocument, TraceRow } from '@fluoroscope/store';

const DAY_US = 86_400_000_000;
const MINUTE_US = 60_000_000;
/** What a Date holds: 2149-06-06. */
const DAY_MAX = 65_535;

/** The partition of what arrived then: days since 1970. */
export function dayOf(us: number): number {
  return Math.min(Math.max(Math.floor(us / DAY_US), 0), DAY_MAX);
}

export function dayStartUs(day: number): number {
  return day * DAY_US;
}

export function minuteOf(us: number): number {
  return Math.floor(us / MINUTE_US);
}

/** Of one insert. */
export interface DayRows<Row> {
  readonly day: number;
  readonly rows: readonly Row[];
}

export function documentsByDay({ documents }: StoreBatch): readonly DayRows<StoredDocument & { place: number }>[] {
  return byDay(
    documents.map(({ traceId, receivedUs, text }, place) => ({ traceId, receivedUs, text, place })),
    ({ receivedUs }) => dayOf(receivedUs),
  );
}

export function tracesByDay(rows: readonly TraceRow[]): readonly DayRows<TraceRow>[] {
  return byDay(rows, ({ updatedUs }) => dayOf(updatedUs));
}

/**
 * A fact arrived with the newest document of its trace. It goes with the day of its end, should that be later: a day
 * that is dropped takes no fact along that graphs still sum.
 */
export function factsByDay({ facts }: StoreBatch, rows: readonly TraceRow[]): readonly DayRows<GraphFact>[] {
  const arrivals = new Map(rows.map(({ traceId, updatedUs }) => [traceId, updatedUs]));
  return byDay(facts, ({ traceId, endUs }) => dayOf(Math.max(arrivals.get(traceId) ?? endUs, endUs)));
}

/** Days ascending: the same rows always make the same inserts. */
function byDay<Row>(rows: readonly Row[], dayOfRow: (row: Row) => number): readonly DayRows<Row>[] {
  const days = new Map<number, Row[]>();
  for (const row of rows) {
    const day = dayOfRow(row);
    const others = days.get(day);
    if (others === undefined) days.set(day, [row]);
    else others.push(row);
  }
  return [...days].map(([day, some]) => ({ day, rows: some })).sort((a, b) => a.day - b.day);
}
