import { collectEntities, type Entity, type SubsegmentEntity } from './collect-entities.ts';
import { inferSegment, inferTarget, isTracedCall, type InferredTarget } from './infer.ts';
import { isBroker, isSameBroker } from './messaging.ts';
import type {
  IndependentSubsegmentDocument,
  SegmentDocument,
  SubsegmentDocument,
  TraceDocument,
} from './segment-document.ts';
import type { SegmentId } from './segment-id.ts';
import type { TraceId } from './trace-id.ts';

export interface MergedTrace {
  /** What was sent, by start and id; then the inferred segments, likewise. */
  readonly segments: readonly MergedSegment[];
  /** Seconds: the earliest start of a segment (of an orphan when there is no segment); 0 for no documents. */
  readonly startTime: number;
  /** Seconds: the latest end of any segment or subsegment; for what is in progress, its start. */
  readonly endTime: number;
}

/** A segment with its subsegments folded in, or a subsegment whose parent is not known. */
export interface MergedSegment {
  readonly id: SegmentId;
  readonly document: TraceDocument;
}

/** Levels of subsegments in one merged document; deeper ones start another, so that printing it cannot overflow. */
export const FOLDED_LEVELS_MAX = 400;

/**
 * Makes of one trace's documents, in the order of their arrival, what readers see (XRAY-SPEC §2.8):
 *
 * - Documents of one id: a complete one beats one in progress, else the last wins.
 * - A subsegment sent on its own is folded in below its parent, wherever that is embedded. One that was
 *   embedded as well stays in that place; again complete beats in progress, else the last wins.
 * - Subsegments whose parent is missing stand on their own; of a circle, the one with the smallest id.
 * - Calls that nobody answered get an inferred segment (§6.3), unless in progress or traced.
 *
 * Beyond "the last wins", order of arrival does not matter.
 */
export function mergeTrace(documents: readonly TraceDocument[]): MergedTrace {
  const [first] = documents;
  if (first === undefined) return { segments: [], startTime: 0, endTime: 0 };

  const entities = collectEntities(documents);
  const tree = plantTree(entities);
  const segments = foldTree(tree, first.trace_id).sort(byStartAndId);
  const inferred = inferSegments(entities, first.trace_id).sort(byStartAndId);
  return { segments: [...segments, ...inferred], ...spanOf(entities, segments) };
}

type Entities = ReadonlyMap<SegmentId, Entity>;

interface TraceTree {
  readonly roots: readonly Entity[];
  readonly childrenOf: ReadonlyMap<SegmentId, readonly SubsegmentEntity[]>;
}

function plantTree(entities: Entities): TraceTree {
  const breakers = findCircleBreakers(entities);
  const roots: Entity[] = [];
  const childrenOf = new Map<SegmentId, SubsegmentEntity[]>();
  for (const entity of entities.values()) {
    if (entity.kind === 'segment' || !entities.has(entity.parentId) || breakers.has(entity)) {
      roots.push(entity);
      continue;
    }
    const siblings = childrenOf.get(entity.parentId);
    if (siblings === undefined) childrenOf.set(entity.parentId, [entity]);
    else siblings.push(entity);
  }
  return { roots, childrenOf };
}

/** Of each circle of parents, the member with the smallest id. Each entity is walked over once. */
function findCircleBreakers(entities: Entities): ReadonlySet<Entity> {
  const breakers = new Set<Entity>();
  const walkOf = new Map<Entity, number>();
  let walk = 0;
  for (const start of entities.values()) {
    walk += 1;
    let at: Entity | undefined = start;
    while (at !== undefined && !walkOf.has(at)) {
      walkOf.set(at, walk);
      at = parentOf(at, entities);
    }
    // Meeting this walk's own steps is a circle; meeting an older walk's leads where that one led.
    if (at !== undefined && walkOf.get(at) === walk) breakers.add(smallestOfCircle(at, entities));
  }
  return breakers;
}

function smallestOfCircle(member: Entity, entities: Entities): Entity {
  let smallest = member;
  for (let at = parentOf(member, entities); at !== undefined && at !== member; at = parentOf(at, entities)) {
    if (at.id < smallest.id) smallest = at;
  }
  return smallest;
}

function parentOf(entity: Entity, entities: Entities): Entity | undefined {
  return entity.kind === 'segment' ? undefined : entities.get(entity.parentId);
}

