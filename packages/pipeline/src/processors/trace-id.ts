import {
  parseTraceId,
  type Json,
  type JsonObject,
  type Link,
  type TimeUs,
  type TraceDocument,
  type TraceId,
} from '@fluoroscope/model';
import { withDocument, type Consumer, type Parcel } from '../stage.ts';
import type { TraceIdMemory } from './trace-id-memory.ts';

export interface TraceIdOptions {
  readonly memory: TraceIdMemory;
  /** How long ago an id's time may lie for the endpoint to take it. */
  readonly ageSecondsMax: number;
  /** And how far ahead. */
  readonly aheadSecondsMax: number;
  readonly nowUs: () => TimeUs;
}

/** In `metadata.fluoroscope`: the id a document came with, when it was given another. */
export const ORIGINAL_TRACE_ID = 'original_trace_id';

/**
 * For endpoints that want a time in the first 8 digits of a trace id. Ids without a time inside the window get their
 * segment's start, or now, in its place; the other 24 digits stay. All documents of a trace get the same, as far as `memory` goes;
 * links follow.
 */
export function createTraceIdMapping(next: Consumer, options: TraceIdOptions): Consumer {
  const { memory, ageSecondsMax, aheadSecondsMax } = options;

  async function mapId(id: TraceId, startSeconds: number, nowSeconds: number): Promise<TraceId> {
    const isInside = (epoch: number): boolean =>
      epoch >= nowSeconds - ageSecondsMax && epoch <= nowSeconds + aheadSecondsMax;
    if (isInside(Number.parseInt(id.slice(2, 10), 16))) return id;
    const epoch = Math.floor(isInside(startSeconds) ? startSeconds : nowSeconds);
    const proposed = parseTraceId(`1-${epoch.toString(16).padStart(8, '0')}-${id.slice(11)}`);
    return proposed.ok ? memory.remember(id, proposed.value) : id;
  }

  async function mapLinks(links: readonly Link[], start: number, now: number): Promise<readonly Link[]> {
    const mapped: Link[] = [];
    for (const link of links) mapped.push({ ...link, trace_id: await mapId(link.trace_id, start, now) });
    return mapped;
  }

  async function mapParcel(parcel: Parcel, nowSeconds: number): Promise<Parcel> {
    const { document } = parcel;
    const { trace_id: original, start_time: start, links } = document;
    const id = await mapId(original, start, nowSeconds);
    const mappedLinks = links === undefined ? undefined : await mapLinks(links, start, nowSeconds);
    const linked = mappedLinks === undefined ? document : { ...document, links: mappedLinks };
    return withDocument(parcel, id === original ? linked : withId(linked, id));
  }

  return {
    async consume(parcels) {
      const nowSeconds = options.nowUs() / 1e6;
      // Together, so that a memory elsewhere is asked once for all of them.
      await next.consume(await Promise.all(parcels.map((parcel) => mapParcel(parcel, nowSeconds))));
    },
  };
}

function withId(document: TraceDocument, id: TraceId): TraceDocument {
  const { metadata = {}, trace_id: original } = document;
  const own = metadata['fluoroscope'];
  return {
    ...document,
    trace_id: id,
    metadata: { ...metadata, fluoroscope: { ...(isObject(own) && own), [ORIGINAL_TRACE_ID]: original } },
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
