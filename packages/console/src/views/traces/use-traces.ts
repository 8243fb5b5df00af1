import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { readTraceSummaries, type SummariesPage } from '../../http/operations.ts';
import { type LiveState, useLive } from '../../http/use-live.ts';
import { type SummaryRow, summaryRow } from '../../summaries/row.ts';
import type { TracesPlace } from '../../url/place.ts';
import { printRange, type TimeWindow, windowOf } from '../../url/range.ts';

/** Loaded rows; sorting and drawing stay instant, and X-Ray's console stops there too. */
export const ROWS_MAX = 1000;
/** A busy server changes four times a second; the list need not. */
const REFRESH_MS_MIN = 2000;

interface Page extends SummariesPage {
  readonly window: TimeWindow;
}

/** A token holds for one window, so all pages ask for the window of the first. */
interface PageParam {
  readonly window: TimeWindow;
  readonly nextToken: string;
}

export interface LiveTraces {
  readonly query: UseInfiniteQueryResult<InfiniteData<Page>>;
  readonly rows: readonly SummaryRow[];
  readonly window: TimeWindow | undefined;
  readonly live: LiveState;
}

export function useTraces(place: TracesPlace, paused: boolean): LiveTraces {
  const fixed = place.range.kind === 'fixed';
  const query = useInfiniteQuery({
    queryKey: ['traces', printRange(place.range), place.filter],
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      const window = pageParam?.window ?? windowOf(place.range, Date.now() / 1000);
      const page = await readTraceSummaries({ window, filter: place.filter, nextToken: pageParam?.nextToken }, signal);
      return { ...page, window };
    },
    initialPageParam: null as PageParam | null,
    getNextPageParam: (last, pages): PageParam | null => {
      const count = pages.reduce((all, page) => all + (page.TraceSummaries?.length ?? 0), 0);
      if (last.NextToken === undefined || count >= ROWS_MAX) return null;
      return { window: last.window, nextToken: last.NextToken };
    },
    placeholderData: keepPreviousData,
  });
  const refreshedAt = useRef(0);
  const live = useLive(paused || fixed, () => {
    if (query.isFetching || query.isError || Date.now() - refreshedAt.current < REFRESH_MS_MIN) return;
    refreshedAt.current = Date.now();
    void query.refetch({ cancelRefetch: false });
  });
  const pages = query.data?.pages;
  const rows = useMemo(() => {
    const byId = new Map(
      (pages ?? []).flatMap((page) => page.TraceSummaries ?? []).map((it) => [it.Id, summaryRow(it)]),
    );
    return [...byId.values()].slice(0, ROWS_MAX);
  }, [pages]);
  return { query, rows, window: pages?.[0]?.window, live };
}
