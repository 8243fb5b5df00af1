import type { SetDifferences } from '@fluoroscope/api';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { differencesInput } from '../../differences/sets.ts';
import { readDifferences } from '../../http/analysis.ts';
import type { AnalyticsPlace } from '../../url/analytics-place.ts';
import { printPlace } from '../../url/place.ts';

/** Asked once, and again on demand: figures that are compared must stand still. */
export function useDifferences(place: AnalyticsPlace): UseQueryResult<SetDifferences> {
  return useQuery({
    queryKey: ['set-differences', printPlace({ ...place, totals: false, causes: null })],
    queryFn: ({ signal }) => readDifferences(differencesInput(place, Date.now() / 1000), signal),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
