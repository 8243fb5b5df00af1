import type { HistogramEntry } from '@fluoroscope/api';
import type { MapEdge, MapGraph, MapNode } from './graph.ts';
import { quantile, sortedEntries } from './histogram.ts';
import type { Shares } from './shares.ts';

/** What is said of a node or edge beside its figures; most serious first. */
export const MARKS = [
  'new',
  'gone',
  'faults',
  'throttles',
  'errors',
  'slower',
  'busier',
  'quieter',
  'faster',
  'fewer',
] as const;
export type Mark = (typeof MARKS)[number];

export const MARK_LABEL: Readonly<Record<Mark, string>> = {
  new: 'New',
  gone: 'Gone',
  faults: 'More faults',
  throttles: 'More throttles',
  errors: 'More errors',
  slower: 'Slower',
  busier: 'Busier',
  quieter: 'Quieter',
  faster: 'Faster',
  fewer: 'Fewer failures',
};

export interface Figures {
  readonly total: number;
  /** Requests a second. */
  readonly rate: number;
  readonly averageS: number | undefined;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly faultShare: number;
  readonly throttleShare: number;
  readonly errorShare: number;
}

export interface Change {
  readonly key: string;
  readonly now: Figures | null;
  readonly before: Figures | null;
  readonly marks: readonly Mark[];
}

export interface NodeChange extends Change {
  readonly node: MapNode;
}

export interface EdgeChange extends Change {
  readonly edge: MapEdge;
}

export interface MapDiff {
  readonly nodes: readonly NodeChange[];
  readonly edges: readonly EdgeChange[];
  /** By key of a node or edge. */
  readonly byKey: ReadonlyMap<string, Change>;
}

/** A graph, what its rates are taken over, and which of its nodes and edges were there at all. */
export interface Side {
  readonly graph: MapGraph;
  readonly windowS: number;
  readonly present: ReadonlySet<string>;
}

/** Below so many requests on either side nothing is said of how they went. */
const REQUESTS_MIN = 10;
/** A change must be felt (by so much of what it was) … */
const LATENCY_RATIO_MIN = 1.1;
const RATE_RATIO_MIN = 1.5;
const SHARE_STEP_MIN = 0.002;
/** … and be no chance: two-sided, about one in a hundred. */
const Z_MIN = 2.576;
const KOLMOGOROV_MIN = 1.628;

/** Both graphs have the same nodes and edges (`unionServices`). */
export function diffMaps(now: Side, before: Side): MapDiff {
  const [nodesBefore, edgesBefore] = [byKey(before.graph.nodes), byKey(before.graph.edges)];
  const nodes = now.graph.nodes.map((node) =>
    Object.assign({ node }, changeOf(node, nodesBefore.get(node.key), now, before)),
  );
  const edges = now.graph.edges.map((edge) =>
    Object.assign({ edge }, changeOf(edge, edgesBefore.get(edge.key), now, before)),
  );
  return { nodes, edges, byKey: new Map<string, Change>([...nodes, ...edges].map((change) => [change.key, change])) };
}

function byKey<One extends { readonly key: string }>(items: readonly One[]): ReadonlyMap<string, One> {
  return new Map(items.map((item) => [item.key, item]));
}

interface Item {
  readonly key: string;
  readonly shares: Shares;
  readonly responseTimes: readonly HistogramEntry[];
}

function changeOf(item: Item, other: Item | undefined, now: Side, before: Side): Change {
  const { key } = item;
  const isNow = now.present.has(key);
  const figures = isNow ? figuresOf(item, now.windowS) : null;
  const past = other !== undefined && before.present.has(key) ? figuresOf(other, before.windowS) : null;
  if (figures === null || past === null) return { key, now: figures, before: past, marks: [isNow ? 'new' : 'gone'] };
  return { key, now: figures, before: past, marks: marksOf(item, figures, other ?? item, past, now, before) };
}

function figuresOf({ shares, responseTimes }: Item, windowS: number): Figures {
  const all = Math.max(1, shares.total);
  return {
    total: shares.total,
    rate: windowS > 0 ? shares.total / windowS : 0,
    averageS: shares.averageS,
    p50: quantile(responseTimes, 0.5),
    p95: quantile(responseTimes, 0.95),
    faultShare: shares.fault / all,
    throttleShare: shares.throttle / all,
    errorShare: shares.error / all,
  };
}

