import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { readTraceSummaries } from '../../http/operations.ts';
import { type LiveState, useLive } from '../../http/use-live.ts';
import { type SummaryRow, summaryRow } from '../../summaries/row.ts';
import { type Searched, shareSearched } from '../../summaries/searched.ts';
import type { TracesPlace } from '../../url/place.ts';
import { printRange, type TimeWindow, windowOf } from '../../url/range.ts';

/** Loaded rows: some 100 MB; sorting them takes a moment. */
export const ROWS_MAX = 100_000;
/** The server's pages that are loaded as one, after the first. */
const PAGES_PER_LOAD = 5;
/** A busy server changes four times a second; the list need not. */
const REFRESH_MS_MIN = 2000;

export interface LoadedPage {
  readonly rows: readonly SummaryRow[];
  readonly window: TimeWindow;
  readonly nextToken: string | undefined;
  /** Older traces were not searched for; the window's start at its end. */
  readonly reachedS: number;
}

/** A token holds for one window, so all pages ask for the window of the first. */
interface PageParam {
  readonly window: TimeWindow;
  readonly nextToken: string;
}

export interface LiveTraces {
  readonly query: UseInfiniteQueryResult<InfiniteData<LoadedPage>>;
  readonly rows: readonly SummaryRow[];
  readonly window: TimeWindow | undefined;
  readonly live: LiveState;
  readonly searched: Searched;
  /** Older traces were loaded: the list stands still. */
  readonly isStill: boolean;
  /** Back to the newest. */
  readonly startOver: () => void;
}

export function useTraces(place: TracesPlace, paused: boolean): LiveTraces {
  const queryKey = ['traces', printRange(place.range), place.filter];
  const client = useQueryClient();
  const key = queryKey.join(' ');
  const [ahead, setAhead] = useState<{ readonly key: string; readonly page: LoadedPage } | null>(null);
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }): Promise<LoadedPage> => {
      const window = pageParam?.window ?? windowOf(place.range, Date.now() / 1000);
      const onPage = (page: LoadedPage): void => setAhead({ key, page });
      return loadPages({ window, filter: place.filter, nextToken: pageParam?.nextToken, onPage }, signal);
    },
    initialPageParam: null as PageParam | null,
    getNextPageParam: (last, pages): PageParam | null => {
      const count = pages.reduce((all, page) => all + page.rows.length, 0);
      if (last.nextToken === undefined || count >= ROWS_MAX) return null;
      return { window: last.window, nextToken: last.nextToken };
    },
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages;
  const isStill = place.range.kind === 'last' && (pages?.length ?? 0) > 1;
  const refreshedAt = useRef(0);
  const live = useLive(paused || isStill || place.range.kind === 'fixed', () => {
    if (query.isFetching || query.isError || Date.now() - refreshedAt.current < REFRESH_MS_MIN) return;
    refreshedAt.current = Date.now();
    void query.refetch({ cancelRefetch: false });
  });
  const rows = useMemo(() => {
    const byId = new Map((pages ?? []).flatMap((page) => page.rows).map((row) => [row.id, row]));
    return [...byId.values()].slice(0, ROWS_MAX);
  }, [pages]);
  function startOver(): void {
    client.setQueryData<InfiniteData<LoadedPage>>(queryKey, (data) =>
      data === undefined ? data : { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    void query.refetch();
  }
  const searched = useSearched(query, rows.length, ahead?.key === key ? ahead.page : null);
  return { query, rows, window: pages?.[0]?.window, live, isStill, searched, startOver };
}

/** `ahead` is how far a load has come that has not ended, and stays what it was after that. */
function useSearched(query: LiveTraces['query'], rowCount: number, ahead: LoadedPage | null): Searched {
  const last = query.isPlaceholderData ? undefined : query.data?.pages.at(-1);
  const isRunning = last === undefined ? query.isFetching : query.isFetchingNextPage;
  const isAhead = isRunning && ahead !== null && (last === undefined || ahead.reachedS < last.reachedS);
  const page = isAhead ? ahead : last;
  const foundCount = (last === undefined ? 0 : rowCount) + (isAhead ? ahead.rows.length : 0);
  return { share: page === undefined ? null : shareSearched(page.window, page.reachedS), foundCount, isRunning };
}

interface PagesQuery {
  readonly window: TimeWindow;
  readonly filter: string;
  readonly nextToken: string | undefined;
  /** Told of what is there so far. */
  readonly onPage: (page: LoadedPage) => void;
}

async function loadPages({ window, filter, nextToken, onPage }: PagesQuery, signal: AbortSignal): Promise<LoadedPage> {
  const rows: SummaryRow[] = [];
  let token = nextToken;
  let reachedS = window.endS;
  const pageCount = nextToken === undefined ? 1 : PAGES_PER_LOAD;
  // A page may be empty and not the last: whoever looks for what is rare wants the first that is found.
  for (let page = 0; page < pageCount || rows.length === 0; page += 1) {
    const answer = await readTraceSummaries({ window, filter, nextToken: token }, signal);
    for (const summary of answer.TraceSummaries ?? []) rows.push(summaryRow(summary));
    token = answer.NextToken;
    reachedS = token === undefined ? window.startS : (answer.ApproximateTime ?? rows.at(-1)?.startS ?? reachedS);
    onPage({ rows, window, nextToken: token, reachedS });
    if (token === undefined) break;
  }
  return { rows, window, nextToken: token, reachedS };
}
