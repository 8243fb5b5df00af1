import { type GraphService, WireHistogram } from '@fluoroscope/query';
import { toHistogram } from '@fluoroscope/store';

/** Width of a bucket, as a part of where it begins: percentiles read from a map are right to half of it. */
const WIDTH = 0.06;

/**
 * For a map, which asks for all histograms four times a second and draws none of them finer than this: a few dozen
 * entries each instead of a few hundred. Each stands at the mean of what it counts.
 */
export function coarseHistograms(services: readonly GraphService[]): readonly GraphService[] {
  return services.map(({ DurationHistogram: _unused, ResponseTimeHistogram, Edges = [], ...service }) => ({
    ...service,
    ...(ResponseTimeHistogram !== undefined && { ResponseTimeHistogram: coarse(ResponseTimeHistogram) }),
    Edges: Edges.map(({ ResponseTimeHistogram: times, ReceivedEventAgeHistogram: ages, ...edge }) =>
      Object.assign(edge, {
        ...(times !== undefined && { ResponseTimeHistogram: coarse(times) }),
        ...(ages !== undefined && { ReceivedEventAgeHistogram: coarse(ages) }),
      }),
    ),
  }));
}

function coarse({ sums: { bucketsUs, counts } }: WireHistogram): WireHistogram {
  const wide = new Map<number, { sumUs: number; count: number }>();
  for (const [at, bucketUs] of bucketsUs.entries()) {
    const count = counts[at] ?? 0;
    const place = bucketUs <= 0 ? -1 : Math.floor(Math.log(bucketUs) / Math.log1p(WIDTH));
    const bucket = wide.get(place) ?? { sumUs: 0, count: 0 };
    bucket.sumUs += bucketUs * count;
    bucket.count += count;
    wide.set(place, bucket);
  }
  const means = new Map<number, number>();
  for (const { sumUs, count } of wide.values()) {
    const meanUs = Math.round(sumUs / Math.max(1, count));
    means.set(meanUs, (means.get(meanUs) ?? 0) + count);
  }
  return new WireHistogram(toHistogram(means));
}
