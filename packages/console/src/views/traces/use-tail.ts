import { useRef, useState } from 'react';
import { readSummariesOf } from '../../http/analysis.ts';
import { readTraceSummaries } from '../../http/operations.ts';
import { type LiveState, useLive } from '../../http/use-live.ts';
import { liveRow, type SummaryRow, summaryRow } from '../../summaries/row.ts';
import { arrive, askKey, catchUp, complete, lackingCauses, NO_TAIL, release, type Tail } from '../../summaries/tail.ts';
import type { TracesPlace } from '../../url/place.ts';
import { printRange, windowOf } from '../../url/range.ts';

export interface TailedTraces {
  readonly tail: Tail;
  readonly live: LiveState;
  /** Somebody reads: what comes waits. */
  readonly setHeld: (held: boolean) => void;
  /** What waits is shown. */
  readonly release: () => void;
  /** These are in sight with their causes: those that came without are asked for, in one call at a time. */
  readonly completeCauses: (shown: readonly SummaryRow[]) => void;
}

/** New traces that match the place's filter, as they come. */
export function useTail(place: TracesPlace, isOn: boolean, paused: boolean): TailedTraces {
  const key = isOn ? `${printRange(place.range)} ${place.filter}` : '';
  const [kept, setKept] = useState<{ readonly key: string; readonly tail: Tail }>({ key, tail: NO_TAIL });
  const isHeld = useRef(false);
  /** Whose list has been read. */
  const listed = useRef<string | null>(null);
  const asked = useRef(new Set<string>());
  const isAsking = useRef(false);

  /** In a list without rows nobody reads, wherever the pointer is. */
  function holds(tail: Tail): boolean {
    return paused || (isHeld.current && (tail.rows.length > 0 || listed.current !== key));
  }
  function change(next: (tail: Tail) => Tail): void {
    setKept((was) => ({ key, tail: next(was.key === key ? was.tail : NO_TAIL) }));
  }
  /** What came before the stream began, or while there was none. */
  async function readList(): Promise<void> {
    const window = windowOf(place.range, Date.now() / 1000);
    const abort = AbortSignal.timeout(READ_MS_MAX);
    const page = await readTraceSummaries({ window, filter: place.filter }, abort).catch(() => null);
    const rows = (page?.TraceSummaries ?? []).map(summaryRow);
    if (page !== null) listed.current = key;
    change((tail) => catchUp(tail, rows, tail.rows.length > 0 && holds(tail)));
  }
  async function completeCauses(shown: readonly SummaryRow[]): Promise<void> {
    const lacking = lackingCauses(shown, asked.current);
    if (lacking.length === 0 || isAsking.current) return;
    isAsking.current = true;
    if (asked.current.size > ASKED_MAX) asked.current.clear();
    for (const row of lacking) asked.current.add(askKey(row));
    const ids = lacking.map(({ id }) => id);
    const answer = await readSummariesOf(ids, AbortSignal.timeout(READ_MS_MAX)).catch(() => null);
    isAsking.current = false;
    if (answer !== null) change((tail) => complete(tail, answer.traces.map(summaryRow)));
    else for (const row of lacking) asked.current.delete(askKey(row)); // again with the next that arrive
  }
  const live = useLive(
    !isOn,
    () => void readList(),
    !isOn
      ? null
      : {
          filter: place.filter,
          onBegin: () => void readList(),
          onTraces: ({ traces, passedCount, hasMore }) =>
            change((tail) => arrive(tail, { rows: traces.map(liveRow), passedCount, hasMore }, holds(tail))),
        },
  );
  return {
    tail: kept.key === key ? kept.tail : NO_TAIL,
    live: paused && isOn ? 'paused' : live,
    setHeld(held) {
      if (held === isHeld.current) return;
      isHeld.current = held;
      if (isOn && !held && !paused) change(release);
    },
    release: () => change(release),
    completeCauses: (shown) => void completeCauses(shown),
  };
}

const READ_MS_MAX = 10_000;
/** Revisions that are known to have been asked for. */
const ASKED_MAX = 10_000;
