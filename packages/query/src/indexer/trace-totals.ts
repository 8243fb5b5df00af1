import type { AnnotationValue } from '@fluoroscope/model';
import { TRACE_ANNOTATIONS_MAX } from '@fluoroscope/store';
import { CountedKeys } from './counted-keys.ts';
import { TRACE_NAMES_MAX, TRACE_SERVICES_MAX } from './limits.ts';
import type { ServiceRef } from './service-ref.ts';
import { nodeOf, type Standing } from './standing.ts';

export interface AnnotationPair {
  readonly value: AnnotationValue;
  readonly owners: CountedKeys<ServiceRef>;
}

export type AnnotationCounts = CountedKeys<CountedKeys<AnnotationPair>>;

/**
 * Sums over a trace's entities that the row is made of. `replace` costs the same however large the trace is;
 * only when an extreme (first, last, entry) recedes are all entities looked at again, at the next `read`.
 */
export class TraceTotals {
  entityCount = 0;
  inferredCount = 0;
  partialCount = 0;
  throttleCount = 0;
  readonly services: CountedKeys<ServiceRef> = new CountedKeys<ServiceRef>(TRACE_SERVICES_MAX);
  /** Null while they are not counted. */
  #annotationKeys: AnnotationCounts | null;
  /** With the nodes that named the user. */
  readonly users: CountedKeys<CountedKeys<ServiceRef>> = new CountedKeys<CountedKeys<ServiceRef>>(TRACE_NAMES_MAX);
  readonly resourceArns: CountedKeys<null> = new CountedKeys<null>(TRACE_NAMES_MAX);
  readonly instanceIds: CountedKeys<null> = new CountedKeys<null>(TRACE_NAMES_MAX);
  readonly zones: CountedKeys<null> = new CountedKeys<null>(TRACE_NAMES_MAX);
  #segmentStartUs = Infinity;
  #subsegmentStartUs = Infinity;
  #endUs = -Infinity;
  #entry: Standing | null = null;
  #hasReceded = false;

  /** Annotations are counted from the start, or, for totals that are not kept, when they are asked for. */
  constructor({ areKept }: { readonly areKept: boolean }) {
    this.#annotationKeys = areKept ? new CountedKeys(TRACE_ANNOTATIONS_MAX) : null;
  }

