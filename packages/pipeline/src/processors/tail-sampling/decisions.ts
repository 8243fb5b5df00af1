import type { TraceId } from '@fluoroscope/model';

/** What was decided about traces, so that what arrives late goes the same way. The oldest are forgotten. */
export interface Decisions {
  readonly get: (id: TraceId) => boolean | undefined;
  readonly set: (id: TraceId, isSampled: boolean) => void;
}

export function createDecisions(sampledMax: number, notSampledMax: number): Decisions {
  const sampled = new Set<TraceId>();
  const notSampled = new Set<TraceId>();
  return {
    get: (id) => (sampled.has(id) ? true : notSampled.has(id) ? false : undefined),
    set(id, isSampled) {
      const [to, max] = isSampled ? [sampled, sampledMax] : [notSampled, notSampledMax];
      if (max === 0) return;
      to.add(id);
      const [oldest] = to;
      if (to.size > max && oldest !== undefined) to.delete(oldest);
    },
  };
}
