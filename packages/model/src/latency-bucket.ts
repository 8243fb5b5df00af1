/**
 * Histogram buckets: a duration in whole µs is rounded to a step of its decade, so that a bucket is at
 * most 1 % wide and its value reads as a person would write it (0.3 s stays 0.3).
 *
 *   leading three digits   100–199   200–499   500–999
 *   step                         1         2         5
 *
 * Below 100 µs every whole µs is a bucket. Rounding is half up. ADR-004.
 */
export function latencyBucketUs(durationUs: number): number {
  if (durationUs < 100) return Math.max(0, Math.round(durationUs));
  let unit = 1;
  while (durationUs >= unit * 1000) unit *= 10;
  const lead = durationUs / unit;
  const step = unit * (lead < 200 ? 1 : lead < 500 ? 2 : 5);
  return Math.floor(durationUs / step + 0.5) * step;
}
