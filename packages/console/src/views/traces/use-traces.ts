import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { readTraceSummaries } from '../../http/operations.ts';
import { type LiveState, useLive } from '../../http/use-live.ts';
import { type SummaryRow, summaryRow } from '../../summaries/row.ts';
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
  /** Older traces were loaded: the list stands still. */
  readonly isStill: boolean;
  /** Back to the newest. */
  readonly startOver: () => void;
}

export function useTraces(place: TracesPlace, paused: boolean): LiveTraces {
  const queryKey = ['traces', printRange(place.range), place.filter];
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }): Promise<LoadedPage> => {
      const window = pageParam?.window ?? windowOf(place.range, Date.now() / 1000);
      return loadPages({ window, filter: place.filter, nextToken: pageParam?.nextToken }, signal);
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
  return { query, rows, window: pages?.[0]?.window, live, isStill, startOver };
}

interface PagesQuery {
  readonly window: TimeWindow;
  readonly filter: string;
  readonly nextToken: string | undefined;
}

async function loadPages({ window, filter, nextToken }: PagesQuery, signal: AbortSignal): Promise<LoadedPage> {
  const rows: SummaryRow[] = [];
  let token = nextToken;
  const pageCount = nextToken === undefined ? 1 : PAGES_PER_LOAD;
  for (let page = 0; page < pageCount; page += 1) {
    const answer = await readTraceSummaries({ window, filter, nextToken: token }, signal);
    for (const summary of answer.TraceSummaries ?? []) rows.push(summaryRow(summary));
    token = answer.NextToken;
    if (token === undefined) break;
  }
  return { rows, window, nextToken: token };
}
