import type { SetDifferences } from '@fluoroscope/api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { totalsAsked, type Totals, totalsOf } from '../../differences/retrieved.ts';
import { readDifferences } from '../../http/analysis.ts';
import type { AnalyticsPlace } from '../../url/analytics-place.ts';

/** What the answer does not say itself is asked for after it, of the same time, and anew for each. Null: not known (yet). */
export function useTotals(place: AnalyticsPlace, of: SetDifferences | undefined, answeredAtMs: number): Totals | null {
  const input = of === undefined ? null : totalsAsked(place, of);
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['set-totals', input, answeredAtMs],
    queryFn: ({ signal }) => (input === null ? null : readDifferences(input, signal)),
    enabled: input !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return of === undefined ? null : totalsOf(place, of, isPlaceholderData ? null : (data ?? null));
}
