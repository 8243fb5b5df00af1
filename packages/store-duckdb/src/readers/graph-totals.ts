import { bucketOfNumber, timeUs, type ServiceKey } from '@fluoroscope/model';
import {
  StoreError,
  type EdgeSum,
  type GraphSums,
  type Histogram,
  type NodeSum,
  type OutcomeCounts,
} from '@fluoroscope/store';
import { outcomeOfNumber, roleOfNumber } from '../fact-codes.ts';

/** Outcomes go by number; the last of them is `pending`. */
const OUTCOME_COUNT = 5;
const PENDING = 4;

/** A histogram's array at first: up to 10 ms. */
const BUCKETS_FIRST = 800;

/** Up to three hours. */
const BUCKETS_WHOLE: number = 100 + 350 * 8;

/** Arrays of zeros that a graph may take: 12 MB. To make and drop as many for each graph was a quarter of its CPU. */
const FREE_HISTOGRAMS_MAX = 512;
const freeHistograms: Float64Array[] = [];

/** What facts are about, by the numbers of sql/schema/head.sql. */
export interface GraphKey {
  readonly role: number;
  readonly source: number;
  readonly target: number;
  readonly alias: string | null;
}

/** Sums of one node or edge. */
export interface GraphGroup {
  readonly key: GraphKey;
  readonly counts: Float64Array;
  totalDurationUs: number;
  startUs: number;
  endUs: number;
  /** By bucket number. */
  histogram: Float64Array;
  /** How many facts stand under each name. */
  readonly aliases: Map<string, number>;
}

/** Sums that grow from any number of pieces, in any order. */
export class GraphTotals implements Disposable {
  readonly #groups = new Map<number, Map<number, GraphGroup>>();
  readonly #isOfPeriod: boolean;

  /** Of a period, one of many, of which each has few durations. */
  constructor({ isOfPeriod }: { readonly isOfPeriod: boolean }) {
    this.#isOfPeriod = isOfPeriod;
  }

