import type { IndependentSubsegmentDocument, SegmentDocument } from '../../segment-document.ts';
import type { SegmentId } from '../../segment-id.ts';
import type { TraceId } from '../../trace-id.ts';

/** Entries of all kinds and the remembered documents' entities together: some tens of MB, and some seconds of a busy mesh. */
export const HOPS_REMEMBERED_MAX = 32_768;
/** Of one parent, or calls waiting for one: more are not followed. */
const SIBLINGS_MAX = 64;

/** An inbound sidecar, as far as applications behind it must know. */
export interface InboundProxy {
  /** As the sidecar's span was translated. */
  readonly segment: SegmentDocument;
  /** Segments of its application that were sent on before it, and so stay segments. */
  readonly leads: readonly SegmentId[];
}

/** What was seen of recent hops, by trace and id. Forgets the older half when full. */
export interface HopMemory {
  readonly addProxy: (proxy: InboundProxy) => void;
  readonly proxyOf: (traceId: TraceId, id: SegmentId) => InboundProxy | undefined;
  readonly addCall: (traceId: TraceId, id: SegmentId) => void;
  readonly isCall: (traceId: TraceId, id: SegmentId) => boolean;
  readonly addLeg: (leg: IndependentSubsegmentDocument) => void;
  /** The parent of a leg; any other id itself. */
  readonly pastLeg: (traceId: TraceId, id: SegmentId | undefined) => SegmentId | undefined;
  /** The segment as it was sent on, below the parent that its sender named; `entities`: it and its subsegments. */
  readonly addSegment: (sentParent: SegmentId, segment: SegmentDocument, entities: number) => void;
  readonly segmentsBelow: (traceId: TraceId, parentId: SegmentId) => readonly SegmentDocument[];
  /** A proxy's call whose application's call has not been seen. */
  readonly addOutbound: (callId: SegmentId, proxy: IndependentSubsegmentDocument) => void;
  readonly takeOutbound: (traceId: TraceId, callId: SegmentId) => readonly IndependentSubsegmentDocument[];
  readonly addStandIn: (traceId: TraceId, id: SegmentId, callId: SegmentId) => void;
  /** The application's call in place of its proxy's; any other id itself. */
  readonly standInOf: (traceId: TraceId, id: SegmentId | undefined) => SegmentId | undefined;
}

export function createHopMemory(entriesMax: number): HopMemory {
  let young = newGeneration();
  let old = newGeneration();

  function add<T>(pick: (generation: Generation) => Map<string, T>, key: string, value: T, cost: number = 1): void {
    if (young.count >= entriesMax / 2) {
      old = young;
      young = newGeneration();
    }
    pick(young).set(key, value);
    young.count += cost;
  }
  function get<T>(pick: (generation: Generation) => Map<string, T>, key: string): T | undefined {
    return pick(young).get(key) ?? pick(old).get(key);
  }
  function addTo<T extends { readonly id: SegmentId }>(
    pick: (generation: Generation) => Map<string, readonly T[]>,
    key: string,
    value: T,
    cost: number = 1,
  ): void {
    const others = (get(pick, key) ?? []).filter(({ id }) => id !== value.id);
    if (others.length < SIBLINGS_MAX) add(pick, key, [...others, value], cost);
  }

  return {
    addProxy: (proxy) => add(proxiesOf, proxy.segment.trace_id + proxy.segment.id, proxy),
    proxyOf: (traceId, id) => get(proxiesOf, traceId + id),
    addCall: (traceId, id) => add(callsOf, traceId + id, id),
    isCall: (traceId, id) => get(callsOf, traceId + id) !== undefined,
    addLeg: (leg) => add(legsOf, leg.trace_id + leg.id, leg.parent_id),
    pastLeg: (traceId, id) => (id === undefined ? undefined : (get(legsOf, traceId + id) ?? id)),
    addSegment: (sentParent, segment, entities) => addTo(segmentsOf, segment.trace_id + sentParent, segment, entities),
    segmentsBelow: (traceId, parentId) => get(segmentsOf, traceId + parentId) ?? [],
    addOutbound: (callId, proxy) => addTo(outboundOf, proxy.trace_id + callId, proxy),
    takeOutbound(traceId, callId) {
      const key = traceId + callId;
      const waiting = get(outboundOf, key) ?? [];
      young.outbound.delete(key);
      old.outbound.delete(key);
      return waiting;
    },
    addStandIn: (traceId, id, callId) => add(standInsOf, traceId + id, callId),
    standInOf: (traceId, id) => (id === undefined ? undefined : (get(standInsOf, traceId + id) ?? id)),
  };
}

/** All keys are a trace id and the id of a segment or subsegment. */
interface Generation {
  readonly proxies: Map<string, InboundProxy>;
  readonly calls: Map<string, SegmentId>;
  readonly legs: Map<string, SegmentId>;
  readonly standIns: Map<string, SegmentId>;
  readonly segments: Map<string, readonly SegmentDocument[]>;
  readonly outbound: Map<string, readonly IndependentSubsegmentDocument[]>;
  count: number;
}

function newGeneration(): Generation {
  return {
    proxies: new Map(),
    calls: new Map(),
    legs: new Map(),
    standIns: new Map(),
    segments: new Map(),
    outbound: new Map(),
    count: 0,
  };
}

const proxiesOf = ({ proxies }: Generation): Map<string, InboundProxy> => proxies;
const callsOf = ({ calls }: Generation): Map<string, SegmentId> => calls;
const legsOf = ({ legs }: Generation): Map<string, SegmentId> => legs;
const standInsOf = ({ standIns }: Generation): Map<string, SegmentId> => standIns;
const segmentsOf = ({ segments }: Generation): Map<string, readonly SegmentDocument[]> => segments;
const outboundOf = ({ outbound }: Generation): Map<string, readonly IndependentSubsegmentDocument[]> => outbound;
