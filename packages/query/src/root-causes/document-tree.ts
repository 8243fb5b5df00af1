import {
  accountOf,
  inferTarget,
  timeUsFromSeconds,
  type EntityDocument,
  type MergedTrace,
  type SegmentDocument,
  type SegmentId,
  type ServiceKey,
  type SubsegmentDocument,
} from '@fluoroscope/model';
import { byStart, type CauseEntity, type CauseTree } from './cause-tree.ts';

interface Placed {
  readonly entity: CauseEntity;
  /** Of a subsegment. */
  readonly call: SubsegmentDocument | null;
  /** The enclosing entity's, or `parent_id`. */
  readonly parentId: SegmentId | null;
  parent: Placed | null;
  readonly children: CauseEntity[];
}

/** Joins what `mergeTrace` gives as documents: calls with the segments that answer them. */
export function plantDocumentTree({ segments }: MergedTrace): CauseTree {
  const placed = new Map<string, Placed>();
  for (const { document } of segments) {
    if (placed.has(document.id)) continue;
    const parentId = document.parent_id === document.id ? undefined : document.parent_id;
    if (document.type === 'subsegment') placeSubsegment(document, parentId, placed);
    else place(segmentOf(document, placed), null, parentId, placed);
    placeEmbedded(document, placed);
  }
  for (const one of placed.values()) {
    one.parent = one.parentId === null ? null : (placed.get(one.parentId) ?? null);
    one.parent?.children.push(one.entity);
  }
  const entities = Array.from(placed.values(), ({ entity }) => entity);
  return {
    entry: findEntry(placed),
    mayFail: (flag) => entities.some((entity) => entity[flag]),
    childrenOf: ({ id }) => [...(placed.get(id)?.children ?? [])],
    entityOf: (id) => placed.get(id)?.entity,
    entities: () => entities,
  };
}

function segmentOf(document: SegmentDocument, placed: ReadonlyMap<string, Placed>): CauseEntity {
  const { name, origin, aws, parent_id } = document;
  const own = { name, type: origin ?? null, accountId: accountOf(aws ?? {}) };
  if (document.inferred !== true) return entityOf(document, 'segment', own, false);
  // Named by the call above it, which was placed before.
  const call = parent_id === undefined ? undefined : placed.get(parent_id)?.call;
  return entityOf(document, 'inferred', (call && inferTarget(call)?.node) ?? own, false);
}

function entityOf(
  document: EntityDocument,
  kind: CauseEntity['kind'],
  key: ServiceKey | null,
  remote: boolean,
): CauseEntity {
  const { id, name, start_time, end_time, fault, error, cause } = document;
  const startUs = timeUsFromSeconds(start_time);
  return {
    id,
    kind,
    name,
    service: key === null ? null : { key },
    startUs,
    endUs: end_time === undefined ? startUs : Math.max(startUs, timeUsFromSeconds(end_time)),
    fault: fault === true,
    error: error === true,
    remote,
    cause: cause ?? null,
  };
}

/** What stands there already stays. */
function placeEmbedded(top: EntityDocument, placed: Map<string, Placed>): void {
  const pending = [top];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const embedded of parent.subsegments ?? []) {
      if (placed.has(embedded.id)) continue;
      placeSubsegment(embedded, parent.id, placed);
      pending.push(embedded);
    }
  }
}

function placeSubsegment(
  document: SubsegmentDocument,
  parentId: SegmentId | undefined,
  placed: Map<string, Placed>,
): void {
  const { namespace } = document;
  const entity = entityOf(document, namespace === undefined ? 'local' : 'call', null, namespace === 'remote');
  place(entity, document, parentId, placed);
}

function place(
  entity: CauseEntity,
  call: SubsegmentDocument | null,
  parentId: SegmentId | undefined,
  placed: Map<string, Placed>,
): void {
  placed.set(entity.id, { entity, call, parentId: parentId ?? null, parent: null, children: [] });
}

/** One without a parent, else one whose caller is not known, else (a circle) any; of those the earliest. */
function findEntry(placed: ReadonlyMap<string, Placed>): CauseEntity | null {
  const sent = [...placed.values()].filter(({ entity }) => entity.kind === 'segment');
  const roots = sent.filter(({ parentId }) => parentId === null);
  if (roots.length > 0) return earliestOf(roots);
  const owned = findOwned(sent, placed);
  const unresolved = sent.filter(({ parent }) => parent === null || !owned.has(parent));
  return earliestOf(unresolved.length > 0 ? unresolved : sent);
}

/** All segments, and the subsegments that belong to one. */
function findOwned(sent: readonly Placed[], placed: ReadonlyMap<string, Placed>): ReadonlySet<Placed> {
  const owned = new Set<Placed>(sent);
  const pending = [...sent];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const { id, kind } of at.children) {
      const child = placed.get(id);
      if (child === undefined || kind === 'segment' || owned.has(child)) continue;
      owned.add(child);
      pending.push(child);
    }
  }
  return owned;
}

function earliestOf(segments: readonly Placed[]): CauseEntity | null {
  let earliest: CauseEntity | null = null;
  for (const { entity } of segments) if (earliest === null || byStart(entity, earliest) < 0) earliest = entity;
  return earliest;
}
