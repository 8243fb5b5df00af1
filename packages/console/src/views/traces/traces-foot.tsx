import { type ReactNode, useEffect, useState } from 'react';
import { formatCount } from '../../text/format.ts';
import { type LiveTraces, ROWS_MAX } from './use-traces.ts';

export interface LoadAll {
  readonly isRunning: boolean;
  readonly start: () => void;
  readonly stop: () => void;
}

/** Loads page after page to the end. */
export function useLoadAll(query: LiveTraces['query']): LoadAll {
  const [isWanted, setIsWanted] = useState(false);
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  const isRunning = isWanted && hasNextPage && !isError;
  useEffect(() => {
    if (isRunning && !isFetching) void fetchNextPage();
  }, [isRunning, isFetching, fetchNextPage]);
  return { isRunning, start: () => setIsWanted(true), stop: () => setIsWanted(false) };
}

interface TracesFootProps {
  readonly traces: LiveTraces;
  readonly all: LoadAll;
  /** Loaded. */
  readonly count: number;
  /** How many match; null: nobody has counted them. */
  readonly expectedCount: number | null;
  /** That was counted of this very window, and not a moment later. */
  readonly isExact: boolean;
}

/** How much of all the list is, and the way to the rest. */
export function TracesFoot({ traces, all, count, expectedCount, isExact }: TracesFootProps): ReactNode {
  const { query } = traces;
  const hasMore = query.hasNextPage;
  return (
    <div className="traces-foot num" data-testid="traces-foot">
      <span>{describe({ count, hasMore, expectedCount, isExact })}</span>
      {query.isFetchNextPageError ? <span className="o-fault">The rest could not be loaded.</span> : null}
      {!hasMore ? null : all.isRunning ? (
        <button type="button" className="btn btn-small" data-testid="load-stop" onClick={all.stop}>
          Stop
        </button>
      ) : (
        <>
          <button
            type="button"
            className="btn btn-small"
            data-testid="load-more"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {query.isFetchingNextPage ? 'Loading…' : 'Load more'}
          </button>
          <button type="button" className="btn btn-small" data-testid="load-all" onClick={all.start}>
            Load all
          </button>
        </>
      )}
    </div>
  );
}

function describe({
  count,
  hasMore,
  expectedCount,
  isExact,
}: Pick<TracesFootProps, 'count' | 'expectedCount' | 'isExact'> & { readonly hasMore: boolean }): string {
  const traces = `${count.toLocaleString('en-US')} ${count === 1 ? 'trace' : 'traces'}`;
  if (!hasMore) {
    return count >= ROWS_MAX
      ? `${traces} (the most that is listed; narrow the filter or the time)`
      : `${traces}, all of this window`;
  }
  if (expectedCount === null || expectedCount <= count) return `${traces} loaded, there are more`;
  return `${traces} loaded of ${isExact ? '' : 'about '}${formatCount(expectedCount)}`;
}
