import type { ServerResponse } from 'node:http';
import type { LiveTraces } from '@fluoroscope/api';
import { timeUs, type TimeUs, type TraceId } from '@fluoroscope/model';
import { toTraceSummary, type FilterPlan } from '@fluoroscope/query';
import type { TraceRow } from '@fluoroscope/store';
import {
  TAIL_BUDGET,
  TAIL_EVENT_CHARS_MAX,
  TAIL_FILTERS_MAX,
  TAIL_INTERVAL_MS,
  TAIL_KNOWN_MAX,
  TAIL_LOOKED_MAX,
  TAIL_SENT_MAX,
  TAIL_SPAN_US,
} from '../limits.ts';
import { searchTraces } from '../operations/search-traces.ts';
import type { StoreReader } from '../storage/storage.ts';
import type { LiveHub } from './live.ts';

/**
 * Tells those who follow a filter of the traces that match it and are new, on the stream of `live.ts`:
 *
 *   traces = "event: traces" LF "data: " JSON of LiveTraces LF LF     ; the first is empty: told is what comes after it
 *
 * After a change of the store, and at most once in an interval, one search is made for each filter that is followed, by
 * however many: the newest matching traces of the last minutes. What an earlier one saw, at that revision, is not told again.
 */
export interface TailHub extends Disposable {
  /** One more filter would be too many. */
  readonly isFull: (filter: string) => boolean;
  /** Until the response is closed. Traces that are stored already are not told: the caller lists them. */
  readonly follow: (response: ServerResponse, filter: string, plan: FilterPlan) => void;
  /** The store has changed. */
  readonly changed: () => void;
  readonly filterCount: () => number;
}

export interface TailHubOptions {
  readonly store: Pick<StoreReader, 'findTraces' | 'readDocuments'>;
  readonly live: Pick<LiveHub, 'tell'>;
  readonly nowUs: () => TimeUs;
  readonly failed: (error: unknown) => void;
  readonly intervalMs?: number;
  readonly sentMax?: number;
}

interface Followed {
  readonly plan: FilterPlan;
  /** What they were not told yet because they did not keep up. */
  readonly followers: Map<ServerResponse, number>;
  /** Newest last. Null before the first search. */
  known: Map<TraceId, number> | null;
}

const NOTHING_YET = printTraces([], { passedCount: 0, hasMore: false });

/** Searches may take this part of the time. */
const BUSY_SHARE = 0.2;

export function createTailHub(options: TailHubOptions): TailHub {
  const { store, live, nowUs, failed, intervalMs = TAIL_INTERVAL_MS, sentMax = TAIL_SENT_MAX } = options;
  const followed = new Map<string, Followed>();
  let timer: NodeJS.Timeout | null = null;
  let isLooking = false;
  let hasNews = false;
  let isClosed = false;

  function lookSoon(): void {
    hasNews = true;
    if (timer === null && !isLooking && !isClosed && followed.size > 0) void lookAtAll();
  }

  async function lookAtAll(): Promise<void> {
    isLooking = true;
    hasNews = false;
    const beganMs = performance.now();
    for (const entry of followed.values()) await look(entry).catch(failed);
    isLooking = false;
    if (isClosed) return;
    const waitMs = Math.max(intervalMs, (performance.now() - beganMs) * (1 / BUSY_SHARE - 1));
    timer = setTimeout(() => {
      timer = null;
      if (hasNews) lookSoon();
    }, waitMs);
    timer.unref();
  }

  async function look(entry: Followed): Promise<void> {
    const { plan, followers } = entry;
    const now = nowUs();
    const range = { startUs: timeUs(Math.max(0, now - TAIL_SPAN_US)), endUs: timeUs(now + TAIL_SPAN_US) };
    const query = { ...range, rangeOf: 'start' as const, limit: TAIL_LOOKED_MAX, after: null };
    const { rows, next } = await searchTraces({ store, plan, query, budget: TAIL_BUDGET });
    const { known } = entry;
    entry.known = remember(known ?? new Map(), rows);
    if (known === null) {
      for (const response of followers.keys()) live.tell(response, NOTHING_YET);
      return;
    }
    const news = newsOf(known, rows, next !== null, sentMax);
    if (news !== null) tellAll(live, followers, news);
  }

  return {
    isFull: (filter) => followed.size >= TAIL_FILTERS_MAX && !followed.has(filter),
    follow(response, filter, plan) {
      const entry = followed.get(filter) ?? { plan, followers: new Map<ServerResponse, number>(), known: null };
      followed.set(filter, entry);
      entry.followers.set(response, 0);
      response.once('close', () => {
        entry.followers.delete(response);
        if (entry.followers.size === 0 && followed.get(filter) === entry) followed.delete(filter);
      });
      if (entry.known === null) lookSoon();
      else live.tell(response, NOTHING_YET);
    },
    changed: lookSoon,
    filterCount: () => followed.size,
    [Symbol.dispose]() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      followed.clear();
    },
  };
}

interface News {
  /** Printed. */
  readonly told: readonly string[];
  /** Traces that were not there before, told or not. */
  readonly newCount: number;
  readonly leftOutCount: number;
  readonly hasMore: boolean;
}

/** Who does not keep up is told later how much was passed over. */
function tellAll(live: TailHubOptions['live'], followers: Followed['followers'], news: News): void {
  const { told, newCount, leftOutCount, hasMore } = news;
  for (const [response, passedCount] of followers) {
    if (response.writableLength > 0) {
      followers.set(response, passedCount + newCount);
      continue;
    }
    live.tell(response, printTraces(told, { passedCount: passedCount + leftOutCount, hasMore }));
    followers.set(response, 0);
  }
}

/** Null: nothing is new and nothing has changed. */
function newsOf(
  known: ReadonlyMap<TraceId, number>,
  rows: readonly TraceRow[],
  isCut: boolean,
  sentMax: number,
): News | null {
  const unknown = rows.filter(({ traceId }) => !known.has(traceId));
  const changed = rows.filter(({ traceId, revision }) => (known.get(traceId) ?? revision) < revision);
  if (unknown.length + changed.length === 0) return null;
  const told = pick([...unknown, ...changed], sentMax);
  return {
    told,
    newCount: unknown.length,
    leftOutCount: Math.max(0, unknown.length - told.length),
    // The search ended before it met a trace that is known.
    hasMore: isCut && unknown.length === rows.length,
  };
}

/** The first of them, printed, as many as one event may hold. */
function pick(rows: readonly TraceRow[], countMax: number): readonly string[] {
  const texts: string[] = [];
  let chars = 0;
  for (const row of rows.slice(0, countMax)) {
    const text = JSON.stringify(toTraceSummary(row));
    if (chars + text.length > TAIL_EVENT_CHARS_MAX) break;
    chars += text.length;
    texts.push(text);
  }
  return texts;
}

function printTraces(traces: readonly string[], rest: Omit<LiveTraces, 'traces'>): string {
  return `event: traces\ndata: {"traces":[${traces.join(',')}],${JSON.stringify(rest).slice(1)}\n\n`;
}

/** The newest searches' traces last; the oldest are forgotten. */
function remember(known: ReadonlyMap<TraceId, number>, rows: readonly TraceRow[]): Map<TraceId, number> {
  const all = new Map(known);
  for (const { traceId, revision } of rows.toReversed()) {
    all.delete(traceId);
    all.set(traceId, revision);
  }
  for (const id of all.keys()) {
    if (all.size <= TAIL_KNOWN_MAX) break;
    all.delete(id);
  }
  return all;
}
