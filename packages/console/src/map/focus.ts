import type { Focus } from '../url/map-place.ts';
import type { MapEdge, MapGraph, MapNode } from './graph.ts';

/** The node and what is so many hops away from it, with the edges between them; the whole graph when it is not there. */
export function focusGraph(graph: MapGraph, focus: Focus): MapGraph {
  if (!graph.nodes.some(({ key }) => key === focus.key)) return graph;
  const near = new Set<string>();
  if (focus.way !== 'callers') reach(graph, focus, (edge) => [edge.from.key, edge.to.key], near);
  if (focus.way !== 'callees') reach(graph, focus, (edge) => [edge.to.key, edge.from.key], near);
  return {
    nodes: graph.nodes.filter(({ key }) => near.has(key)),
    edges: graph.edges.filter(({ from, to }) => near.has(from.key) && near.has(to.key)),
  };
}

function reach(
  { edges }: MapGraph,
  { key, hops }: Focus,
  step: (edge: MapEdge) => readonly [string, string],
  near: Set<string>,
): void {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    const [from, to] = step(edge);
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const seen = new Set([key]);
  let front = [key];
  for (let hop = 0; hop < hops && front.length > 0; hop += 1) {
    front = front.flatMap((from) => next.get(from) ?? []).filter((to) => !seen.has(to) && seen.add(to));
  }
  for (const found of seen) near.add(found);
}

/** AWS accounts that nodes are of, in order. */
export function accountsOf({ nodes }: MapGraph): readonly string[] {
  return [...new Set(nodes.flatMap(({ accountId }) => accountId ?? []))].sort();
}

/** The nodes of one account, and those of no account that they call or are called by; the whole graph when it has none of it. */
export function ofAccount(graph: MapGraph, account: string): MapGraph {
  const own = new Set(graph.nodes.filter(({ accountId }) => accountId === account).map(({ key }) => key));
  if (own.size === 0) return graph;
  const shown = new Set(own);
  for (const { from, to } of graph.edges) {
    if (own.has(from.key) && to.accountId === null) shown.add(to.key);
    if (own.has(to.key) && from.accountId === null) shown.add(from.key);
  }
  return withoutNodes(
    graph,
    graph.nodes.filter(({ key }) => !shown.has(key)),
  );
}

/** Nodes that neither call nor are called. */
export function isolatedNodes({ nodes, edges }: MapGraph): readonly MapNode[] {
  const joined = new Set(
    edges.filter(({ from, to }) => from.key !== to.key).flatMap(({ from, to }) => [from.key, to.key]),
  );
  return nodes.filter(({ key }) => !joined.has(key));
}

export function withoutNodes({ nodes, edges }: MapGraph, gone: readonly MapNode[]): MapGraph {
  const keys = new Set(gone.map(({ key }) => key));
  return {
    nodes: nodes.filter(({ key }) => !keys.has(key)),
    edges: edges.filter(({ from, to }) => !keys.has(from.key) && !keys.has(to.key)),
  };
}
