import type { TraceGroups } from '@fluoroscope/api';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { readTraceGroups } from '../../http/analysis.ts';
import type { TracesPlace } from '../../url/place.ts';
import { printRange, windowOf } from '../../url/range.ts';

/** Told apart when nothing is chosen: its totals and times are shown above the list. */
const DEFAULT_BY = 'outcome';
/** An answer looks at thousands of traces: less often than the list. */
const REFRESH_MS = 10_000;

/** The traces of a place told apart by its field. */
export function useGroups(place: TracesPlace, live: boolean): UseQueryResult<TraceGroups> {
  const by = place.by === '' ? DEFAULT_BY : place.by;
  return useQuery({
    queryKey: ['trace-groups', printRange(place.range), place.filter, by],
    queryFn: ({ signal }) => {
      const { startS, endS } = windowOf(place.range, Date.now() / 1000);
      return readTraceGroups({ startTime: startS, endTime: endS, filter: place.filter, by }, signal);
    },
    refetchInterval: live && place.range.kind === 'last' ? REFRESH_MS : false,
    placeholderData: keepPreviousData,
  });
}
