import type { TraceCursor, TraceQuery, TraceRow } from './trace-store.ts';

/** The answer's order: newest start first, ties by trace id descending. Equal-length lower-case ids compare as text. */
export function compareTraces(a: TraceCursor, b: TraceCursor): number {
  if (a.startUs !== b.startUs) return b.startUs - a.startUs;
  if (a.traceId === b.traceId) return 0;
  return a.traceId < b.traceId ? 1 : -1;
}

export function isInRange(row: TraceRow, { startUs, endUs, rangeOf }: TraceQuery): boolean {
  switch (rangeOf) {
    case 'start':
      return row.startUs >= startUs && row.startUs < endUs;
    case 'active':
      return row.startUs < endUs && row.endUs >= startUs;
    case 'end':
      return row.endUs >= startUs && row.endUs < endUs;
  }
  throw new TypeError(`not a range: ${String(rangeOf satisfies never)}`);
}
