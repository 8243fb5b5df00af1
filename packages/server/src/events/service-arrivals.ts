import { TRUSTED_SERVICES_MAX } from '@fluoroscope/api';
import type { TimeUs } from '@fluoroscope/model';
import { LATE_SEGMENT_US } from '../limits.ts';
import type { ServiceName } from './find-service.ts';

/** What of a document is looked at. */
export interface ArrivedDocument {
  readonly name: string;
  readonly type?: 'subsegment' | undefined;
  /** Seconds since 1970; absent while it is in progress. */
  readonly end_time?: number | undefined;
}

export interface ServiceArrival extends DocumentCounts {
  /** Null: subsegments sent on their own, whose name is that of a call, and services beyond the bound. */
  readonly name: ServiceName;
  /** Of those that were accepted. */
  readonly lateCount: number;
}

/** Of documents that cannot be read, so that nobody knows whose they are. */
export interface UnknownArrival extends DocumentCounts {
  readonly channel: string;
}

export interface DocumentCounts {
  readonly receivedCount: number;
  readonly refusedCount: number;
  readonly droppedCount: number;
}

/**
 * What came and what was lost, by service. Every document is received in one place, a service or the unknown of a channel,
 * and refused or dropped in the same; only what the journal lost is dropped there, where it was not received.
 */
export interface ServiceArrivals {
  accepted(documents: readonly ArrivedDocument[], receivedUs: TimeUs): void;
  /** `service`: undefined where it cannot be told. */
  refused(channel: string, service: ServiceName | undefined): void;
  /** Before anything else was known of it. */
  unread(channel: string, service: ServiceName | undefined): void;
  /** Of accepted documents: `refused` when their sender was told. */
  lost(kind: 'refused' | 'dropped', services: readonly ServiceName[]): void;
  /** Acknowledged, and not to be read back. */
  lostInJournal(channel: string, count: number): void;
  read(): { readonly services: readonly ServiceArrival[]; readonly unknown: readonly UnknownArrival[] };
}

export function createServiceArrivals(servicesMax: number = TRUSTED_SERVICES_MAX): ServiceArrivals {
  const services = new Map<string, Counts>();
  const others = noCounts();
  /** As many as there are channels. */
  const unknown = new Map<string, Counts>();

  function countsOf(service: ServiceName): Counts {
    if (service === null) return others;
    let counts = services.get(service);
    if (counts !== undefined) return counts;
    if (services.size >= servicesMax) return others;
    services.set(service, (counts = noCounts()));
    return counts;
  }

  function placeOf(channel: string, service: ServiceName | undefined): Counts {
    if (service !== undefined) return countsOf(service);
    const counts = unknown.get(channel) ?? noCounts();
    unknown.set(channel, counts);
    return counts;
  }

  return {
    accepted(documents, receivedUs) {
      for (const document of documents) {
        const counts = countsOf(serviceOf(document));
        counts.receivedCount += 1;
        const { end_time: end } = document;
        if (end !== undefined && receivedUs - end * 1e6 > LATE_SEGMENT_US) counts.lateCount += 1;
      }
    },
    refused(channel, service) {
      const counts = placeOf(channel, service);
      counts.receivedCount += 1;
      counts.refusedCount += 1;
    },
    unread(channel, service) {
      const counts = placeOf(channel, service);
      counts.receivedCount += 1;
      counts.droppedCount += 1;
    },
    lost(kind, lostServices) {
      for (const service of lostServices) countsOf(service)[LOST[kind]] += 1;
    },
    lostInJournal(channel, count) {
      placeOf(channel, undefined).droppedCount += count;
    },
    read: () => ({
      services: [
        ...Array.from(services, ([name, counts]) => ({ name, ...counts })),
        ...(others.receivedCount === 0 ? [] : [{ name: null, ...others }]),
      ],
      unknown: Array.from(unknown, ([channel, { lateCount: _none, ...counts }]) => ({ channel, ...counts })),
    }),
  };
}

export function serviceOf({ name, type }: ArrivedDocument): ServiceName {
  return type === 'subsegment' ? null : name;
}

const LOST = { refused: 'refusedCount', dropped: 'droppedCount' } as const;

type Counts = { -readonly [Key in keyof DocumentCounts | 'lateCount']: number };

function noCounts(): Counts {
  return { receivedCount: 0, refusedCount: 0, droppedCount: 0, lateCount: 0 };
}
