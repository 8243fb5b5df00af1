import { isSameBroker } from '@fluoroscope/model';
import type { Entity, Message } from './entity.ts';
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
  /** Of a segment: the message that it works on; `caller` is the queue then. */
  readonly received: Message | null;
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
    const sender = parent?.owner?.entity?.service ?? null;
    const received = receivedBy(slot) ?? (sender === null ? entity.message : null);
    const caller = received?.broker ?? sender;
    const isAnswer = received === null && caller !== null && parent?.entity?.kind === 'call';
    const isPartial = entity.outcome === 'pending';
    return { entity, owner: entity.service, caller, received, isAnswer, isInferred: false, isPartial };
  }
  const owner = slot.owner?.entity?.service ?? null;
  const isUnanswered = entity.kind === 'call' && slot.answers === null;
  const isAwaited = entity.traced && entity.message === null;
  const isInferred = isUnanswered && !isAwaited && entity.outcome !== 'pending' && owner !== null;
  const isPartial = isUnanswered && isAwaited;
  return { entity, owner, caller: null, received: null, isAnswer: false, isInferred, isPartial };
}

/** The message that a segment works on: put into a queue by the call above it, and not by the queue's own segment. */
export function receivedBy({ entity, parent }: Slot): Message | null {
  const message = parent?.entity?.kind === 'call' ? parent.entity.message : null;
  return message === null || entity === null ? null : messageFor(message, entity);
}

export function messageFor(message: Message, { kind, service }: Entity): Message | null {
  if (kind !== 'segment' || service === null || isSameBroker(message.broker.key, service.key)) return null;
  return message;
}

export function sameStanding(a: Standing, b: Standing): boolean {
  return (
    a.entity === b.entity &&
    a.owner?.text === b.owner?.text &&
    a.caller?.text === b.caller?.text &&
    a.received?.sentUs === b.received?.sentUs &&
    a.isAnswer === b.isAnswer &&
    a.isInferred === b.isInferred &&
    a.isPartial === b.isPartial
  );
}

/** The node that the entity adds to its trace. */
export function nodeOf({ entity, isInferred }: Standing): ServiceRef | null {
  return entity.kind === 'segment' || isInferred ? entity.service : null;
}
