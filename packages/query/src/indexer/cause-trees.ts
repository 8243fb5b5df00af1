import { inferSegmentId, type TraceId } from '@fluoroscope/model';
import { byStart, farEndOf, type CauseEntity, type CauseTree, type FailingFlag } from '../root-causes/cause-tree.ts';
import type { Entity } from './entity.ts';
import type { Slot } from './slot.ts';
import type { Standing } from './standing.ts';
import type { TraceEntities } from './trace-entities.ts';

// What the rules of root causes look at, over what the indexer remembers: as `plantDocumentTree` makes it of documents.

/** Of a settled trace. */
export class LinkedCauseTree implements CauseTree {
  readonly entry: Entity | null;
  readonly #traceId: TraceId;
  readonly #slots: ReadonlyMap<string, Slot>;

  /** `entry` is that of its row. */
  constructor({ traceId, slots }: TraceEntities, entry: Standing | null) {
    this.#traceId = traceId;
    this.#slots = slots;
    const isRoot = entry === null || entry.entity.parentId === null;
    this.entry = isRoot ? (entry?.entity ?? null) : findEntry(slots.values());
  }

  mayFail(flag: FailingFlag): boolean {
    for (const { entity } of this.#slots.values()) if (entity?.[flag] === true) return true;
    return false;
  }

  childrenOf({ id, kind }: CauseEntity): CauseEntity[] {
    const children: CauseEntity[] = [];
    const slot = kind === 'inferred' ? undefined : this.#slots.get(id);
    if (slot?.entity == null) return children;
    for (let child = slot.firstChild; child !== null; child = child.nextSibling) {
      if (child.entity !== null) children.push(child.entity);
    }
    if (slot.standing?.isInferred === true) addFarEnd(children, slot.entity, this.#traceId);
    return children;
  }

  entityOf(id: string): Entity | undefined {
    return this.#slots.get(id)?.entity ?? undefined;
  }

  *entities(): Generator<Entity> {
    for (const { entity } of this.#slots.values()) if (entity !== null) yield entity;
  }
}

/** Of a trace of one document, whose entity comes first. */
export class SoloCauseTree implements CauseTree {
  readonly entry: Entity | null;
  readonly #traceId: TraceId;
  readonly #standings: readonly Standing[];

  constructor(traceId: TraceId, standings: readonly Standing[]) {
    const first = standings[0]?.entity ?? null;
    this.entry = first?.kind === 'segment' ? first : null;
    this.#traceId = traceId;
    this.#standings = standings;
  }

  mayFail(flag: FailingFlag): boolean {
    for (const { entity } of this.#standings) if (entity[flag]) return true;
    return false;
  }

  childrenOf(parent: CauseEntity): CauseEntity[] {
    const children: CauseEntity[] = [];
    if (parent.kind === 'inferred') return children;
    let isUnanswered = false;
    for (const { entity, isInferred } of this.#standings) {
      if (entity.parentId === parent.id) children.push(entity);
      if (entity === parent) isUnanswered = isInferred;
    }
    if (isUnanswered) addFarEnd(children, parent, this.#traceId);
    return children;
  }

  entityOf(id: string): Entity | undefined {
    return this.#standings.find(({ entity }) => entity.id === id)?.entity;
  }

  entities(): readonly Entity[] {
    return this.#standings.map(({ entity }) => entity);
  }
}

/** Its own id takes time, and tells only its place among others. */
function addFarEnd(children: CauseEntity[], call: CauseEntity, traceId: TraceId): void {
  children.push(farEndOf(call, children.length === 0 ? call.id : inferSegmentId(traceId, call.id)));
}

/** Where no segment is without a parent: one whose caller is not known, else any; of those the earliest. */
function findEntry(slots: Iterable<Slot>): Entity | null {
  let entry: Entity | null = null;
  let isUnresolved = false;
  for (const { entity, parent } of slots) {
    if (entity?.kind !== 'segment') continue;
    const isOne = parent === null || parent.owner === null;
    if (entry !== null && (isOne === isUnresolved ? byStart(entry, entity) < 0 : isUnresolved)) continue;
    entry = entity;
    isUnresolved = isOne;
  }
  return entry;
}