  /** `all` is everything counted. */
  readAnnotations(all: () => Iterable<Standing>): AnnotationCounts {
    if (this.#annotationKeys !== null) return this.#annotationKeys;
    this.#annotationKeys = new CountedKeys(TRACE_ANNOTATIONS_MAX);
    for (const standing of all()) this.#countAnnotations(this.#annotationKeys, standing, 1);
    return this.#annotationKeys;
  }

  get countsAnnotations(): boolean {
    return this.#annotationKeys !== null;
  }

  replace(before: Standing | null, after: Standing | null): void {
    if (before !== null) this.#count(before, -1);
    if (after !== null) this.#count(after, 1);
    if (before !== null && this.#recedes(before, after)) this.#hasReceded = true;
    if (after !== null) this.#reach(after);
  }

  /** The extremes; `all` is asked for everything counted only when one of them has receded. */
  readExtremes(all: () => Iterable<Standing>): { startUs: number; endUs: number; entry: Standing | null } {
    if (this.#hasReceded) {
      this.#segmentStartUs = Infinity;
      this.#subsegmentStartUs = Infinity;
      this.#endUs = -Infinity;
      this.#entry = null;
      for (const standing of all()) this.#reach(standing);
      this.#hasReceded = false;
    }
    // As `mergeTrace`: subsegments may start before their segment, by another clock.
    const startUs = Number.isFinite(this.#segmentStartUs) ? this.#segmentStartUs : this.#subsegmentStartUs;
    return { startUs, endUs: Math.max(startUs, this.#endUs), entry: this.#entry };
  }

  #recedes(before: Standing, after: Standing | null): boolean {
    if (after === null) return true;
    const isSegment = before.entity.kind === 'segment';
    if (isSegment !== (after.entity.kind === 'segment')) return true;
    const startUs = isSegment ? this.#segmentStartUs : this.#subsegmentStartUs;
    if (before.entity.startUs === startUs && after.entity.startUs > startUs) return true;
    if (before.entity.endUs === this.#endUs && after.entity.endUs < this.#endUs) return true;
    return this.#entry === before && isEarlierEntry(before, after);
  }

  #reach(standing: Standing): void {
    const { entity } = standing;
    if (entity.kind === 'segment') this.#segmentStartUs = Math.min(this.#segmentStartUs, entity.startUs);
    else this.#subsegmentStartUs = Math.min(this.#subsegmentStartUs, entity.startUs);
    if (entity.endUs > this.#endUs) this.#endUs = entity.endUs;
    if (entity.kind !== 'segment') return;
    if (this.#entry === null || !isEarlierEntry(this.#entry, standing)) this.#entry = standing;
  }

  #count(standing: Standing, by: 1 | -1): void {
    const { entity, owner } = standing;
    const node = nodeOf(standing);
    this.entityCount += by;
    if (standing.isInferred) this.inferredCount += by;
    if (standing.isPartial) this.partialCount += by;
    // Inferred segments count too: a throttled table has no other.
    if (entity.throttle && node !== null) this.throttleCount += by;
    if (node !== null) bump(this.services, node.text, node, by);
    if (this.#annotationKeys !== null) this.#countAnnotations(this.#annotationKeys, standing, by);

    const { segment } = entity;
    if (segment === null) return;
    if (segment.user !== null) this.#countUser(segment.user, owner, by);
    if (segment.resourceArn !== null) bump(this.resourceArns, segment.resourceArn, null, by);
    if (segment.instanceId !== null) bump(this.instanceIds, segment.instanceId, null, by);
    for (const zone of segment.zones) bump(this.zones, zone, null, by);
  }

  #countAnnotations(counts: AnnotationCounts, { entity, owner }: Standing, by: 1 | -1): void {
    for (const key of Object.keys(entity.annotations)) {
      const value = entity.annotations[key];
      if (value === undefined) continue;
      const pairs = counts.get(key) ?? new CountedKeys<AnnotationPair>(TRACE_ANNOTATIONS_MAX);
      const valueText = printValue(value);
      const pair = pairs.get(valueText) ?? { value, owners: new CountedKeys<ServiceRef>(TRACE_SERVICES_MAX) };
      if (owner !== null) bump(pair.owners, owner.text, owner, by);
      bump(pairs, valueText, pair, by);
      bump(counts, key, pairs, by);
    }
  }

  #countUser(name: string, owner: ServiceRef | null, by: 1 | -1): void {
    const owners = this.users.get(name) ?? new CountedKeys<ServiceRef>(TRACE_SERVICES_MAX);
    if (owner !== null) bump(owners, owner.text, owner, by);
    bump(this.users, name, owners, by);
  }
}

function bump<Value>(keys: CountedKeys<Value>, key: string, value: Value, by: 1 | -1): void {
  if (by === 1) keys.add(key, value);
  else keys.remove(key);
}

/** Equal text only for equal values of one type: 1 and "1" are two values. */
export function printValue(value: AnnotationValue): string {
  return typeof value === 'string' ? `"${value}` : String(value);
}

/** The segment that speaks for the trace: one without a parent, else of unknown parent, else any; then the earliest. */
function isEarlierEntry(a: Standing, b: Standing): boolean {
  const rankA = entryRank(a);
  const rankB = entryRank(b);
  if (rankA !== rankB) return rankA < rankB;
  if (a.entity.startUs !== b.entity.startUs) return a.entity.startUs < b.entity.startUs;
  return a.entity.id < b.entity.id;
}

function entryRank({ entity, caller }: Standing): number {
  if (entity.kind !== 'segment') return 3;
  if (entity.parentId === null) return 0;
  return caller === null ? 1 : 2;
}
