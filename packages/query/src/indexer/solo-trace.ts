// Hot path: most traces of a single service are one document for good. What this spares them (slots, links, counted
// keys) is a third of what indexing costs, and half of what is remembered of them. indexer.bench.ts
import type { TraceId } from '@fluoroscope/model';
import { outcomeBit, TRACE_ANNOTATIONS_MAX, type TraceAnnotation, type TraceRow } from '@fluoroscope/store';
import { NO_ANNOTATIONS, type Entity } from './entity.ts';
import { factsOf } from './facts.ts';
import { GatheredAnnotations, ListedAnnotations } from './few-annotations.ts';
import { SoloCauseTree } from './cause-trees.ts';
import type { ServiceRef } from './service-ref.ts';
import { causesIn } from './findings.ts';
import { nodeOf, type Standing } from './standing.ts';
import type { EmitFact } from './trace-entities.ts';
import { assembleRow, placeIn, type RowStamp } from './trace-row.ts';

/** A document larger than this takes the general way: the loops below look at every pair. */
const SOLO_ENTITIES_MAX = 32;

/** What a trace is as long as a single document speaks of it. */
export type SoloEntities = readonly [Entity, ...Entity[]];

/**
 * Whether the general rules come to what this file says: every id is spoken of once, so that the entities are one
 * tree below the first, which nobody in it can have called.
 */
export function isSolo(entities: SoloEntities): boolean {
  if (entities.length > SOLO_ENTITIES_MAX) return false;
  const { parentId } = entities[0];
  let annotationCount = 0;
  for (let at = 0; at < entities.length; at += 1) {
    const { id, annotations } = entities[at] ?? entities[0];
    if (id === parentId) return false;
    for (let before = 0; before < at; before += 1) if (entities[before]?.id === id) return false;
    if (annotations !== NO_ANNOTATIONS) annotationCount += Object.keys(annotations).length;
  }
  return annotationCount <= TRACE_ANNOTATIONS_MAX;
}

/** It began here, has ended, and called nobody who would have more to say. */
export function isWhole(entities: SoloEntities): boolean {
  const [first] = entities;
  if (first.kind !== 'segment' || first.parentId !== null) return false;
  return entities.every(({ outcome, traced }) => outcome !== 'pending' && !traced);
}

/** With a parent known by its id only, as in the general way. */
export function soloEntityCount(entities: SoloEntities): number {
  return entities.length + (entities[0].parentId === null ? 0 : 1);
}

/** The same facts as of a trace that has just got its first document. */
export function emitSolo(traceId: TraceId, entities: SoloEntities, emit: EmitFact): void {
  for (const entity of entities) for (const fact of factsOf(traceId, standingOfSolo(entity, entities[0]))) emit(fact);
}

/** The same row as of such a trace. */
export function readSoloRow(stamp: RowStamp, entities: SoloEntities): TraceRow {
  const standings = entities.map((entity) => standingOfSolo(entity, entities[0]));
  return rowOfSolo(stamp, entities[0], standings);
}

function standingOfSolo(entity: Entity, first: Entity): Standing {
  const owner = first.kind === 'segment' ? first.service : null;
  if (entity.kind === 'segment') {
    const isPartial = entity.outcome === 'pending';
    const received = entity.message;
    return { entity, owner, caller: received?.broker ?? null, received, isAnswer: false, isInferred: false, isPartial };
  }
  const isCall = entity.kind === 'call';
  const isAwaited = entity.traced && entity.message === null;
  const isInferred = isCall && !isAwaited && entity.outcome !== 'pending' && owner !== null;
  return { entity, owner, caller: null, received: null, isAnswer: false, isInferred, isPartial: isCall && isAwaited };
}

function rowOfSolo(stamp: RowStamp, first: Entity, standings: readonly Standing[]): TraceRow {
  const { segment } = first;
  const services: ServiceRef[] = [];
  let startUs = first.startUs;
  let endUs = first.startUs;
  let inferred = false;
  let partial = false;
  let throttle = false;
  for (const standing of standings) {
    const { entity } = standing;
    const node = nodeOf(standing);
    if (node !== null) insertService(services, node);
    // As in the general way: subsegments may start before their segment, by another clock.
    if (segment === null && entity.startUs < startUs) startUs = entity.startUs;
    if (entity.endUs > endUs) endUs = entity.endUs;
    inferred ||= standing.isInferred;
    partial ||= standing.isPartial;
    throttle ||= entity.throttle && node !== null;
  }
  const owner = segment === null ? null : first.service;
  const ownerPlaces = owner === null ? [] : [placeIn(services, owner)];
  return assembleRow(stamp, {
    startUs,
    endUs,
    entry: segment === null ? null : first,
    entryPoint: ownerPlaces[0] ?? null,
    services,
    throttle,
    partial,
    inferred,
    annotations: annotationsOfSolo(standings, ownerPlaces),
    users: segment === null || segment.user === null ? [] : [{ name: segment.user, services: ownerPlaces }],
    resourceArns: listed(segment?.resourceArn),
    instanceIds: listed(segment?.instanceId),
    availabilityZones: (segment?.zones ?? []).toSorted(),
    entityCount: standings.length,
    outcomes: outcomesOfSolo(standings, services, partial),
    causes: causesIn(new SoloCauseTree(stamp.traceId, standings), services),
  });
}

function outcomesOfSolo(
  standings: readonly Standing[],
  services: readonly ServiceRef[],
  partial: boolean,
): readonly number[] {
  const outcomes = services.map(() => 0);
  for (const standing of standings) {
    const { entity } = standing;
    const node = nodeOf(standing);
    if (node === null) continue;
    const place = placeIn(services, node);
    const { fault, error, throttle } = entity;
    // Whatever waits belongs to the one segment.
    const bit = outcomeBit({ fault, error, throttle, partial: partial && entity.kind === 'segment' });
    outcomes[place] = (outcomes[place] ?? 0) | bit;
  }
  return outcomes;
}

/** In the order of their printed keys. */
function insertService(services: ServiceRef[], service: ServiceRef): void {
  let at = 0;
  for (; at < services.length; at += 1) {
    const other = services[at];
    if (other === undefined || other.text === service.text) return;
    if (other.text > service.text) break;
  }
  // `splice` makes an array of what it takes out, also when that is nothing.
  services.push(service);
  for (let to = services.length - 1; to > at; to -= 1) services[to] = services[to - 1] ?? service;
  services[at] = service;
}

function annotationsOfSolo(standings: readonly Standing[], services: readonly number[]): readonly TraceAnnotation[] {
  const bearers = standings.filter(({ entity }) => entity.annotations !== NO_ANNOTATIONS);
  const [first] = bearers;
  if (first === undefined) return NONE;
  // One bearer cannot name a key twice.
  const gathered = bearers.length === 1 ? new ListedAnnotations() : new GatheredAnnotations();
  for (const { entity } of bearers) gathered.addAll(entity.annotations, services);
  return gathered.pairs;
}

const NONE: readonly TraceAnnotation[] = [];

function listed(text: string | null | undefined): readonly string[] {
  return text === null || text === undefined ? [] : [text];
}
