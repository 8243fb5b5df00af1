import { createRandom, hex8, logUniform, traceHex } from './random.ts';
import { spanDocument } from './segment-text.ts';
import { xrayTraceId, type TrafficSpan } from './span.ts';
import type { Arrival } from './traffic.ts';

const SERVICE_COUNT = 20;
const OPERATION_COUNT = 50;
/** How far back a parent may lie: some branches get deep, some wide. */
const PARENT_WITHIN = 2_000;
const SPAN_EVERY_US = 200;

export interface GiantTraceOptions {
  readonly seed: number;
  readonly startUs: number;
  readonly spanCount: number;
}

export function giantTraceId(seed: number): string {
  return xrayTraceId(traceHex(seed, 0));
}

/** D4: one trace of very many spans, as a batch job makes them. In order of arrival: the root comes last. */
export function* giantTrace(options: GiantTraceOptions): Generator<Arrival> {
  for (const span of giantSpans(options)) yield spanDocument(span);
}

function* giantSpans({ seed, startUs, spanCount }: GiantTraceOptions): Generator<TrafficSpan> {
  const random = createRandom(seed, spanCount);
  const traceId = traceHex(seed, 0);
  const endUs = startUs + spanCount * SPAN_EVERY_US;
  const idAt = (at: number): string => hex8((at + 1) | 0x80000000) + hex8(seed);
  for (let at = 1; at <= spanCount; at += 1) {
    // The root has the last turn.
    const number = at % spanCount;
    const startsUs = startUs + number * SPAN_EVERY_US;
    const endsUs = number === 0 ? endUs : Math.min(endUs, startsUs + logUniform(random, 50, 50_000));
    yield {
      traceId,
      spanId: idAt(number),
      parentId: number === 0 ? null : idAt(Math.max(0, number - 1 - random.below(PARENT_WITHIN))),
      service: `worker-${random.below(SERVICE_COUNT)}`,
      operation: `step-${random.below(OPERATION_COUNT)}`,
      kind: number === 0 || random.below(4) === 0 ? 'server' : 'internal',
      peer: null,
      startUs: startsUs,
      endUs: endsUs,
      arrivesUs: endsUs,
      attributes: [
        ['item', number],
        ['shard', `s${random.below(16)}`],
        ['retried', random.below(20) === 0],
      ],
      http: null,
      exception: null,
      fault: random.below(500) === 0,
    };
  }
}
