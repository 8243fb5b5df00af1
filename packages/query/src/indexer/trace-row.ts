import { timeUs, type ServiceKey, type TimeUs, type TraceId } from '@fluoroscope/model';
import { TRACE_ANNOTATIONS_MAX, type TraceAnnotation, type TraceRow } from '@fluoroscope/store';
import type { CountedKeys } from './counted-keys.ts';
import type { Entity } from './entity.ts';
import { gatherAnnotations } from './few-annotations.ts';
import { readFindings } from './findings.ts';
import type { ServiceRef } from './service-ref.ts';
import { nodeOf, type Standing } from './standing.ts';
import type { TraceEntities } from './trace-entities.ts';
import type { AnnotationCounts, TraceTotals } from './trace-totals.ts';

export interface RowStamp {
  readonly traceId: TraceId;
  readonly revision: number;
  readonly updatedUs: TimeUs;
}

/** What a row is made of, once it is counted. */
export interface RowParts extends Pick<
  TraceRow,
  | 'throttle'
  | 'partial'
  | 'inferred'
  | 'entryPoint'
  | 'annotations'
  | 'users'
  | 'resourceArns'
  | 'instanceIds'
  | 'availabilityZones'
  | 'entityCount'
  | 'outcomes'
  | 'causes'
> {
  readonly startUs: number;
  readonly endUs: number;
  /** The segment that speaks for the trace. */
  readonly entry: Entity | null;
  readonly services: readonly ServiceRef[];
}

/** The row of XRAY-SPEC §7.2; the same whatever order the entities came in, but for the order of its annotations. */
export function buildTraceRow(
  stamp: RowStamp,
  totals: TraceTotals,
  all: () => Iterable<Standing>,
  trace: TraceEntities,
): TraceRow {
  const { startUs, endUs, entry } = totals.readExtremes(all);
  const services = totals.services.shown().map(({ value }) => value);
  const entryNode = entry === null ? null : nodeOf(entry);
  const entryPoint = entryNode === null ? null : placeOrAdd(services, entryNode);
  const placeOf = placesIn(services);
  return assembleRow(stamp, {
    startUs,
    endUs,
    entry: entry?.entity ?? null,
    entryPoint,
    services,
    throttle: totals.throttleCount > 0,
    partial: totals.partialCount > 0,
    inferred: totals.inferredCount > 0,
    annotations: readAnnotations(totals, all, placeOf),
    users: totals.users.shown().map(({ key, value }) => ({ name: key, services: placesOf(value, placeOf) })),
    resourceArns: totals.resourceArns.shown().map(({ key }) => key),
    instanceIds: totals.instanceIds.shown().map(({ key }) => key),
    availabilityZones: totals.zones.shown().map(({ key }) => key),
    entityCount: totals.entityCount,
    ...readFindings(trace, entry, services),
  });
}

export function assembleRow({ traceId, revision, updatedUs }: RowStamp, parts: RowParts): TraceRow {
  const { entry } = parts;
  const segment = entry?.segment ?? null;
  return {
    traceId,
    revision,
    updatedUs,
    startUs: timeUs(parts.startUs),
    endUs: timeUs(parts.endUs),
    responseTimeUs: entry === null || entry.outcome === 'pending' ? null : entry.endUs - entry.startUs,
    fault: entry?.fault ?? false,
    error: entry?.error ?? false,
    throttle: parts.throttle,
    partial: parts.partial,
    inferred: parts.inferred,
    httpMethod: segment?.httpMethod ?? null,
    httpUrl: segment?.httpUrl ?? null,
    httpStatus: segment?.httpStatus ?? null,
    userAgent: segment?.userAgent ?? null,
    clientIp: segment?.clientIp ?? null,
    entryPoint: parts.entryPoint,
    services: parts.services.map((service): ServiceKey => service.key),
    annotations: parts.annotations,
    users: parts.users,
    resourceArns: parts.resourceArns,
    instanceIds: parts.instanceIds,
    availabilityZones: parts.availabilityZones,
    entityCount: parts.entityCount,
    outcomes: parts.outcomes,
    causes: parts.causes,
  };
}

/** The entry point has its place even when it is not among the first. */
function placeOrAdd(services: ServiceRef[], service: ServiceRef): number {
  const at = placeIn(services, service);
  return at >= 0 ? at : services.push(service) - 1;
}

export function placeIn(services: readonly ServiceRef[], { text }: ServiceRef): number {
  return services.findIndex((other) => other.text === text);
}

type PlaceOf = (text: string) => number | undefined;

function placesIn(services: readonly ServiceRef[]): PlaceOf {
  if (services.length <= SCANNED_SERVICES_MAX) {
    return (text) => {
      const at = services.findIndex((service) => service.text === text);
      return at < 0 ? undefined : at;
    };
  }
  const places = new Map(services.map((service, at) => [service.text, at]));
  return (text) => places.get(text);
}

/** Up to here looking is faster than making a Map. */
const SCANNED_SERVICES_MAX = 16;

function readAnnotations(
  totals: TraceTotals,
  all: () => Iterable<Standing>,
  placeOf: PlaceOf,
): readonly TraceAnnotation[] {
  const gathered = totals.countsAnnotations ? null : gatherAnnotations(all(), placeOf, TRACE_ANNOTATIONS_MAX);
  return gathered ?? chooseAnnotations(totals.readAnnotations(all), placeOf);
}

/**
 * Every key gets its first value before any gets its second, so that one key with a thousand values does not
 * crowd out the others.
 */
function chooseAnnotations(annotationKeys: AnnotationCounts, placeOf: PlaceOf): TraceAnnotation[] {
  const keys = annotationKeys.shown();
  const places = chooseCounts(keys.map(({ value: pairs }) => pairs.shown().length));
  const annotations: TraceAnnotation[] = [];
  for (const [at, { key, value: pairs }] of keys.entries()) {
    for (const { value: pair } of pairs.shown().slice(0, places[at])) {
      annotations.push({ key, value: pair.value, services: placesOf(pair.owners, placeOf) });
    }
  }
  return annotations;
}

/** How many of each so that all together are at most `TRACE_ANNOTATIONS_MAX`, one more each in turn. */
function chooseCounts(wanted: readonly number[]): readonly number[] {
  if (wanted.reduce((sum, count) => sum + count, 0) <= TRACE_ANNOTATIONS_MAX) return wanted;
  const chosen = wanted.map(() => 0);
  let room = TRACE_ANNOTATIONS_MAX;
  for (let round = 0; room > 0; round += 1) {
    for (const [at, count] of wanted.entries()) {
      if (count <= round || room === 0) continue;
      chosen[at] = round + 1;
      room -= 1;
    }
  }
  return chosen;
}

function placesOf(owners: CountedKeys<ServiceRef>, placeOf: PlaceOf): number[] {
  const found: number[] = [];
  for (const { key } of owners.shown()) {
    const place = placeOf(key);
    if (place !== undefined) found.push(place);
  }
  return found.length < 2 ? found : found.sort((a, b) => a - b);
}
