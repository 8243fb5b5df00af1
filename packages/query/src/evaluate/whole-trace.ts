import {
  mergeTrace,
  printServiceKey,
  readLinkSource,
  shownSource,
  type EntityDocument,
  type HttpBlock,
  type SegmentId,
  type ServiceKey,
  type TraceDocument,
  type TraceId,
} from '@fluoroscope/model';
import type { EdgeFact, GraphFact } from '@fluoroscope/store';
import { NO_ANNOTATIONS, readEntities, type Annotations, type Entity } from '../indexer/entity.ts';
import { answerFact, factsOf } from '../indexer/facts.ts';
import { mergeDocument } from '../indexer/merge-document.ts';
import { createServiceRefs } from '../indexer/service-ref.ts';
import type { Slot } from '../indexer/slot.ts';
import { nodeOf, type Standing } from '../indexer/standing.ts';
import { TraceEntities } from '../indexer/trace-entities.ts';
import { TraceTotals } from '../indexer/trace-totals.ts';
import { findRootCauses, type RootCauses } from '../root-causes/find-root-causes.ts';

/** One trace as the trace page and the service graph show it, for expressions to look at. Times in µs. */
export interface WholeTrace {
  readonly totals: () => WholeTotals;
  /** Segments as sent, and the far ends of calls that nobody answered. */
  readonly segments: readonly SeenSegment[];
  /** The single connections that the graph's edges are summed of. */
  readonly connections: readonly Connection[];
  /** Of all segments and subsegments that have any. */
  readonly annotations: readonly Annotations[];
  readonly rootCauses: () => RootCauses;
}

export interface WholeTotals {
  readonly startUs: number;
  readonly endUs: number;
  /** The segment that speaks for the trace. */
  readonly entry: Entity | null;
  readonly throttle: boolean;
  readonly partial: boolean;
  readonly inferred: boolean;
}

/** What braces look at: a segment, or the call or segment that a connection has its figures of. */
export interface Seen {
  readonly fault: boolean;
  readonly error: boolean;
  readonly throttle: boolean;
  /** In progress, or with a traced call that nobody answered yet. */
  readonly partial: boolean;
  /** It is, or leads to, a node that sent nothing itself. */
  readonly inferred: boolean;
  /** First to process the request. */
  readonly root: boolean;
  /** Start to end, or the age of a message; null while in progress. */
  readonly responseTimeUs: number | null;
  /** Start to the end of all that it embeds. */
  readonly durationUs: number;
  readonly http: HttpBlock | undefined;
  readonly user: string | null;
  readonly annotations: readonly Annotations[];
  /** Of the segments at both ends; empty outside of connections. */
  readonly sourceAnnotations: readonly Annotations[];
  readonly destinationAnnotations: readonly Annotations[];
}

export interface SeenSegment extends Seen {
  readonly service: ServiceKey;
  /** Null for inferred ones. */
  readonly entity: Entity | null;
}

export interface Connection extends Seen {
  readonly source: ServiceKey;
  readonly target: ServiceKey;
}

/** All documents of one trace, in the order in which they were stored. */
export function wholeTrace(traceId: TraceId, sent: readonly TraceDocument[]): WholeTrace {
  const merged = mergeTrace(sent);
  const documents = new Map<SegmentId, EntityDocument>();
  const entities = new TraceEntities(traceId);
  const serviceRefs = createServiceRefs();
  for (const { document } of merged.segments) {
    if ('inferred' in document) continue;
    mergeDocument(entities, readEntities(document, 0, serviceRefs));
    addDocuments(document, documents);
  }
  entities.settle(ignore, ignore);

  const placed = placeAll(entities, documents);
  const totals = once(() => totalsOf(placed));
  const segments = once(() => placed.flatMap((one) => seeSegment(one)));
  const connections = once(() =>
    connectionsOf(traceId, placed, new Set(segments().map(({ service }) => printServiceKey(service)))),
  );
  const annotations = once(() => readAnnotations(placed));
  const rootCauses = once(() => findRootCauses(merged));
  // Most expressions look at one of these: each is worked out when it is first asked for.
  return {
    totals,
    get segments() {
      return segments();
    },
    get connections() {
      return connections();
    },
    get annotations() {
      return annotations();
    },
    rootCauses,
  };
}

function totalsOf(placed: readonly Placed[]): WholeTotals {
  const standings = placed.map(({ standing }) => standing);
  const totals = new TraceTotals({ areKept: false });
  for (const standing of standings) totals.replace(null, standing);
  const { startUs, endUs, entry } = totals.readExtremes(() => standings);
  return {
    startUs,
    endUs,
    entry: entry?.entity ?? null,
    throttle: totals.throttleCount > 0,
    partial: totals.partialCount > 0,
    inferred: totals.inferredCount > 0,
  };
}

function once<T extends object>(work: () => T): () => T {
  let result: T | undefined;
  return () => (result ??= work());
}

/** An entity in its place. */
interface Placed {
  readonly slot: Slot;
  readonly standing: Standing;
  readonly document: EntityDocument | undefined;
  /** Of a segment: what belongs to it, itself too. */
  readonly owned: Placed[];
  /** Of all that is owned, once asked for: many calls share their caller's. */
  annotations: readonly Annotations[] | null;
}

/** By an explicit stack: depth must not cost the call stack. */
function addDocuments(root: EntityDocument, documents: Map<SegmentId, EntityDocument>): void {
  const stack = [root];
  for (let document = stack.pop(); document !== undefined; document = stack.pop()) {
    documents.set(document.id, document);
    for (const child of document.subsegments ?? []) stack.push(child);
  }
}

