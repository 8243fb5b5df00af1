import { createD1 } from './d1.ts';
import { createD2 } from './d2.ts';
import { createD5 } from './d5.ts';

/** One document on its way, as a sender would send it. */
export interface Arrival {
  /** As X-Ray writes it. */
  readonly traceId: string;
  /** The document as JSON. */
  readonly text: string;
  /** When it reaches the server, in µs since 1970. */
  readonly arrivesUs: number;
  /** Spans it stands for: itself and its subsegments. */
  readonly spanCount: number;
}

/** Traces by number: each depends on the seed and its number alone, so that any of them can be had again. */
export interface Traffic {
  readonly traceIdAt: (index: number) => string;
  /** Of the first span; ascending. */
  readonly startUsAt: (index: number) => number;
  /** In no order of arrival. */
  readonly documentsAt: (index: number) => readonly Arrival[];
}

export interface TrafficOptions {
  readonly seed: number;
  /** When the first trace starts. */
  readonly startUs: number;
  /** The spans are spread evenly over so much time. */
  readonly rangeUs: number;
  readonly spanCount: number;
}

export type TrafficName = 'D1' | 'D2' | 'D5' | 'D5-500';

/** D4 is a single trace: `giantTrace`. */
export function createTraffic(name: TrafficName, options: TrafficOptions): Traffic {
  switch (name) {
    case 'D1':
      return createD1(options);
    case 'D2':
      return createD2(options);
    case 'D5':
      return createD5({ ...options, serviceCount: 60 });
    case 'D5-500':
      return createD5({ ...options, serviceCount: 500 });
    default:
      return name satisfies never;
  }
}
