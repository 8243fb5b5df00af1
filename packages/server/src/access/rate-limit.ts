import { RATE_BUCKETS_MAX, RATE_BURST_SECONDS } from './limits.ts';

export interface RateLimit {
  /** Takes one request of this key or address; null, or after how many seconds the next may come. */
  readonly take: (name: string) => number | null;
}

export interface RateLimitOptions {
  /** Null: no limit. */
  readonly perSecond: number | null;
  /** Milliseconds that never go back. */
  readonly nowMs?: () => number;
  readonly bucketsMax?: number;
}

/** Token buckets: each refills at the rate, and holds what the rate gives in `RATE_BURST_SECONDS`. */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { perSecond, nowMs = () => performance.now(), bucketsMax = RATE_BUCKETS_MAX } = options;
  if (perSecond === null) return { take: () => null };
  const tokensMax = Math.max(1, perSecond * RATE_BURST_SECONDS);
  /** The one that has been quiet for the longest first. */
  const buckets = new Map<string, { tokens: number; atMs: number }>();

  return {
    take(name) {
      const now = nowMs();
      const bucket = buckets.get(name) ?? { tokens: tokensMax, atMs: now };
      bucket.tokens = Math.min(tokensMax, bucket.tokens + ((now - bucket.atMs) / 1_000) * perSecond);
      bucket.atMs = now;
      buckets.delete(name);
      buckets.set(name, bucket);
      if (buckets.size > bucketsMax) for (const [oldest] of buckets) return forget(oldest, bucket);
      return spend(bucket);
    },
  };

  function forget(name: string, bucket: { tokens: number }): number | null {
    buckets.delete(name);
    return spend(bucket);
  }

  function spend(bucket: { tokens: number }): number | null {
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / (perSecond ?? 1));
    bucket.tokens -= 1;
    return null;
  }
}
