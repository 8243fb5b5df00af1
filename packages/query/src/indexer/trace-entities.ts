import type { SegmentId, TraceId } from '@fluoroscope/model';
import type { GraphFact } from '@fluoroscope/store';
import type { Entity, Message } from './entity.ts';
import { answerFact, factsOf, sameFact } from './facts.ts';
import { emptySlot, moveSlot, type Answer, type Slot } from './slot.ts';
import { receivedBy, sameStanding, standingOf, type Standing } from './standing.ts';

export type EmitFact = (fact: GraphFact) => void;
export type ReplaceStanding = (before: Standing | null, after: Standing | null) => void;

// Shared by all traces at rest, which are most of those remembered.
const NOTHING_CHANGED: Slot[] = [];
const NO_ANSWER_CHANGED: Answer[] = [];

/**
 * The entities of one trace, linked, with the facts that follow from them. `place` notes what a new version can
 * have changed: the entity, its call, and what it owns when its node or its owner is another one. `settle` then
 * works through that only, so that a large trace arriving in small pieces costs what the pieces cost.
 */
export class TraceEntities {
  readonly traceId: TraceId;
  readonly slots: Map<SegmentId, Slot> = new Map<SegmentId, Slot>();
  #changed = NOTHING_CHANGED;
  #changedAnswers = NO_ANSWER_CHANGED;

  constructor(traceId: TraceId) {
    this.traceId = traceId;
  }

  /** The place of this id, made when nobody has spoken of it. */
  slotOf(id: SegmentId): Slot {
    let slot = this.slots.get(id);
    if (slot === undefined) {
      slot = emptySlot(id);
      this.slots.set(id, slot);
    }
    return slot;
  }

  /** Puts a version of the entity into its slot, or none. */
  place(slot: Slot, entity: Entity | null): void {
    const before = slot.entity;
    if (before === entity) return;
    const parentId = entity?.parentId ?? null;
    const parent = parentId === null ? null : this.slotOf(parentId);
    const isMoved = slot.parent !== parent;
    const isOtherKind = before?.kind !== entity?.kind;
    const isSegment = entity?.kind === 'segment';
    // Let go first: the new parent may lie below this entity, and a cycle belongs to nobody.
    if (isSegment ? isOtherKind : isMoved || before?.kind === 'segment') this.#own(slot, null);
    slot.entity = entity;
    if (isMoved) moveSlot(slot, parent);
    this.#own(slot, isSegment ? slot : (parent?.owner ?? null));
    const isOtherMessage = !isSegment && !sameMessage(before?.message, entity?.message);
    if (isOtherKind || isOtherMessage) this.#touchSegmentsBelow(slot);
    else if (isSegment && before?.service?.text !== entity.service?.text) this.#touchOwned(slot);
    this.#touch(slot);
  }

  /**
   * Brings the facts up to date; what came to stand and what fell goes to `emit`, each entity's old and new
   * standing to `replace`.
   */
  settle(emit: EmitFact, replace: ReplaceStanding): void {
    // Grows while it is walked: an answer can change its call.
    for (const slot of this.#changed) this.#countAnswer(slot);
    for (const slot of this.#changed) {
      slot.isChanged = false;
      if (slot.answers !== null) for (const answer of slot.answers.values()) this.#touchAnswer(answer);
      const before = slot.standing;
      const after = standingOf(slot);
      if (before !== null && after !== null && sameStanding(before, after)) continue;
      slot.standing = after;
      emitDifference(factsOf(this.traceId, before), factsOf(this.traceId, after), emit);
      replace(before, after);
    }
    for (const answer of this.#changedAnswers) settleAnswer(this.traceId, answer, emit);
    this.#changed = NOTHING_CHANGED;
    this.#changedAnswers = NO_ANSWER_CHANGED;
  }

  #touch(slot: Slot): void {
    if (slot.isChanged) return;
    slot.isChanged = true;
    if (this.#changed === NOTHING_CHANGED) this.#changed = [slot];
    else this.#changed.push(slot);
  }

  #touchAnswer(answer: Answer): void {
    if (answer.isChanged) return;
    answer.isChanged = true;
    if (this.#changedAnswers === NO_ANSWER_CHANGED) this.#changedAnswers = [answer];
    else this.#changedAnswers.push(answer);
  }

  /** Hands the slot and all subsegments below it to another segment. A segment below only has another caller. */
  #own(slot: Slot, owner: Slot | null): void {
    if (slot.owner === owner) return;
    slot.owner = owner;
    this.#touch(slot);
    const pending = [slot];
    for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
      for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
        if (child.entity === null) continue;
        this.#touch(child);
        if (child.entity.kind === 'segment' || child.owner === owner) continue;
        child.owner = owner;
        pending.push(child);
      }
    }
  }

  #touchOwned(segment: Slot): void {
    const pending = [segment];
    for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
      for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
        this.#touch(child);
        if (child.owner === segment && child !== segment) pending.push(child);
      }
    }
  }

  #touchSegmentsBelow(slot: Slot): void {
    for (let child = slot.firstChild; child !== null; child = child.nextSibling) {
      if (child.entity?.kind === 'segment') this.#touch(child);
    }
  }

  #countAnswer(slot: Slot): void {
    const before = slot.answered;
    const call = slot.parent?.entity?.kind === 'call' ? slot.parent : null;
    const service = slot.entity?.kind === 'segment' ? slot.entity.service : null;
    if (call === null || service === null || receivedBy(slot) !== null) {
      if (before !== null) this.#dropAnswer(slot, before);
      return;
    }
    if (before !== null) {
      if (before.call === call && before.service.text === service.text) return;
      this.#dropAnswer(slot, before);
    }
    call.answers ??= new Map();
    if (call.answers.size === 0) this.#touch(call);
    let answer = call.answers.get(service.text);
    if (answer === undefined) {
      answer = { call, service, count: 0, fact: null, isChanged: false };
      call.answers.set(service.text, answer);
      this.#touchAnswer(answer);
    }
    answer.count += 1;
    slot.answered = answer;
  }

  #dropAnswer(slot: Slot, answer: Answer): void {
    slot.answered = null;
    answer.count -= 1;
    if (answer.count > 0) return;
    this.#touchAnswer(answer);
    answer.call.answers?.delete(answer.service.text);
    if (answer.call.answers?.size === 0) {
      answer.call.answers = null;
      this.#touch(answer.call);
    }
  }
}

function sameMessage(a: Message | null | undefined, b: Message | null | undefined): boolean {
  return a?.sentUs === b?.sentUs && a?.broker.text === b?.broker.text;
}

function settleAnswer(traceId: TraceId, answer: Answer, emit: EmitFact): void {
  answer.isChanged = false;
  const before = answer.fact;
  answer.fact = answer.count === 0 ? null : answerFact(traceId, answer);
  if (before !== null && answer.fact !== null && sameFact(before, answer.fact)) return;
  if (before !== null) emit({ ...before, sign: -1 });
  if (answer.fact !== null) emit(answer.fact);
}

function emitDifference(before: readonly GraphFact[], after: readonly GraphFact[], emit: EmitFact): void {
  for (const fact of before) if (!after.some((other) => sameFact(other, fact))) emit({ ...fact, sign: -1 });
  for (const fact of after) if (!before.some((other) => sameFact(other, fact))) emit(fact);
}
