import type { SetDifferences } from '@fluoroscope/api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { totalsInput, type Totals, totalsOf } from '../../differences/retrieved.ts';
import { readDifferences } from '../../http/analysis.ts';
import type { AnalyticsPlace } from '../../url/analytics-place.ts';

/** Of the time that an answer is of; asked for after it. Null: not known (yet). */
export function useTotals(place: AnalyticsPlace, of: SetDifferences | undefined): Totals | null {
  const input = of === undefined ? null : totalsInput(place, of);
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['set-totals', input],
    queryFn: ({ signal }) => (input === null ? null : readDifferences(input, signal)),
    enabled: input !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data == null || isPlaceholderData ? null : totalsOf(place, data);
}
