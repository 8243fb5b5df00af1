import type { Entity } from './entity.ts';
import type { ServiceRef } from './service-ref.ts';
import type { Slot } from './slot.ts';

/**
 * All that the graph and the row have of one entity, so that it can be taken back exactly: the entity in its place
 * at one moment.
 */
export interface Standing {
  readonly entity: Entity;
  /** The node of the segment that it belongs to; a segment's own. */
  readonly owner: ServiceRef | null;
  /** Of a segment: the node that called it. */
  readonly caller: ServiceRef | null;
  /** Of a segment: its edge is the one of the call above it. */
  readonly isAnswer: boolean;
  /** Of a call: a node stands in for its far end. */
  readonly isInferred: boolean;
  /** A segment in progress, or a traced call without an answer. */
  readonly isPartial: boolean;
}

export function standingOf(slot: Slot): Standing | null {
  const { entity, parent } = slot;
  if (entity === null) return null;
  if (entity.kind === 'segment') {
    const caller = parent?.owner?.entity?.service ?? null;
    const isAnswer = caller !== null && parent?.entity?.kind === 'call';
    const isPartial = entity.outcome === 'pending';
    return { entity, owner: entity.service, caller, isAnswer, isInferred: false, isPartial };
  }
  const owner = slot.owner?.entity?.service ?? null;
  const isUnanswered = entity.kind === 'call' && slot.answers === null;
  const isInferred = isUnanswered && !entity.traced && entity.outcome !== 'pending' && owner !== null;
  const isPartial = isUnanswered && entity.traced;
  return { entity, owner, caller: null, isAnswer: false, isInferred, isPartial };
}

export function sameStanding(a: Standing, b: Standing): boolean {
  return (
    a.entity === b.entity &&
    a.owner?.text === b.owner?.text &&
    a.caller?.text === b.caller?.text &&
    a.isAnswer === b.isAnswer &&
    a.isInferred === b.isInferred &&
    a.isPartial === b.isPartial
  );
}

/** The node that the entity adds to its trace. */
export function nodeOf({ entity, isInferred }: Standing): ServiceRef | null {
  return entity.kind === 'segment' || isInferred ? entity.service : null;
}
