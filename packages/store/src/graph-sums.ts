import { latencyBucketUs, printServiceKey, timeUs } from '@fluoroscope/model';
import type { EdgeFact, EdgeSum, GraphFact, GraphSums, HistogramBucket, NodeFact, NodeSum } from './trace-store.ts';

/** The sums of the facts that still stand once each -1 has taken an equal fact back: what every store must answer. */
export function sumGraphFacts(facts: Iterable<GraphFact>): GraphSums {
  const nodes = new Map<string, NodeFact[]>();
  const edges = new Map<string, EdgeFact[]>();
  for (const fact of standingFacts(facts)) {
    if (fact.kind === 'node')
      addTo(nodes, JSON.stringify([printServiceKey(fact.service), fact.state, fact.root]), fact);
    else addTo(edges, JSON.stringify([printServiceKey(fact.source), printServiceKey(fact.target)]), fact);
  }
  return { nodes: [...nodes.values()].flatMap(sumNode), edges: [...edges.values()].flatMap(sumEdge) };
}

function standingFacts(facts: Iterable<GraphFact>): GraphFact[] {
  const standing = new Map<string, GraphFact[]>();
  for (const fact of facts) {
    const key = identityOf(fact);
    if (fact.sign === 1) addTo(standing, key, fact);
    else standing.get(key)?.pop();
  }
  return [...standing.values()].flat();
}

function identityOf(fact: GraphFact): string {
  const shared = [fact.traceId, fact.startUs, fact.endUs, fact.outcome];
  return fact.kind === 'node'
    ? JSON.stringify([...shared, printServiceKey(fact.service), fact.state, fact.root])
    : JSON.stringify([...shared, printServiceKey(fact.source), printServiceKey(fact.target), fact.alias]);
}

function sumNode(facts: readonly NodeFact[]): NodeSum[] {
  const [first] = facts;
  if (first === undefined) return [];
  const { service, state, root } = first;
  return [{ service, state, root, ...sumFields(facts) }];
}

function sumEdge(facts: readonly EdgeFact[]): EdgeSum[] {
  const [first] = facts;
  if (first === undefined) return [];
  const aliases = new Set(facts.flatMap(({ alias }) => (alias === null ? [] : [alias])));
  return [{ source: first.source, target: first.target, aliases: [...aliases].sort(), ...sumFields(facts) }];
}

function sumFields(facts: readonly GraphFact[]): Omit<NodeSum, 'service' | 'state' | 'root'> {
  const counts = { ok: 0, error: 0, throttle: 0, fault: 0, pending: 0 };
  const histogram = new Map<number, number>();
  let startUs = Infinity;
  let endUs = -Infinity;
  let totalDurationUs = 0;
  for (const fact of facts) {
    counts[fact.outcome] += 1;
    startUs = Math.min(startUs, fact.startUs);
    endUs = Math.max(endUs, fact.endUs);
    if (fact.outcome === 'pending') continue;
    const durationUs = fact.endUs - fact.startUs;
    const bucketUs = latencyBucketUs(durationUs);
    totalDurationUs += durationUs;
    histogram.set(bucketUs, (histogram.get(bucketUs) ?? 0) + 1);
  }
  return {
    startUs: timeUs(startUs),
    endUs: timeUs(endUs),
    counts,
    totalDurationUs,
    histogram: sortHistogram(histogram),
  };
}

function sortHistogram(countByBucket: ReadonlyMap<number, number>): HistogramBucket[] {
  return [...countByBucket].map(([bucketUs, count]) => ({ bucketUs, count })).sort((a, b) => a.bucketUs - b.bucketUs);
}

function addTo<Item>(groups: Map<string, Item[]>, key: string, item: Item): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
