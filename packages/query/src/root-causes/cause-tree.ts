import {
  accountOf,
  inferTarget,
  timeUsFromSeconds,
  type EntityDocument,
  type IndependentSubsegmentDocument,
  type MergedTrace,
  type SegmentDocument,
  type SegmentId,
  type ServiceKey,
  type SubsegmentDocument,
} from '@fluoroscope/model';

/** A segment or subsegment where it stands in the trace. */
export type CauseEntity = CauseSegment | CauseSubsegment;

interface Placed {
  readonly id: SegmentId;
  readonly startUs: number;
  /** Not before the start; the start while in progress. */
  readonly endUs: number;
  readonly parent: CauseEntity | null;
  /** Embedded or answering, by start and id. */
  readonly children: readonly CauseEntity[];
}

export interface CauseSegment extends Placed {
  readonly kind: 'segment';
  readonly document: SegmentDocument;
}

export interface CauseSubsegment extends Placed {
  readonly kind: 'subsegment';
  readonly document: SubsegmentDocument | IndependentSubsegmentDocument;
}

export interface CauseTree {
  /** The segment that speaks for the trace, as in its row; null when there is none. */
  readonly entry: CauseSegment | null;
  readonly entities: ReadonlyMap<SegmentId, CauseEntity>;
}

type Growing<E extends CauseEntity> = E extends CauseEntity
  ? Omit<E, 'parent' | 'children'> & { parent: CauseEntity | null; children: CauseEntity[] }
  : never;
type GrowingEntity = Growing<CauseEntity>;

/** Joins what `mergeTrace` gives as documents: calls with the segments that answer them. */
export function plantCauseTree({ segments }: MergedTrace): CauseTree {
  const entities = new Map<SegmentId, GrowingEntity>();
  const tops: GrowingEntity[] = [];
  for (const { document } of segments) {
    const top = add(document.type === 'subsegment' ? subsegmentOf(document) : segmentOf(document), entities);
    if (top !== null) tops.push(top);
  }
  for (const top of tops) {
    const parentId = parentIdOf(top);
    const parent = parentId === null ? undefined : entities.get(parentId);
    if (parent !== undefined) attach(top, parent);
  }
  for (const { children } of entities.values()) if (children.length > 1) children.sort(byStart);
  return { entry: findEntry(tops), entities };
}

/** The node of the graph that a segment stands for; an inferred one is named by the call above it. */
export function serviceOf({ document, parent }: CauseSegment): ServiceKey {
  const target = document.inferred === true && parent?.kind === 'subsegment' ? inferTarget(parent.document) : null;
  if (target !== null) return target.node;
  return { name: document.name, type: document.origin ?? null, accountId: accountOf(document.aws ?? {}) };
}

function segmentOf(document: SegmentDocument): GrowingEntity {
  return { kind: 'segment', document, ...placeOf(document) };
}

function subsegmentOf(document: SubsegmentDocument | IndependentSubsegmentDocument): GrowingEntity {
  return { kind: 'subsegment', document, ...placeOf(document) };
}

function placeOf({ id, start_time, end_time }: EntityDocument): Pick<GrowingEntity, keyof Placed> {
  const startUs = timeUsFromSeconds(start_time);
  const endUs = end_time === undefined ? startUs : Math.max(startUs, timeUsFromSeconds(end_time));
  return { id, startUs, endUs, parent: null, children: [] };
}

/** Null for an id that stands there already. */
function add(top: GrowingEntity, entities: Map<SegmentId, GrowingEntity>): GrowingEntity | null {
  if (entities.has(top.id)) return null;
  entities.set(top.id, top);
  const pending = [top];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const embedded of parent.document.subsegments ?? []) {
      if (entities.has(embedded.id)) continue;
      const child = subsegmentOf(embedded);
      entities.set(child.id, child);
      attach(child, parent);
      pending.push(child);
    }
  }
  return top;
}

function attach(child: GrowingEntity, parent: GrowingEntity): void {
  child.parent = parent;
  parent.children.push(child);
}

function parentIdOf({ id, document }: GrowingEntity): SegmentId | null {
  const parentId = 'parent_id' in document ? document.parent_id : undefined;
  return parentId === undefined || parentId === id ? null : parentId;
}

/** One without a parent, else one whose caller is not known, else (a circle) any; of those the earliest. */
function findEntry(tops: readonly GrowingEntity[]): CauseSegment | null {
  const sent = tops.filter(isSentSegment);
  const roots = sent.filter((segment) => parentIdOf(segment) === null);
  if (roots.length > 0) return earliestOf(roots);
  const owned = findOwned(sent);
  const unresolved = sent.filter(({ parent }) => parent === null || !owned.has(parent));
  return earliestOf(unresolved.length > 0 ? unresolved : sent);
}

function isSentSegment(entity: GrowingEntity): entity is Growing<CauseSegment> {
  return entity.kind === 'segment' && entity.document.inferred !== true;
}

/** All segments, and the subsegments that belong to one. */
function findOwned(segments: readonly CauseEntity[]): ReadonlySet<CauseEntity> {
  const owned = new Set<CauseEntity>(segments);
  const pending = [...segments];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const child of at.children) {
      if (child.kind === 'segment') continue;
      owned.add(child);
      pending.push(child);
    }
  }
  return owned;
}

function earliestOf(segments: readonly CauseSegment[]): CauseSegment | null {
  let [earliest] = segments;
  for (const segment of segments) if (earliest === undefined || byStart(segment, earliest) < 0) earliest = segment;
  return earliest ?? null;
}

function byStart(a: CauseEntity, b: CauseEntity): number {
  return a.startUs - b.startUs || (a.id < b.id ? -1 : Number(a.id > b.id));
}
