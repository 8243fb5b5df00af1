import type {
  IndependentSubsegmentDocument,
  Json,
  SegmentDocument,
  SubsegmentDocument,
  TraceDocument,
} from '../../segment-document.ts';
import type { SegmentId } from '../../segment-id.ts';
import { createHopMemory, HOPS_REMEMBERED_MAX } from './hop-memory.ts';
import type { HopSide } from './read-mesh-hop.ts';

export interface HopCollapser {
  /** Documents in, documents out: some of them changed, some of earlier calls again, to replace what they were. */
  collapse(documents: readonly TraceDocument[]): readonly TraceDocument[];
}

/**
 * Makes one node of a sidecar and the application behind it (ADR-016), whatever dialect the application speaks.
 *
 *   inbound sidecar + application's segment     one segment, named by the sidecar; the other one is work in it
 *   application's call + outbound sidecar       one call, the application's; the sidecar's is work in it, and who answered
 *                                               the sidecar answers the call
 *
 * The two arrive in any order and in different requests. A stored segment is never outdone by a subsegment, so the one that
 * comes first stays a segment: usually the application's, since sidecars report later. Nothing is remembered until the first
 * sidecar is seen.
 */
// oxlint-disable-next-line max-lines-per-function -- one memory, and a function for each way a document meets it
export function createHopCollapser(hopsMax: number = HOPS_REMEMBERED_MAX): HopCollapser {
  const memory = createHopMemory(hopsMax);
  let isMesh = false;

  function addInbound(proxy: SegmentDocument, emit: Emit): void {
    const { trace_id: traceId, id } = proxy;
    const parentId = memory.standInOf(traceId, proxy.parent_id);
    const application = memory.segmentsBelow(traceId, id).find((segment) => sideOf(segment) === null);
    memory.addProxy(traceId, id);
    if (application === undefined) {
      emitSegment(withParent(proxy, parentId), proxy.parent_id, emit);
      return;
    }
    const { name } = application;
    const merged = withParent({ ...application, ...inMesh(application, { name }), name: proxy.name }, parentId);
    emitSegment(merged, proxy.parent_id, emit);
    emit(toWork(proxy, application.id));
  }

  function addApplication(segment: SegmentDocument, emit: Emit): void {
    const { trace_id: traceId, parent_id: parentId } = segment;
    const above = memory.pastLeg(traceId, parentId);
    if (parentId !== undefined && above !== undefined && memory.isProxy(traceId, above)) {
      emit(toWork(segment, parentId));
      return;
    }
    emitSegment(withParent(segment, memory.standInOf(traceId, parentId)), above, emit);
  }

  function emitSegment(segment: SegmentDocument, sentParent: SegmentId | undefined, emit: Emit): void {
    if (sentParent !== undefined) memory.addSegment(sentParent, segment);
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

  return {
    collapse(documents) {
      isMesh ||= documents.some((document) => sideOf(document) !== null);
      if (!isMesh) return documents;
      const latest = new Map<string, TraceDocument>();
      const emit: Emit = (document) => latest.set(document.trace_id + document.id, document);
      // What others are looked up by goes first.
      for (const document of documents.toSorted((a, b) => turnOf(a) - turnOf(b))) {
        const side = sideOf(document);
        if (document.type === undefined) {
          if (side === 'inbound') addInbound(document, emit);
          else if (side === null) addApplication(document, emit);
          else emitSegment(document, document.parent_id, emit);
        } else if (side === 'outbound' && document.namespace !== undefined) addOutbound(document, emit);
        else {
          if (side === 'leg') memory.addLeg(document);
          emit(document);
        }
        if (side === null) for (const id of callsIn(document)) addCall(document, id, emit);
      }
      return [...latest.values()];
    },
  };
}

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

/** Legs, then applications, then proxies on the way out, then those on the way in. */
function turnOf(document: TraceDocument): number {
  const side = sideOf(document);
  if (side === 'leg') return 0;
  if (side === null) return 1;
  return side === 'inbound' ? 3 : 2;
}

/** The ids of a document's calls, embedded ones included. */
function callsIn(document: TraceDocument): readonly SegmentId[] {
  const calls: SegmentId[] = [];
  const stack: (TraceDocument | SubsegmentDocument)[] = [document];
  for (let entity = stack.pop(); entity !== undefined; entity = stack.pop()) {
    if ('namespace' in entity && entity.namespace !== undefined) calls.push(entity.id);
    if (entity.subsegments !== undefined) stack.push(...entity.subsegments);
  }
  return calls;
}

function withParent(segment: SegmentDocument, parentId: SegmentId | undefined): SegmentDocument {
  if (segment.parent_id === parentId) return segment;
  const { parent_id: _parent, ...root } = segment;
  return parentId === undefined ? root : { ...root, parent_id: parentId };
}

/** A segment as work below another; what only segments have is kept in `metadata.mesh`. */
function toWork(segment: SegmentDocument, parentId: SegmentId): IndependentSubsegmentDocument {
  const { origin, user, resource_arn, service, inferred: _inferred, type: _type, ...common } = segment;
  return {
    ...common,
    ...inMesh(segment, { origin, user, resource_arn, service }),
    type: 'subsegment',
    parent_id: parentId,
  };
}

/** Metadata with what the document was before. */
function inMesh(
  { metadata }: TraceDocument,
  fields: Readonly<Record<string, Json | undefined>>,
): Pick<TraceDocument, 'metadata'> {
  const mesh: Record<string, Json> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) mesh[key] = value;
  if (Object.keys(mesh).length > 0) return { metadata: { ...metadata, mesh } };
  return metadata === undefined ? {} : { metadata };
}
