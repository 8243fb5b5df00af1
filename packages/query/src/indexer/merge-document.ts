import type { Entity } from './entity.ts';
import { NO_SLOTS, type Slot } from './slot.ts';
import type { TraceEntities } from './trace-entities.ts';

/**
 * Takes a document's entities into its trace by the rules of `mergeTrace` (XRAY-SPEC §2.8), so that map and
 * trace page agree; false when an earlier document of this id outdoes it, and nothing is taken.
 *
 *   document   a segment outdoes a subsegment, then complete outdoes in progress, else the later one;
 *              what an outdone document embeds goes with it
 *   entity     sent on its own or embedded: a segment, then the complete one, else the later one;
 *              a subsegment that is embedded anywhere has its place there
 */
export function mergeDocument(trace: TraceEntities, [first, ...embedded]: readonly [Entity, ...Entity[]]): boolean {
  const slot = trace.slotOf(first.id);
  if (slot.own !== null && rankOf(first) < rankOf(slot.own)) return false;

  const outdone = slot.embeds;
  for (const other of outdone) dropVersions(other, slot.own);
  slot.own = first;
  slot.embeds = embedded.length === 0 ? NO_SLOTS : embedded.map(({ id }) => trace.slotOf(id));
  trace.place(slot, fold(slot));
  // What lost a version may gain another: it is placed once, when all that speaks of it is known.
  const refolded = new Set<Slot>(outdone);
  for (const [at, other] of slot.embeds.entries()) {
    const entity = embedded[at];
    if (entity === undefined) continue;
    if (!refolded.has(other)) trace.place(other, join(other.entity, other.embedded !== null, entity));
    if (other.embedded === null) other.embedded = [entity];
    else other.embedded.push(entity);
  }
  for (const other of refolded) trace.place(other, fold(other));
  return true;
}

/** A segment before a subsegment that took its id, then complete before in progress. */
function rankOf(entity: Entity): number {
  return (entity.kind === 'segment' ? 2 : 0) + (entity.outcome === 'pending' ? 0 : 1);
}

function dropVersions(slot: Slot, document: Entity | null): void {
  const rest = slot.embedded?.filter((entity) => entity.arrival !== document?.arrival) ?? [];
  slot.embedded = rest.length === 0 ? null : rest;
}

function fold(slot: Slot): Entity | null {
  let version = slot.own;
  let isEmbedded = false;
  for (const entity of slot.embedded ?? []) {
    version = join(version, isEmbedded, entity);
    isEmbedded = true;
  }
  return version;
}

function join(before: Entity | null, isEmbedded: boolean, entity: Entity): Entity {
  if (before === null) return entity;
  if (before.kind === 'segment') return before;
  const rankGain = rankOf(entity) - rankOf(before);
  if (rankGain > 0 || (rankGain === 0 && entity.arrival >= before.arrival)) return entity;
  // The copy sent on its own counts, in the place where the parent embeds it.
  return isEmbedded || before.parentId === entity.parentId ? before : { ...before, parentId: entity.parentId };
}
