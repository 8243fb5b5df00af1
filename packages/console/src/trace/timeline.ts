import type { Outcome } from '@fluoroscope/model';
import type { Entity } from './entity.ts';

export interface TimelineRow {
  readonly entity: Entity;
  /** Unique in a timeline even when ids repeat. */
  readonly key: string;
  readonly depth: number;
  readonly childCount: number;
  /** Seconds after the timeline's start. An entity in progress reaches to the timeline's end. */
  readonly offsetS: number;
  readonly lengthS: number;
  readonly outcome: Outcome;
  /** Named a parent that is not in the trace. */
  readonly orphan: boolean;
  /** Lies partly outside its parent: clocks differ, or work went on after the answer. */
  readonly outside: boolean;
}

export interface Timeline {
  readonly rows: readonly TimelineRow[];
  readonly startS: number;
  readonly lengthS: number;
}

/** An axis of zero length cannot be drawn. */
const LENGTH_S_MIN = 1e-6;
/** Float seconds of today carry about 0.2 µs of rounding. */
const SAME_S = 2e-6;

/**
 * Rows in reading order: parents before children, siblings by start. A segment hangs below the entity its
 * `parent_id` names, wherever that is embedded; a cycle of parents is opened at its earliest member.
 */
export function planTimeline(entities: readonly Entity[]): Timeline {
  const all = flatten(entities);
  if (all.length === 0) return { rows: [], startS: 0, lengthS: LENGTH_S_MIN };
  const startS = all.reduce((least, { startS: at }) => Math.min(least, at), Infinity);
  const endS = all.reduce((most, { startS: at, endS: to }) => Math.max(most, at, to ?? at), -Infinity);
  const frame = { startS, endS: Math.max(endS, startS + LENGTH_S_MIN) };
  const forest = plantForest(entities);
  const rows = listRows(forest, frame);
  return { rows, startS, lengthS: frame.endS - frame.startS };
}

interface Forest {
  readonly roots: readonly Entity[];
  readonly childrenOf: (entity: Entity) => readonly Entity[];
  readonly isOrphan: (entity: Entity) => boolean;
}

function plantForest(tops: readonly Entity[]): Forest {
  const byId = new Map<string, Entity>();
  const topOf = new Map<Entity, Entity>();
  for (const top of tops) {
    for (const entity of flatten([top])) {
      if (entity.id !== '' && !byId.has(entity.id)) byId.set(entity.id, entity);
      topOf.set(entity, top);
    }
  }
  const adopted = new Map<Entity, Entity[]>();
  const roots: Entity[] = [];
  const hangsBelow = new Map<Entity, Entity>();
  // Latest first: when a cycle closes, the one in hand is its earliest member.
  for (const top of [...tops].sort(byStart).toReversed()) {
    const parent = top.parentId === null ? undefined : byId.get(top.parentId);
    const host = parent === undefined ? undefined : topOf.get(parent);
    if (parent === undefined || host === undefined || highest(host, hangsBelow) === top) roots.push(top);
    else {
      hangsBelow.set(top, host);
      adopted.set(parent, [...(adopted.get(parent) ?? []), top]);
    }
  }
  return {
    roots: roots.toReversed().sort(byStart),
    childrenOf: (entity) => [...entity.children, ...(adopted.get(entity) ?? []).toReversed()].sort(byStart),
    isOrphan: (entity) => entity.parentId !== null && !byId.has(entity.parentId),
  };
}

/** The document at the top of a chain. Shortens the way for the next question: chains may be thousands long. */
function highest(document: Entity, hangsBelow: Map<Entity, Entity>): Entity {
  let top = document;
  for (let next = hangsBelow.get(top); next !== undefined; next = hangsBelow.get(top)) top = next;
  for (let at = document; at !== top;) {
    const next = hangsBelow.get(at) ?? top;
    hangsBelow.set(at, top);
    at = next;
  }
  return top;
}

interface Frame {
  readonly startS: number;
  readonly endS: number;
}

function listRows(forest: Forest, frame: Frame): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  const seen = new Map<string, number>();
  // An explicit stack: ten thousand documents may hang below each other.
  const stack = forest.roots.toReversed().map((entity) => ({ entity, above: null as TimelineRow | null }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { entity, above } = next;
    const children = forest.childrenOf(entity);
    const repeat = seen.get(entity.id) ?? 0;
    seen.set(entity.id, repeat + 1);
    const key = repeat === 0 && entity.id !== '' ? entity.id : `${entity.id}#${repeat}`;
    const row = makeRow({ entity, key, above, childCount: children.length, orphan: forest.isOrphan(entity) }, frame);
    rows.push(row);
    for (const child of children.toReversed()) stack.push({ entity: child, above: row });
  }
  return rows;
}

interface RowPlan {
  readonly entity: Entity;
  readonly key: string;
  readonly above: TimelineRow | null;
  readonly childCount: number;
  readonly orphan: boolean;
}

function makeRow({ entity, key, above, childCount, orphan }: RowPlan, frame: Frame): TimelineRow {
  const endS = entity.endS === undefined ? frame.endS : Math.max(entity.startS, entity.endS);
  const parent = above?.entity;
  const parentEndS = parent?.endS ?? Infinity;
  return {
    entity,
    key,
    depth: above === null ? 0 : above.depth + 1,
    childCount,
    offsetS: entity.startS - frame.startS,
    lengthS: endS - entity.startS,
    outcome: entity.outcome,
    orphan,
    outside: parent !== undefined && (entity.startS < parent.startS - SAME_S || endS > parentEndS + SAME_S),
  };
}

/** Leaves out what hangs below a collapsed row. Rows are in reading order, so one pass over depths is enough. */
export function visibleRows(rows: readonly TimelineRow[], collapsed: ReadonlySet<string>): readonly TimelineRow[] {
  if (collapsed.size === 0) return rows;
  let hiddenBelow = Infinity;
  return rows.filter((row) => {
    if (row.depth > hiddenBelow) return false;
    hiddenBelow = collapsed.has(row.key) ? row.depth : Infinity;
    return true;
  });
}

function flatten(entities: readonly Entity[]): readonly Entity[] {
  const all: Entity[] = [];
  const stack = entities.toReversed();
  for (let entity = stack.pop(); entity !== undefined; entity = stack.pop()) {
    all.push(entity);
    for (const child of entity.children.toReversed()) stack.push(child);
  }
  return all;
}

function byStart(a: Entity, b: Entity): number {
  return a.startS - b.startS || (b.endS ?? Infinity) - (a.endS ?? Infinity);
}
