import type {
  IndependentSubsegmentDocument,
  SegmentDocument,
  SubsegmentDocument,
  TraceDocument,
} from './segment-document.ts';
import type { SegmentId } from './segment-id.ts';

/** One segment or subsegment of a trace: of all that was sent under its id, what counts. */
export type Entity = SegmentEntity | SubsegmentEntity;

export interface SegmentEntity {
  readonly kind: 'segment';
  readonly id: SegmentId;
  readonly document: SegmentDocument;
}

export interface SubsegmentEntity {
  readonly kind: 'subsegment';
  readonly id: SegmentId;
  readonly document: SubsegmentDocument | IndependentSubsegmentDocument;
  /** The entity that embeds it; for one that came only on its own, its `parent_id`. */
  readonly parentId: SegmentId;
}

interface Sent {
  readonly document: TraceDocument;
  /** Position among the trace's documents. */
  readonly arrival: number;
}

interface Candidate {
  readonly entity: Entity;
  readonly arrival: number;
  readonly isEmbedded: boolean;
}

/** Every segment and subsegment of one trace, embedded or not, by id; documents in order of arrival. */
export function collectEntities(documents: readonly TraceDocument[]): ReadonlyMap<SegmentId, Entity> {
  const sent = [...keepBestDocuments(documents).values()].sort((a, b) => a.arrival - b.arrival);
  const candidates = new Map<SegmentId, Candidate>();
  for (const { document, arrival } of sent) {
    candidates.set(document.id, { entity: entityOf(document), arrival, isEmbedded: false });
  }
  for (const { document, arrival } of sent) addEmbedded(document, arrival, candidates);
  return new Map(Array.from(candidates, ([id, { entity }]) => [id, entity]));
}

/** One document for each id. What an outdone document embeds is outdone with it. */
function keepBestDocuments(documents: readonly TraceDocument[]): ReadonlyMap<SegmentId, Sent> {
  const best = new Map<SegmentId, Sent>();
  const textsOf = new Map<SegmentId, Set<string>>();
  for (const [arrival, document] of documents.entries()) {
    const before = best.get(document.id);
    if (before === undefined) {
      best.set(document.id, { document, arrival });
      continue;
    }
    // Senders repeat whole batches: the same document again is no news, however late it comes.
    const texts = textsOf.get(document.id) ?? new Set([JSON.stringify(before.document)]);
    textsOf.set(document.id, texts);
    const text = JSON.stringify(document);
    if (texts.has(text)) continue;
    texts.add(text);
    if (rankOf(document) >= rankOf(before.document)) best.set(document.id, { document, arrival });
  }
  return best;
}

/** A segment before a subsegment that took its id, then complete before in progress. */
function rankOf(document: TraceDocument | SubsegmentDocument): number {
  const isSegment = 'trace_id' in document && document.type === undefined;
  return (isSegment ? 2 : 0) + (document.in_progress === true ? 0 : 1);
}

function entityOf(document: TraceDocument): Entity {
  if (document.type === 'subsegment') {
    return { kind: 'subsegment', id: document.id, document, parentId: document.parent_id };
  }
  return { kind: 'segment', id: document.id, document };
}

/** By an explicit stack, so that depth costs memory and not the call stack. */
function addEmbedded(root: TraceDocument, arrival: number, candidates: Map<SegmentId, Candidate>): void {
  const stack: (TraceDocument | SubsegmentDocument)[] = [root];
  for (let parent = stack.pop(); parent !== undefined; parent = stack.pop()) {
    for (const document of parent.subsegments ?? []) {
      stack.push(document);
      const entity: SubsegmentEntity = { kind: 'subsegment', id: document.id, document, parentId: parent.id };
      const candidate = { entity, arrival, isEmbedded: true };
      const before = candidates.get(document.id);
      candidates.set(document.id, before === undefined ? candidate : joinEmbedded(before, candidate, entity));
    }
  }
}

function joinEmbedded(before: Candidate, embedded: Candidate, entity: SubsegmentEntity): Candidate {
  if (before.entity.kind === 'segment') return before;
  const rankGain = rankOf(entity.document) - rankOf(before.entity.document);
  const wins = rankGain > 0 || (rankGain === 0 && embedded.arrival >= before.arrival);
  if (wins) return embedded;
  // The copy sent on its own counts, in the place where its parent embeds it.
  return before.isEmbedded
    ? before
    : { ...before, isEmbedded: true, entity: { ...before.entity, parentId: entity.parentId } };
}
