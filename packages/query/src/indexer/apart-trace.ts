// What is left of a trace that has become too large to be linked (ADR-011): its row, and what can be known of a later
// document without looking at all the others.
import { printServiceKey, timeUs, type SegmentId, type ServiceKey } from '@fluoroscope/model';
import { TRACE_ANNOTATIONS_MAX, type TraceAnnotation, type TraceRow, type TraceUser } from '@fluoroscope/store';
import type { Entity, Message } from './entity.ts';
import { apartFactsOf, factsOf } from './facts.ts';
import { IdFilter } from './id-filter.ts';
import { APART_OWNERS_MAX, TRACE_NAMES_MAX, TRACE_SERVICES_MAX } from './limits.ts';
import type { ServiceRef } from './service-ref.ts';
import { messageFor, type Standing } from './standing.ts';
import type { EmitFact, TraceEntities } from './trace-entities.ts';
import type { ReadDocument } from './trace-state.ts';
import { printValue } from './trace-totals.ts';

type Mutable<Row> = { -readonly [Key in keyof Row]: Row[Key] };

/**
 * Takes documents one by one and never takes anything back, but for the segments that were in progress when the
 * trace was let go of: what is said stays true whatever comes, it only is not all there would be to say.
 *
 * The row goes on: times, counts, the entry point, and its lists up to their bounds. It is `partial` from here on.
 */
export class ApartTrace {
  readonly #row: Mutable<TraceRow>;
  readonly #ids: IdFilter = new IdFilter();
  /** The node of the segment that an entity belongs to. */
  readonly #owners = new Map<SegmentId, ServiceRef>();
  /** What calls have put into queues; as many as owners. */
  readonly #messages = new Map<SegmentId, Message>();
  /** Segments in progress: what was said of them falls when they are complete. */
  readonly #open = new Map<SegmentId, Standing>();
  /** Null when the entry point is known from the row only. */
  #entry: Entity | null = null;
  readonly #services: ServiceKey[];
  readonly #servicePlaces: Map<string, number>;
  readonly #annotations: Map<string, Mutable<TraceAnnotation>>;
  readonly #users: Map<string, Mutable<TraceUser>>;

  /** Goes on from a row, of a trace that was forgotten: of what came before, only that is known. */
  constructor(row: TraceRow) {
    this.#services = [...row.services];
    this.#servicePlaces = new Map(row.services.map((service, at) => [printServiceKey(service), at]));
    this.#annotations = new Map(row.annotations.map((one) => [annotationKey(one.key, one.value), { ...one }]));
    this.#users = new Map(row.users.map((user) => [user.name, { ...user }]));
    // Of what comes from here on neither can be known in full.
    this.#row = { ...row, partial: true, outcomes: [], causes: null };
  }

  /** Takes over from a settled trace, whose row this is. */
  static from(trace: TraceEntities, row: TraceRow, entry: Entity | null): ApartTrace {
    const apart = new ApartTrace(row);
    apart.#entry = entry;
    for (const { id, own, entity, owner, standing } of trace.slots.values()) {
      const service = owner?.entity?.service ?? null;
      if (service !== null) apart.#remember(id, service, entity);
      if (standing !== null && entity?.kind === 'segment' && entity.outcome === 'pending') {
        apart.#open.set(id, standing);
      } else if (own !== null && own.outcome !== 'pending') {
        apart.#ids.add(id);
      }
    }
    return apart;
  }

