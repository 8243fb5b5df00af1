import { createRandom, hex8, logUniform, traceHex } from './random.ts';
import { spanDocument } from './segment-text.ts';
import { xrayTraceId, type TrafficSpan } from './span.ts';
import type { Traffic, TrafficOptions } from './traffic.ts';

export const D2_SPANS_A_TRACE = 10;
export const D2_SERVICE_COUNT = 10;
export const D2_ATTRIBUTES_A_SPAN = 11;
export const D2_KEY_COUNT = 97;
export const D2_VALUE_COUNT = 1_000;
const SENT_WITHIN_US = 200_000;

export interface D2 extends Traffic {
  readonly spansAt: (index: number) => readonly TrafficSpan[];
}

/**
 * D2: Jaeger's published recipe. 10 spans a trace below one root, 10 services, 11 attributes a span out of 97 keys × 1,000
 * values; random ids. One root in fifty fails, so that there is something to search for.
 */
export function createD2({ seed, startUs, rangeUs, spanCount }: TrafficOptions): D2 {
  const everyUs = (rangeUs / spanCount) * D2_SPANS_A_TRACE;
  const startUsAt = (index: number): number => Math.floor(startUs + index * everyUs);

  function spansAt(index: number): readonly TrafficSpan[] {
    const random = createRandom(seed, index);
    const traceId = traceHex(seed, index);
    const rootStartUs = startUsAt(index);
    const tookUs = logUniform(random, 5_000, 500_000);
    const ids = Array.from({ length: D2_SPANS_A_TRACE }, () => hex8(random.word() | 1) + hex8(random.word()));
    return ids.map((spanId, at): TrafficSpan => {
      const startsUs = at === 0 ? rootStartUs : rootStartUs + random.below(tookUs - 1);
      const endUs = at === 0 ? rootStartUs + tookUs : startsUs + 1 + random.below(rootStartUs + tookUs - startsUs - 1);
      return {
        traceId,
        spanId,
        parentId: at === 0 ? null : (ids[random.below(at)] ?? null),
        service: `service-${random.below(D2_SERVICE_COUNT)}`,
        operation: `operation-${random.below(10)}`,
        kind: 'server',
        peer: null,
        startUs: startsUs,
        endUs,
        arrivesUs: endUs + random.below(SENT_WITHIN_US),
        attributes: attributesFrom(random.below(D2_KEY_COUNT), () => random.below(D2_VALUE_COUNT)),
        http: null,
        exception: null,
        fault: at === 0 && random.below(50) === 0,
      };
    });
  }

  return {
    traceIdAt: (index) => xrayTraceId(traceHex(seed, index)),
    startUsAt,
    spansAt,
    documentsAt: (index) => spansAt(index).map(spanDocument),
  };
}

export function d2Key(number: number): string {
  return `attr_${String(number % D2_KEY_COUNT).padStart(2, '0')}`;
}

export function d2Value(number: number): string {
  return `value_${String(number).padStart(3, '0')}`;
}

/** Keys that follow each other, so that none comes twice. */
function attributesFrom(firstKey: number, nextValue: () => number): (readonly [string, string])[] {
  return Array.from({ length: D2_ATTRIBUTES_A_SPAN }, (_item, at) => [d2Key(firstKey + at), d2Value(nextValue())]);
}
