import type { AcceptedDocument } from '../../parse-document.ts';
import type {
  IndependentSubsegmentDocument,
  SegmentDocument,
  SubsegmentDocument,
  TraceDocument,
} from '../../segment-document.ts';
import type { SegmentId } from '../../segment-id.ts';
import { asLead, toWork, withParent } from './change-place.ts';
import { isEnvoys, readEnvoyDocument } from './envoy-document.ts';
import { createHopMemory, HOPS_REMEMBERED_MAX, type InboundProxy } from './hop-memory.ts';
import type { HopSide } from './read-mesh-hop.ts';

export interface HopCollapser {
  /**
   * Whether these have to go through `collapse`: false until the first proxy is seen, and then they were noted, unread. Those that are
   * certainly no proxy's are not read for it.
   */
  concerns(arrived: readonly Arrived[]): boolean;
  /** Documents in, documents out: some of them changed, some of earlier calls again, to replace what they were. */
  collapse(documents: readonly TraceDocument[]): readonly TraceDocument[];
}

/** A document that may not have been read yet. */
export type Arrived = Pick<AcceptedDocument, 'head' | 'document'>;

/**
 * Makes one node of a sidecar and the application behind it (ADR-016), whatever dialect the two speak.
 *
 *   inbound sidecar + application's segment     one segment, named by the sidecar; the other one is work in it
 *   application's call + outbound sidecar       one call, the application's; the sidecar's is work in it, and who answered
 *                                               the sidecar answers the call
 *
 * The two arrive in any order and in different requests. A stored segment is never outdone by a subsegment, so the one that
 * comes first stays a segment: usually the application's, since sidecars report later. Until the first sidecar is seen only the
 * last `BEFORE_MESH_MAX` documents are kept, unread.
 */
// oxlint-disable-next-line max-lines-per-function -- one memory, and a function for each way a document meets it
export function createHopCollapser(hopsMax: number = HOPS_REMEMBERED_MAX): HopCollapser {
  const memory = createHopMemory(hopsMax);
  let isMesh = false;
  const before: Arrived[] = [];
  let beforeAt = 0;

  function keepUnread(arrived: readonly Arrived[]): void {
    for (const one of arrived) {
      before[beforeAt] = one;
      beforeAt = (beforeAt + 1) % BEFORE_MESH_MAX;
    }
  }

  /** They were handed on as they are: nothing can be beside a sidecar yet. */
  function readKept(): void {
    const kept = [...before.slice(beforeAt), ...before.slice(0, beforeAt)];
    before.length = 0;
    for (const { document } of kept) addDocument(document, () => {});
  }

  function addInbound(segment: SegmentDocument, emit: Emit): void {
    const { trace_id: traceId, id } = segment;
    const applications = memory
      .segmentsBelow(traceId, id)
      .filter((below) => sideOf(below) === null && isBehind(below, segment));
    const proxy: InboundProxy = { segment, leads: applications.map((application) => application.id) };
    memory.addProxy(proxy);
    const [first] = applications;
    if (first === undefined) {
      emitSegment(withParent(segment, memory.standInOf(traceId, segment.parent_id)), segment.parent_id, emit);
      return;
    }
    for (const application of applications) emitLead(application, proxy, emit);
    emit(toWork(segment, first.id));
  }

  function addApplication(segment: SegmentDocument, emit: Emit): void {
    const { trace_id: traceId, parent_id: parentId } = segment;
    const above = memory.pastLeg(traceId, parentId);
    const proxy = above === undefined ? undefined : memory.proxyOf(traceId, above);
    if (parentId === undefined || proxy === undefined || !isBehind(segment, proxy.segment)) {
      emitSegment(withParent(segment, memory.standInOf(traceId, parentId)), above, emit);
    } else if (proxy.leads.includes(segment.id)) {
      // Once more, complete by now.
      memory.addSegment(proxy.segment.id, segment, entitiesIn(segment).length);
      emitLead(segment, proxy, emit);
    } else emit(toWork(segment, parentId));
  }

  function emitLead(application: SegmentDocument, { segment: proxy }: InboundProxy, emit: Emit): void {
    const parentId = memory.standInOf(proxy.trace_id, proxy.parent_id);
    emitSegment(asLead(application, proxy, parentId), proxy.parent_id, emit);
  }

  function emitSegment(segment: SegmentDocument, sentParent: SegmentId | undefined, emit: Emit): void {
    if (sentParent !== undefined) memory.addSegment(sentParent, segment, entitiesIn(segment).length);
    emit(segment);
  }

  function addOutbound(proxy: IndependentSubsegmentDocument, emit: Emit): void {
    const callId = memory.pastLeg(proxy.trace_id, proxy.parent_id) ?? proxy.parent_id;
    if (memory.isCall(proxy.trace_id, callId)) join(proxy, callId, emit);
    else {
      memory.addOutbound(callId, proxy);
      emit(proxy);
    }
  }

  function addCall(document: TraceDocument, callId: SegmentId, emit: Emit): void {
    memory.addCall(document.trace_id, callId);
    for (const proxy of memory.takeOutbound(document.trace_id, callId)) join(proxy, callId, emit);
  }

  function join(proxy: IndependentSubsegmentDocument, callId: SegmentId, emit: Emit): void {
    const { namespace: _namespace, ...work } = proxy;
    emit(work);
    memory.addStandIn(proxy.trace_id, proxy.id, callId);
    for (const segment of memory.segmentsBelow(proxy.trace_id, proxy.id)) {
      emitSegment(withParent(segment, callId), proxy.id, emit);
    }
  }

  function addDocument(document: TraceDocument, emit: Emit): void {
    const side = sideOf(document);
    place(document, side, emit);
    if (side !== null) return;
    for (const entity of entitiesIn(document)) if (isCall(entity)) addCall(document, entity.id, emit);
  }

  function place(document: TraceDocument, side: HopSide | null, emit: Emit): void {
    if (document.type === undefined) {
      if (side === 'inbound') addInbound(document, emit);
      else if (side === null) addApplication(document, emit);
      else emitSegment(document, document.parent_id, emit);
    } else if (side === 'outbound' && document.namespace !== undefined) addOutbound(document, emit);
    else {
      if (side === 'leg') memory.addLeg(document);
      emit(document);
    }
  }

  function concerns(arrived: readonly Arrived[]): boolean {
    if (isMesh) return true;
    isMesh = arrived.some((one) => one.head.mayBeProxys !== false && isProxys(one.document));
    if (isMesh) readKept();
    else keepUnread(arrived);
    return isMesh;
  }

  return {
    concerns,
    collapse(documents) {
      if (!isMesh && !concerns(documents.map((document) => ({ head: document, document })))) return documents;
      // Of one entity the latest, but a report of work in progress is no later than its end.
      const latest = new Map<string, TraceDocument>();
      const emit: Emit = (document) => {
        const { trace_id, id, type = 'segment', in_progress = false } = document;
        latest.set(`${trace_id}${id}${type}${in_progress}`, document);
      };
      // What others are looked up by goes first.
      const read = documents.map(readEnvoyDocument).toSorted((a, b) => turnOf(a) - turnOf(b));
      for (const document of read) addDocument(document, emit);
      return [...latest.values()];
    },
  };
}

