/**
 * Histogram buckets (ADR-004) numbered without gaps, so that counts can stand in an array:
 *
 *   bucket µs   0–99   100–199   200–499 by 2   500–999 by 5   1,000–1,990 by 10   …
 *   number      0–99   100–199   200–349        350–449        450–549             …
 *
 * 350 a decade from 100 µs on.
 */
export function bucketNumber(bucketUs: number): number {
  if (bucketUs < 100) return bucketUs;
  let unit = 1;
  let first = 100;
  while (bucketUs >= unit * 1000) {
    unit *= 10;
    first += 350;
  }
  const lead = bucketUs / unit;
  if (lead < 200) return first + lead - 100;
  return lead < 500 ? first + 100 + (lead - 200) / 2 : first + 250 + (lead - 500) / 5;
}

export function bucketOfNumber(number: number): number {
  return BUCKETS_US[number] ?? computeBucket(number);
}

function computeBucket(number: number): number {
  if (number < 100) return number;
  const unit = 10 ** Math.floor((number - 100) / 350);
  const at = (number - 100) % 350;
  if (at < 100) return (100 + at) * unit;
  return at < 250 ? (200 + (at - 100) * 2) * unit : (500 + (at - 250) * 5) * unit;
}

/** Up to three hours: a graph has some hundred thousand buckets. */
const BUCKETS_US = Float64Array.from({ length: 100 + 350 * 8 }, (_item, number) => computeBucket(number));
