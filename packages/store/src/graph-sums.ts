import { latencyBucketUs, printServiceKey, timeUs } from '@fluoroscope/model';
import { toHistogram } from './histogram.ts';
import type { EdgeFact, EdgeSum, GraphFact, GraphSums, NodeFact, NodeSum } from './trace-store.ts';

/** What every store must answer: signs add up, so that each -1 cancels an equal fact in every sum. */
export function sumGraphFacts(facts: Iterable<GraphFact>): GraphSums {
  const nodes = new Map<string, NodeFact[]>();
  const edges = new Map<string, EdgeFact[]>();
  for (const fact of facts) {
    if (fact.kind === 'node')
      addTo(nodes, JSON.stringify([printServiceKey(fact.service), fact.state, fact.root]), fact);
    else addTo(edges, JSON.stringify([printServiceKey(fact.source), printServiceKey(fact.target)]), fact);
  }
  return { nodes: [...nodes.values()].flatMap(sumNode), edges: [...edges.values()].flatMap(sumEdge) };
}

function sumNode(facts: readonly NodeFact[]): NodeSum[] {
  const [first] = facts;
  const fields = sumFields(facts);
  if (first === undefined || fields === null) return [];
  const { service, state, root } = first;
  return [{ service, state, root, ...fields }];
}

function sumEdge(facts: readonly EdgeFact[]): EdgeSum[] {
  const [first] = facts;
  const fields = sumFields(facts);
  if (first === undefined || fields === null) return [];
  const countByAlias = new Map<string, number>();
  for (const { alias, sign } of facts)
    if (alias !== null) countByAlias.set(alias, (countByAlias.get(alias) ?? 0) + sign);
  const aliases = [...countByAlias].filter(([, count]) => count > 0).map(([alias]) => alias);
  return [{ source: first.source, target: first.target, aliases: aliases.sort(), ...fields }];
}

/** Null when nothing stands. */
function sumFields(facts: readonly GraphFact[]): Omit<NodeSum, 'service' | 'state' | 'root'> | null {
  const counts = { ok: 0, error: 0, throttle: 0, fault: 0, pending: 0 };
  const histogram = new Map<number, number>();
  let startUs = Infinity;
  let endUs = -Infinity;
  let totalDurationUs = 0;
  for (const fact of facts) {
    counts[fact.outcome] += fact.sign;
    startUs = Math.min(startUs, fact.startUs);
    endUs = Math.max(endUs, fact.endUs);
    if (fact.outcome === 'pending') continue;
    const durationUs = fact.endUs - fact.startUs;
    const bucketUs = latencyBucketUs(durationUs);
    totalDurationUs += fact.sign * durationUs;
    histogram.set(bucketUs, (histogram.get(bucketUs) ?? 0) + fact.sign);
  }
  if (Object.values(counts).every((count) => count === 0)) return null;
  return {
    startUs: timeUs(startUs),
    endUs: timeUs(endUs),
    counts,
    totalDurationUs,
    histogram: toHistogram(histogram),
  };
}

function addTo<Item>(groups: Map<string, Item[]>, key: string, item: Item): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