function placeAll({ slots }: TraceEntities, documents: ReadonlyMap<SegmentId, EntityDocument>): readonly Placed[] {
  const bySlot = new Map<Slot, Placed>();
  for (const slot of slots.values()) {
    const { standing } = slot;
    if (standing === null) continue;
    bySlot.set(slot, { slot, standing, document: documents.get(slot.id), owned: [], annotations: null });
  }
  const placed = [...bySlot.values()];
  for (const one of placed) ownerOf(one, bySlot)?.owned.push(one);
  return placed;
}

function ownerOf({ slot }: Placed, bySlot: ReadonlyMap<Slot, Placed>): Placed | undefined {
  return slot.owner === null ? undefined : bySlot.get(slot.owner);
}

const NOTHING: readonly Annotations[] = [];

/** A segment, or the far end made up for a call: with the call's figures, but without its annotations, the caller's. */
function seeSegment(one: Placed): SeenSegment[] {
  const { standing, owned, document } = one;
  const service = nodeOf(standing);
  if (service === null) return [];
  const { entity } = standing;
  const isInferred = entity.kind !== 'segment';
  const endUs = owned.reduce((last, part) => Math.max(last, part.standing.entity.endUs), Number(entity.endUs));
  const isPending = entity.outcome === 'pending';
  return [
    {
      ...flagsOf(document),
      service: service.key,
      entity: isInferred ? null : entity,
      partial: isPending || owned.some((part) => part.standing.isPartial),
      inferred: isInferred,
      root: !isInferred && standing.caller === null,
      responseTimeUs: isPending ? null : entity.endUs - entity.startUs,
      durationUs: endUs - entity.startUs,
      http: document?.http,
      user: entity.segment?.user ?? null,
      get annotations() {
        return isInferred ? NOTHING : annotationsOf(one);
      },
      sourceAnnotations: NOTHING,
      destinationAnnotations: NOTHING,
    },
  ];
}

function flagsOf(document: EntityDocument | undefined): Pick<Seen, 'fault' | 'error' | 'throttle'> {
  return {
    fault: document?.fault === true,
    error: document?.error === true,
    throttle: document?.throttle === true,
  };
}

/** As the service graph draws them, but for messages whose queue is no node yet: sending them is in progress. */
function connectionsOf(traceId: TraceId, placed: readonly Placed[], nodes: ReadonlySet<string>): readonly Connection[] {
  const bySlot = new Map(placed.map((one) => [one.slot, one]));
  const answersOf = gatherAnswers(placed);
  return placed.flatMap((one) => {
    const { slot, standing } = one;
    const isInferred = standing.isInferred;
    const caller = standing.entity.kind === 'segment' ? callerOf(one, bySlot) : ownerOf(one, bySlot);
    const own = factsOf(traceId, standing)
      .filter(isEdge)
      .filter(({ source }) => readLinkSource(source) === null || nodes.has(printServiceKey(shownSource(source))))
      .map((fact) => connect(one, fact, caller, isInferred ? [] : [one]));
    const answered = [...(slot.answers?.values() ?? [])].flatMap((answer) => {
      const fact = answerFact(traceId, answer);
      return fact === null ? [] : [connect(one, fact, caller, answersOf.get(answer) ?? [])];
    });
    return [...own, ...answered];
  });
}

/** Of a segment: whose work its parent is. */
function callerOf({ slot }: Placed, bySlot: ReadonlyMap<Slot, Placed>): Placed | undefined {
  const owner = slot.parent?.owner ?? null;
  return owner === null ? undefined : bySlot.get(owner);
}

function gatherAnswers(placed: readonly Placed[]): ReadonlyMap<Slot['answered'], readonly Placed[]> {
  const answersOf = new Map<Slot['answered'], Placed[]>();
  for (const one of placed) {
    const { answered } = one.slot;
    if (answered === null) continue;
    const answers = answersOf.get(answered);
    if (answers === undefined) answersOf.set(answered, [one]);
    else answers.push(one);
  }
  return answersOf;
}

function connect(
  carrier: Placed,
  { source, target, startUs, endUs, outcome }: EdgeFact,
  caller: Placed | undefined,
  reached: readonly Placed[],
): Connection {
  const isMessage = readLinkSource(source) !== null;
  const document = isMessage ? undefined : carrier.document;
  const isPending = outcome === 'pending';
  return {
    ...flagsOf(document),
    source: shownSource(source),
    target,
    partial: isPending,
    inferred: carrier.standing.isInferred,
    root: false,
    responseTimeUs: isPending ? null : endUs - startUs,
    durationUs: endUs - startUs,
    http: document?.http,
    user: null,
    get annotations() {
      return readAnnotations([carrier]);
    },
    get sourceAnnotations() {
      return caller === undefined ? NOTHING : annotationsOf(caller);
    },
    get destinationAnnotations() {
      return reached.flatMap(annotationsOf);
    },
  };
}

function isEdge(fact: GraphFact): fact is EdgeFact {
  return fact.kind === 'edge';
}

/** Of a segment and all that belongs to it. */
function annotationsOf(segment: Placed): readonly Annotations[] {
  segment.annotations ??= readAnnotations(segment.owned);
  return segment.annotations;
}

function readAnnotations(placed: readonly Placed[]): readonly Annotations[] {
  const found = placed.flatMap(({ standing: { entity } }) =>
    entity.annotations === NO_ANNOTATIONS ? [] : [entity.annotations],
  );
  return found.length === 0 ? NOTHING : found;
}

function ignore(): void {}
