import type { Consumer, ProcessorEvents } from '../stage.ts';
import { createFilter } from './mapping.ts';
import { traceShare } from './trace-hash.ts';

export interface ProbabilisticSamplerOptions {
  /** 0 to 100 */
  readonly percentage: number;
  /** Of collectors in a row: the same one keeps the same traces, another one others. */
  readonly hashSeed: number;
}

/** Keeps this share of the traces, whole: every collector decides the same about a trace. */
export function createProbabilisticSampler(
  next: Consumer,
  { percentage, hashSeed }: ProbabilisticSamplerOptions,
  events: Pick<ProcessorEvents, 'filtered'>,
): Consumer {
  const share = percentage / 100;
  return createFilter(next, ({ trace_id }) => traceShare(trace_id, String(hashSeed)) < share, events);
}
