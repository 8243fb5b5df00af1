import type { TraceId } from '@fluoroscope/model';

/** Which id a trace was given: of this process below, of several in `shared-trace-id-memory.ts`. */
export interface TraceIdMemory {
  /** The id that `original` was given before, else `proposed`, which is remembered from now on. */
  readonly remember: (original: TraceId, proposed: TraceId) => TraceId | Promise<TraceId>;
}

export interface TraceIdMemoryOptions {
  /** After its last use. */
  readonly ttlMs: number;
  readonly tracesMax: number;
  readonly nowMs?: () => number;
  /** A trace was forgotten before its time: its later documents may get another id. */
  readonly evicted: () => void;
}

/** Least recently used first out. */
export function createTraceIdMemory(options: TraceIdMemoryOptions): TraceIdMemory {
  const { ttlMs, tracesMax, nowMs = () => performance.now(), evicted } = options;
  const known = new Map<TraceId, { readonly id: TraceId; readonly endMs: number }>();
  return {
    remember(original, proposed) {
      const now = nowMs();
      const entry = known.get(original);
      const id = entry === undefined || entry.endMs <= now ? proposed : entry.id;
      known.delete(original);
      known.set(original, { id, endMs: now + ttlMs });
      const [oldest] = known;
      if (known.size > tracesMax && oldest !== undefined) {
        known.delete(oldest[0]);
        if (oldest[1].endMs > now) evicted();
      }
      return id;
    },
  };
}