  /** Every document is to be stored; one whose id came before, complete, adds nothing else. */
  take({ traceId, entities }: ReadDocument, emit: EmitFact): void {
    const [first] = entities;
    // Counted when it is complete: it could not be taken back by then.
    if (first.outcome === 'pending' || !this.#ids.add(first.id)) return;
    const said = this.#open.get(first.id);
    if (said !== undefined) {
      for (const fact of factsOf(traceId, said)) emit({ ...fact, sign: -1 });
      this.#open.delete(first.id);
      this.#row.entityCount -= 1;
    }
    const parent = first.parentId === null ? null : (this.#owners.get(first.parentId) ?? null);
    const owner = first.kind === 'segment' ? first.service : parent;
    for (const entity of entities) {
      const sender = entity.kind === 'segment' ? parent : null;
      const isReceiver = entity.kind === 'segment' && sender === null;
      const received = receivedFrom(this.#messages, entity) ?? (isReceiver ? entity.message : null);
      const caller = received?.broker ?? sender;
      const isAnswer = entity === first && said?.isAnswer === true;
      const isInferred = isSurelyUnanswered(entity) && owner !== null;
      const standing = { entity, owner, caller, received, isAnswer, isInferred, isPartial: true };
      for (const fact of apartFactsOf(traceId, standing)) emit(fact);
      if (owner !== null) this.#remember(entity.id, owner, entity);
      this.#count(standing);
    }
  }

  row(revision: number, updatedUs: TraceRow['updatedUs']): TraceRow {
    return {
      ...this.#row,
      revision,
      updatedUs,
      services: [...this.#services],
      annotations: [...this.#annotations.values()],
      users: [...this.#users.values()],
    };
  }

  #remember(id: SegmentId, owner: ServiceRef, entity: Entity | null): void {
    if (this.#owners.size < APART_OWNERS_MAX) this.#owners.set(id, owner);
    const message = entity?.kind === 'call' ? entity.message : null;
    if (message !== null && this.#messages.size < APART_OWNERS_MAX) this.#messages.set(id, message);
  }

  #count({ entity, owner, isInferred }: Standing): void {
    const row = this.#row;
    row.entityCount += 1;
    row.inferred ||= isInferred;
    if (entity.endUs > row.endUs) row.endUs = entity.endUs;
    if (entity.kind === 'segment' || isInferred) {
      row.throttle ||= entity.throttle;
      if (entity.service !== null) this.#placeOf(entity.service);
    }
    const place = owner === null ? undefined : this.#placeOf(owner);
    for (const key of Object.keys(entity.annotations)) {
      const value = entity.annotations[key];
      if (value === undefined) continue;
      const text = annotationKey(key, value);
      addPlace(this.#annotations, text, place, TRACE_ANNOTATIONS_MAX, () => ({ key, value, services: [] }));
    }
    if (entity.segment !== null) this.#countSegment(entity, place);
  }

  #countSegment(entity: Entity, place: number | undefined): void {
    const row = this.#row;
    const { segment, service } = entity;
    if (segment === null) return;
    if (this.#isBetterEntry(entity) && service !== null) {
      this.#entry = entity;
      const { fault, error } = entity;
      const { httpMethod, httpUrl, httpStatus, userAgent, clientIp } = segment;
      Object.assign(row, { fault, error, httpMethod, httpUrl, httpStatus, userAgent, clientIp });
      row.entryPoint = this.#placeOf(service) ?? this.#addService(service);
      row.responseTimeUs = entity.endUs - entity.startUs;
    }
    if (entity.startUs < row.startUs) row.startUs = timeUs(entity.startUs);
    const { user, resourceArn, instanceId, zones } = segment;
    if (user !== null) addPlace(this.#users, user, place, TRACE_NAMES_MAX, () => ({ name: user, services: [] }));
    row.resourceArns = withName(row.resourceArns, resourceArn);
    row.instanceIds = withName(row.instanceIds, instanceId);
    for (const zone of zones) row.availabilityZones = withName(row.availabilityZones, zone);
  }

  /** A segment without a parent speaks for the trace; of several the earliest, or the newer version of the same. */
  #isBetterEntry({ id, parentId, startUs }: Entity): boolean {
    if (parentId !== null) return this.#row.entryPoint === null;
    const entry = this.#entry;
    if (entry === null) return startUs <= this.#row.startUs;
    return entry.parentId !== null || entry.id === id || startUs < entry.startUs;
  }

  #placeOf(service: ServiceRef): number | undefined {
    const place = this.#servicePlaces.get(service.text);
    return place ?? (this.#services.length < TRACE_SERVICES_MAX ? this.#addService(service) : undefined);
  }

  #addService({ key, text }: ServiceRef): number {
    const place = this.#services.push(key) - 1;
    this.#servicePlaces.set(text, place);
    return place;
  }
}

/** HTTP calls may have been answered by a segment of another document; AWS's resources and databases send none. */
function isSurelyUnanswered({ kind, service, traced, message, outcome }: Entity): boolean {
  if (kind !== 'call' || service === null || outcome === 'pending') return false;
  return message !== null || (service.key.type !== 'remote' && !traced);
}

function receivedFrom(messages: ReadonlyMap<SegmentId, Message>, entity: Entity): Message | null {
  const message = entity.parentId === null ? undefined : messages.get(entity.parentId);
  return message === undefined ? null : messageFor(message, entity);
}

function annotationKey(key: string, value: TraceAnnotation['value']): string {
  return `${key}\n${printValue(value)}`;
}

function addPlace<Item extends { services: readonly number[] }>(
  items: Map<string, Item>,
  text: string,
  place: number | undefined,
  max: number,
  make: () => Item,
): void {
  let item = items.get(text);
  if (item === undefined) {
    if (items.size >= max) return;
    item = make();
    items.set(text, item);
  }
  if (place !== undefined && !item.services.includes(place)) item.services = [...item.services, place];
}

function withName(names: readonly string[], name: string | null): readonly string[] {
  return name === null || names.length >= TRACE_NAMES_MAX || names.includes(name) ? names : [...names, name];
}
