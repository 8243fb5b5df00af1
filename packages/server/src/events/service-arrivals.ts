import { TRUSTED_SERVICES_MAX } from '@fluoroscope/api';
import type { TimeUs } from '@fluoroscope/model';
import { LATE_SEGMENT_US } from '../limits.ts';

/** What of a document is looked at. */
export interface ArrivedDocument {
  readonly name: string;
  readonly type?: 'subsegment' | undefined;
  /** Seconds since 1970; absent while it is in progress. */
  readonly end_time?: number | undefined;
}

export interface ServiceArrival {
  /** Null: subsegments sent on their own, whose name is that of a call, and services beyond the bound. */
  readonly name: string | null;
  readonly segmentCount: number;
  readonly lateCount: number;
}

/** Accepted segments by service, and how many of them were late. */
export interface ServiceArrivals {
  add(documents: readonly ArrivedDocument[], receivedUs: TimeUs): void;
  read(): readonly ServiceArrival[];
}

export function createServiceArrivals(servicesMax: number = TRUSTED_SERVICES_MAX): ServiceArrivals {
  const services = new Map<string, Counts>();
  const others: Counts = { segmentCount: 0, lateCount: 0 };

  function countsOf({ name, type }: ArrivedDocument): Counts {
    if (type === 'subsegment') return others;
    let counts = services.get(name);
    if (counts !== undefined) return counts;
    if (services.size >= servicesMax) return others;
    services.set(name, (counts = { segmentCount: 0, lateCount: 0 }));
    return counts;
  }

  return {
    add(documents, receivedUs) {
      for (const document of documents) {
        const counts = countsOf(document);
        counts.segmentCount += 1;
        const { end_time: end } = document;
        if (end !== undefined && receivedUs - end * 1e6 > LATE_SEGMENT_US) counts.lateCount += 1;
      }
    },
    read: () => [
      ...Array.from(services, ([name, counts]) => ({ name, ...counts })),
      ...(others.segmentCount === 0 ? [] : [{ name: null, ...others }]),
    ],
  };
}

interface Counts {
  segmentCount: number;
  lateCount: number;
}
