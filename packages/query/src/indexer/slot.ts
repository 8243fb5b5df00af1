import type { SegmentId } from '@fluoroscope/model';
import type { GraphFact } from '@fluoroscope/store';
import type { Entity } from './entity.ts';
import type { ServiceRef } from './service-ref.ts';
import type { Standing } from './standing.ts';

/** An entity's place in its trace. */
export interface Slot {
  readonly id: SegmentId;
  /** The version that counts; null as long as only children or former documents speak of this id. */
  entity: Entity | null;
  /** From the document sent under this id. */
  own: Entity | null;
  /** From the documents of others that embed it, in order of arrival. */
  embedded: Entity[] | null;
  /** What the document sent under this id embeds. */
  embeds: readonly Slot[];
  parent: Slot | null;
  // Children are a doubly linked list: one parent may have 100 k of them, and each may move.
  firstChild: Slot | null;
  nextSibling: Slot | null;
  previousSibling: Slot | null;
  /** The segment it belongs to, a segment to itself; null while that is not known. */
  owner: Slot | null;
  /** Of a call: the distinct nodes whose segments answered it, by `ServiceRef.text`. */
  answers: Map<string, Answer> | null;
  /** Of a segment: where it counts as an answer. */
  answered: Answer | null;
  /** What was last said of it to the graph, and to totals that are kept. */
  standing: Standing | null;
  isChanged: boolean;
}

/** One edge of a call, however many segments of that node answered it. */
export interface Answer {
  readonly call: Slot;
  readonly service: ServiceRef;
  count: number;
  fact: GraphFact | null;
  isChanged: boolean;
}

export const NO_SLOTS: readonly Slot[] = [];

export function emptySlot(id: SegmentId): Slot {
  return {
    id,
    entity: null,
    own: null,
    embedded: null,
    embeds: NO_SLOTS,
    parent: null,
    firstChild: null,
    nextSibling: null,
    previousSibling: null,
    owner: null,
    answers: null,
    answered: null,
    standing: null,
    isChanged: false,
  };
}

/** Unlinks a slot and links it below `parent`. */
export function moveSlot(slot: Slot, parent: Slot | null): void {
  const { parent: before, previousSibling, nextSibling } = slot;
  if (previousSibling !== null) previousSibling.nextSibling = nextSibling;
  else if (before !== null) before.firstChild = nextSibling;
  if (nextSibling !== null) nextSibling.previousSibling = previousSibling;

  slot.parent = parent;
  slot.previousSibling = null;
  slot.nextSibling = parent?.firstChild ?? null;
  if (slot.nextSibling !== null) slot.nextSibling.previousSibling = slot;
  if (parent !== null) parent.firstChild = slot;
}