/** A second or so of a service that has just begun, and some MB. */
const BEFORE_MESH_MAX = 1_024;

type Emit = (document: TraceDocument) => void;

const SIDES: ReadonlyMap<unknown, HopSide> = new Map<unknown, HopSide>([
  ['inbound', 'inbound'],
  ['outbound', 'outbound'],
  ['gateway', 'gateway'],
  ['leg', 'leg'],
]);

/** Null for what is no proxy's. */
function sideOf({ annotations }: TraceDocument): HopSide | null {
  return SIDES.get(annotations?.['mesh.side']) ?? null;
}

function isProxys(document: TraceDocument): boolean {
  return sideOf(document) !== null || isEnvoys(document);
}

/** Legs, then applications, then proxies on the way out, then those on the way in. */
function turnOf(document: TraceDocument): number {
  const side = sideOf(document);
  if (side === 'leg') return 0;
  if (side === null) return 1;
  return side === 'inbound' ? 3 : 2;
}

/**
 * Whether a segment below an inbound proxy is of the application that the proxy stands beside. Behind a sidecar of Istio
 * nothing else can be: what the application calls has the sidecar's outbound span above it. An Envoy without Istio may
 * as well be a front proxy, which is another service: there the names must agree.
 */
function isBehind(application: SegmentDocument, { name, annotations = {} }: SegmentDocument): boolean {
  if (annotations['mesh.pod'] !== undefined || annotations['mesh.port'] !== undefined) return true;
  return isSameOrWithin(application.name, name) || isSameOrWithin(name, application.name);
}

/** `reviews.default` is `reviews`, with its namespace. */
function isSameOrWithin(longer: string, shorter: string): boolean {
  return longer === shorter || longer.startsWith(`${shorter}.`);
}

type Entity = TraceDocument | SubsegmentDocument;

/** The document and what is embedded in it. */
function entitiesIn(document: TraceDocument): readonly Entity[] {
  const entities: Entity[] = [document];
  for (let at = 0; at < entities.length; at += 1) {
    for (const child of entities[at]?.subsegments ?? []) entities.push(child);
  }
  return entities;
}

function isCall(entity: Entity): boolean {
  return 'namespace' in entity && entity.namespace !== undefined;
}