function foldTree({ roots, childrenOf }: TraceTree, traceId: TraceId): MergedSegment[] {
  // Parents stand before their children, so the way back meets each child folded already.
  const order: { readonly entity: Entity; readonly level: number }[] = roots.map((entity) => ({ entity, level: 0 }));
  for (let at = 0, parent = order[at]; parent !== undefined; at += 1, parent = order[at]) {
    const level = parent.level === FOLDED_LEVELS_MAX ? 0 : parent.level + 1;
    for (const entity of childrenOf.get(parent.entity.id) ?? []) order.push({ entity, level });
  }

  const folded = new Map<SegmentId, SubsegmentDocument>();
  const merged: MergedSegment[] = [];
  for (const { entity, level } of order.toReversed()) {
    const subsegments = orderChildren(entity, childrenOf.get(entity.id) ?? []).flatMap(
      ({ id }) => folded.get(id) ?? [],
    );
    if (entity.kind === 'segment') {
      merged.push({ id: entity.id, document: withSubsegments(entity.document, subsegments) });
    } else if (level === 0) {
      merged.push({ id: entity.id, document: withSubsegments(standAlone(entity, traceId), subsegments) });
    } else {
      folded.set(entity.id, withSubsegments(embed(entity.document), subsegments));
    }
  }
  return merged;
}

/** As the parent embeds them; those that came on their own follow by start. */
function orderChildren(parent: Entity, children: readonly SubsegmentEntity[]): readonly SubsegmentEntity[] {
  const places = new Map((parent.document.subsegments ?? []).map(({ id }, place) => [id, place]));
  const placeOf = (child: Entity): number => places.get(child.id) ?? places.size;
  return children.toSorted((a, b) => placeOf(a) - placeOf(b) || byStartAndId(a, b));
}

function withSubsegments<T extends Entity['document']>(document: T, subsegments: readonly SubsegmentDocument[]): T {
  if (subsegments.length > 0) return { ...document, subsegments };
  if (document.subsegments === undefined) return document;
  const { subsegments: _elsewhere, ...own } = document;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an optional property less
  return own as T;
}

/** An embedded subsegment says neither where it belongs nor to which trace. */
function embed(document: SubsegmentEntity['document']): SubsegmentDocument {
  if (!('trace_id' in document)) return document;
  const { trace_id: _trace, parent_id: _parent, type: _type, ...embedded } = document;
  return embedded;
}

function standAlone({ document, parentId }: SubsegmentEntity, traceId: TraceId): IndependentSubsegmentDocument {
  return { ...document, trace_id: traceId, type: 'subsegment', parent_id: parentId };
}

function inferSegments(entities: Entities, traceId: TraceId): MergedSegment[] {
  const answersOf = new Map<SegmentId, SegmentDocument[]>();
  for (const { kind, document } of entities.values()) {
    if (kind !== 'segment' || document.parent_id === undefined) continue;
    const answers = answersOf.get(document.parent_id);
    if (answers === undefined) answersOf.set(document.parent_id, [document]);
    else answers.push(document);
  }

  const inferred: MergedSegment[] = [];
  for (const entity of entities.values()) {
    if (entity.kind === 'segment' || entity.document.in_progress === true) continue;
    const { document: call } = entity;
    const target = inferTarget(call);
    if (target === null || isAnsweredBySegment(call, target, answersOf.get(entity.id) ?? [])) continue;
    const document = inferSegment(call, traceId);
    inferred.push({ id: document.id, document });
  }
  return inferred;
}

/** Or will be. A queue is not answered by those who receive from it: it stays between. */
function isAnsweredBySegment(
  call: SubsegmentDocument,
  { node }: InferredTarget,
  answers: readonly SegmentDocument[],
): boolean {
  if (!isBroker(node)) return answers.length > 0 || isTracedCall(call);
  return answers.some(({ name, origin }) => isSameBroker(node, { name, type: origin ?? null, accountId: null }));
}

function spanOf(entities: Entities, segments: readonly MergedSegment[]): { startTime: number; endTime: number } {
  const isOrphan = ({ document }: MergedSegment): boolean => document.type === 'subsegment';
  const starting = segments.every(isOrphan) ? segments : segments.filter((segment) => !isOrphan(segment));
  let startTime = Infinity;
  for (const { document } of starting) startTime = Math.min(startTime, document.start_time);
  let endTime = startTime;
  for (const { document } of entities.values()) endTime = Math.max(endTime, document.end_time ?? document.start_time);
  return { startTime, endTime };
}

interface Started {
  readonly id: SegmentId;
  readonly document: { readonly start_time: number };
}

function byStartAndId(a: Started, b: Started): number {
  return a.document.start_time - b.document.start_time || (a.id < b.id ? -1 : Number(a.id > b.id));
}