  groupOf(key: GraphKey): GraphGroup {
    const { role, source, target } = key;
    const about = source * 8 + role;
    let ofTarget = this.#groups.get(target);
    if (ofTarget === undefined) this.#groups.set(target, (ofTarget = new Map<number, GraphGroup>()));
    let group = ofTarget.get(about);
    if (group === undefined) ofTarget.set(about, (group = createGroup(key, this.#isOfPeriod)));
    return group;
  }

  *groups(): Generator<GraphGroup> {
    for (const ofTarget of this.#groups.values()) yield* ofTarget.values();
  }

  /** What `toSums` gave is not touched. */
  [Symbol.dispose](): void {
    for (const ofTarget of this.#groups.values()) for (const { histogram } of ofTarget.values()) giveBack(histogram);
    this.#groups.clear();
  }

  /** Numbers of the services that something stands of. */
  serviceIds(): ReadonlySet<number> {
    return new Set(
      this.#standing().flatMap(({ key: { role, source, target } }) => (role === 0 ? [source, target] : [target])),
    );
  }

  toSums(serviceOf: (id: number) => ServiceKey): GraphSums {
    const nodes: NodeSum[] = [];
    const edges: EdgeSum[] = [];
    const standing = this.#standing();
    const take = createHistogramMemory(standing);
    for (const group of standing) {
      const role = roleOfNumber(group.key.role);
      if (role === undefined) throw new StoreError('corrupt', 'a stored fact has an unknown role');
      const fields = { ...fieldsOf(group), histogram: take(group.histogram) };
      if (role === 'edge') {
        const aliases = [...group.aliases].filter(([, count]) => count > 0).map(([alias]) => alias);
        const { source, target } = group.key;
        edges.push({ source: serviceOf(source), target: serviceOf(target), aliases: aliases.sort(), ...fields });
      } else {
        nodes.push({ service: serviceOf(group.key.target), ...role, ...fields });
      }
    }
    return { nodes, edges };
  }

  #standing(): readonly GraphGroup[] {
    return [...this.#groups.values()].flatMap((ofTarget) =>
      [...ofTarget.values()].filter(({ counts }) => counts.some((count) => count !== 0)),
    );
  }
}

export interface GraphPiece {
  readonly outcome: number;
  readonly factCount: number;
  /** Of all these facts together. */
  readonly durationUs: number;
  readonly startUs: number;
  readonly endUs: number;
}

/** All but the histogram. */
export function addPiece(group: GraphGroup, alias: string | null, piece: GraphPiece): void {
  const { outcome, factCount, durationUs, startUs, endUs } = piece;
  if (outcome >= OUTCOME_COUNT) throw new StoreError('corrupt', 'a stored fact has an unknown outcome');
  group.counts[outcome] = (group.counts[outcome] ?? 0) + factCount;
  if (outcome !== PENDING) group.totalDurationUs += durationUs;
  if (startUs < group.startUs) group.startUs = startUs;
  if (endUs > group.endUs) group.endUs = endUs;
  if (alias !== null) group.aliases.set(alias, (group.aliases.get(alias) ?? 0) + factCount);
}

export function addBucket(group: GraphGroup, outcome: number, bucket: number, factCount: number): void {
  if (outcome === PENDING) return;
  if (bucket >= group.histogram.length) growHistogram(group, bucket);
  group.histogram[bucket] = (group.histogram[bucket] ?? 0) + factCount;
}

/** Makes room for this bucket. */
export function growHistogram(group: GraphGroup, bucket: number): void {
  if (bucket < group.histogram.length) return;
  const larger = new Float64Array(Math.max(bucket + 1, 2 * group.histogram.length));
  larger.set(group.histogram);
  group.histogram = larger;
}

function giveBack(histogram: Float64Array): void {
  if (histogram.length === BUCKETS_WHOLE && freeHistograms.length < FREE_HISTOGRAMS_MAX) {
    freeHistograms.push(histogram.fill(0));
  }
}

function createGroup(key: GraphKey, isOfPeriod: boolean): GraphGroup {
  const histogram = isOfPeriod ? new Float64Array(BUCKETS_FIRST) : freeHistograms.pop();
  return {
    key,
    counts: new Float64Array(OUTCOME_COUNT),
    totalDurationUs: 0,
    startUs: Infinity,
    endUs: -Infinity,
    histogram: histogram ?? new Float64Array(BUCKETS_WHOLE),
    aliases: new Map(),
  };
}

function fieldsOf({
  counts,
  totalDurationUs,
  startUs,
  endUs,
}: GraphGroup): Omit<NodeSum, 'service' | 'state' | 'root' | 'histogram'> {
  return {
    startUs: timeUs(startUs),
    endUs: timeUs(endUs),
    counts: countsOf(counts),
    totalDurationUs,
  };
}

function countsOf(counts: Float64Array): OutcomeCounts {
  const byName: Record<keyof OutcomeCounts, number> = { ok: 0, error: 0, throttle: 0, fault: 0, pending: 0 };
  for (const [code, count] of counts.entries()) {
    const outcome = outcomeOfNumber(code);
    if (outcome !== undefined) byName[outcome] = count;
  }
  return byName;
}

/** Room for the histograms of all these groups, in one piece; they are put there one behind the other. */
function createHistogramMemory(groups: readonly GraphGroup[]): (countsByNumber: Float64Array) => Histogram {
  const size = groups.reduce((sum, { histogram }) => sum + filledCount(histogram), 0);
  const memory = new Float64Array(2 * size);
  const [allBuckets, allCounts] = [memory.subarray(0, size), memory.subarray(size)];
  let end = 0;
  return (countsByNumber) => {
    const start = end;
    for (let number = 0; number < countsByNumber.length; number += 1) {
      const count = countsByNumber[number] ?? 0;
      if (count === 0) continue;
      allBuckets[end] = bucketOfNumber(number);
      allCounts[end] = count;
      end += 1;
    }
    return { bucketsUs: allBuckets.subarray(start, end), counts: allCounts.subarray(start, end) };
  };
}

function filledCount(countsByNumber: Float64Array): number {
  let filled = 0;
  for (let number = 0; number < countsByNumber.length; number += 1) if (countsByNumber[number] !== 0) filled += 1;
  return filled;
}