function marksOf(a: Item, now: Figures, b: Item, before: Figures, sideA: Side, sideB: Side): readonly Mark[] {
  const marks = new Set<Mark>();
  const rate = compareRates(a.shares.total, sideA.windowS, b.shares.total, sideB.windowS);
  if (rate !== 0) marks.add(rate > 0 ? 'busier' : 'quieter');
  if (now.total >= REQUESTS_MIN && before.total >= REQUESTS_MIN) {
    for (const [outcome, mark] of [
      ['fault', 'faults'],
      ['throttle', 'throttles'],
      ['error', 'errors'],
    ] as const) {
      const change = compareShares(a.shares[outcome], now.total, b.shares[outcome], before.total);
      if (change !== 0) marks.add(change > 0 ? mark : 'fewer');
    }
    const latency = compareLatencies(a, now, b, before);
    if (latency !== 0) marks.add(latency > 0 ? 'slower' : 'faster');
  }
  return MARKS.filter((mark) => marks.has(mark));
}

/** Two proportions, pooled. Sign of the change, 0 when it may be chance. */
function compareShares(a: number, totalA: number, b: number, totalB: number): -1 | 0 | 1 {
  const [shareA, shareB] = [a / totalA, b / totalB];
  const pooled = (a + b) / (totalA + totalB);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / totalA + 1 / totalB));
  if (Math.abs(shareA - shareB) < SHARE_STEP_MIN || spread === 0) return 0;
  if (Math.abs(shareA - shareB) / spread < Z_MIN) return 0;
  return shareA > shareB ? 1 : -1;
}

/** Two Poisson counts over their times. */
function compareRates(a: number, secondsA: number, b: number, secondsB: number): -1 | 0 | 1 {
  if (secondsA <= 0 || secondsB <= 0 || a + b === 0) return 0;
  const expected = ((a + b) * secondsA) / (secondsA + secondsB);
  const spread = Math.sqrt((expected * secondsB) / (secondsA + secondsB));
  const [rateA, rateB] = [a / secondsA, b / secondsB];
  if (Math.max(rateA, rateB) < RATE_RATIO_MIN * Math.min(rateA, rateB) || Math.abs(a - expected) < Z_MIN * spread)
    return 0;
  return rateA > rateB ? 1 : -1;
}

/** Kolmogorov and Smirnov's test for the whole distribution, and a median or p95 that is felt to have moved. */
function compareLatencies(a: Item, now: Figures, b: Item, before: Figures): -1 | 0 | 1 {
  const moved = [ratio(now.p95, before.p95), ratio(now.p50, before.p50)].find(
    (by) => by >= LATENCY_RATIO_MIN || by <= 1 / LATENCY_RATIO_MIN,
  );
  if (moved === undefined) return 0;
  const scale = Math.sqrt((now.total * before.total) / (now.total + before.total));
  if (distanceOf(a.responseTimes, b.responseTimes) * scale < KOLMOGOROV_MIN) return 0;
  return moved > 1 ? 1 : -1;
}

function ratio(a: number | undefined, b: number | undefined): number {
  return a === undefined || b === undefined || a <= 0 || b <= 0 ? 1 : a / b;
}

/** The largest distance between the two cumulative shares. */
export function distanceOf(a: readonly HistogramEntry[], b: readonly HistogramEntry[]): number {
  const [left, right] = [sortedEntries(a), sortedEntries(b)];
  if (left.total === 0 || right.total === 0) return 0;
  let [i, j, seenA, seenB, most] = [0, 0, 0, 0, 0];
  while (i < left.entries.length || j < right.entries.length) {
    const value = Math.min(left.entries[i]?.value ?? Infinity, right.entries[j]?.value ?? Infinity);
    for (; left.entries[i]?.value === value; i += 1) seenA += left.entries[i]?.count ?? 0;
    for (; right.entries[j]?.value === value; j += 1) seenB += right.entries[j]?.count ?? 0;
    most = Math.max(most, Math.abs(seenA / left.total - seenB / right.total));
  }
  return most;
}

/** How many nodes and edges have each mark. */
export function countMarks({ nodes, edges }: MapDiff): readonly (readonly [Mark, { nodes: number; edges: number }])[] {
  const count = (changes: readonly Change[], mark: Mark): number =>
    changes.reduce((sum, { marks }) => sum + (marks.includes(mark) ? 1 : 0), 0);
  return MARKS.map((mark) => [mark, { nodes: count(nodes, mark), edges: count(edges, mark) }] as const).filter(
    ([, { nodes: some, edges: others }]) => some + others > 0,
  );
}
