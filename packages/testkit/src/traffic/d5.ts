import { createTraceMaker } from './d5-trace.ts';
import { traceHex } from './random.ts';
import { spanDocument } from './segment-text.ts';
import { xrayTraceId, type TrafficSpan } from './span.ts';
import type { Traffic, TrafficOptions } from './traffic.ts';

/** Traces looked at for the mean number of their spans. */
const SAMPLED_TRACES = 400;

export interface D5Options extends TrafficOptions {
  readonly serviceCount: number;
}

export interface D5 extends Traffic {
  readonly spansAt: (index: number) => readonly TrafficSpan[];
}

/**
 * D5: what production sends. Services that call each other over HTTP, databases that send nothing; names, tenants and
 * flags by Zipf's law; 15 attributes a span; 2 % of spans fail with a stack trace; random ids; each service exports on
 * its own, so that the spans of a trace arrive out of order and up to a minute late.
 */
export function createD5({ seed, startUs, rangeUs, spanCount, serviceCount }: D5Options): D5 {
  const makeTrace = createTraceMaker(seed, serviceCount);
  let sampled = 0;
  for (let index = 0; index < SAMPLED_TRACES; index += 1) sampled += makeTrace(index, startUs).length;
  const everyUs = ((rangeUs / spanCount) * sampled) / SAMPLED_TRACES;
  const startUsAt = (index: number): number => Math.floor(startUs + index * everyUs);
  const spansAt = (index: number): readonly TrafficSpan[] => makeTrace(index, startUsAt(index));
  return {
    traceIdAt: (index) => xrayTraceId(traceHex(seed, index)),
    startUsAt,
    spansAt,
    documentsAt: (index) => spansAt(index).map(spanDocument),
  };
}
