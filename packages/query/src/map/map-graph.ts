import type { Service } from '@fluoroscope/api';
import { CLIENT_TYPE, printServiceKey } from '@fluoroscope/model';

export interface MapNode {
  /** `printServiceKey`: what positions are kept under. */
  readonly key: string;
  readonly isClient: boolean;
  readonly callers: MapNode[];
  readonly callees: MapNode[];
  /** Steps away from the clients, which are in layer 0. */
  layer: number;
}

/** The nodes by key, so that nothing depends on the order of the answer; neighbours likewise; layers filled in. */
export function readMapGraph(services: readonly Service<unknown>[]): readonly MapNode[] {
  const byReference = new Map<number | undefined, MapNode>();
  const byKey = new Map<string, MapNode>();
  for (const service of services) {
    const type = service.Type ?? null;
    const key = printServiceKey({ name: service.Name ?? '', type, accountId: service.AccountId ?? null });
    const node = byKey.get(key) ?? { key, isClient: type === CLIENT_TYPE, callers: [], callees: [], layer: 0 };
    byKey.set(key, node);
    byReference.set(service.ReferenceId, node);
  }
  for (const service of services) {
    const source = byReference.get(service.ReferenceId);
    for (const edge of service.Edges ?? []) {
      const target = byReference.get(edge.ReferenceId);
      if (source !== target && target !== undefined) source?.callees.push(target);
    }
  }
  const nodes = [...byKey.values()].sort(byNodeKey);
  orderNeighbours(nodes);
  fillLayers(nodes);
  return nodes;
}

/** By key, each once: whoever walks the nodes in order meets their neighbours in order, too, and nothing needs to be sorted. */
function orderNeighbours(nodes: readonly MapNode[]): void {
  for (const node of nodes) {
    for (const { callers } of node.callees) if (callers.at(-1) !== node) callers.push(node);
    node.callees.length = 0;
  }
  for (const node of nodes) for (const caller of node.callers) caller.callees.push(node);
}

function byNodeKey(a: MapNode, b: MapNode): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

/**
 * Every node one layer right of its farthest caller. Edges that close a cycle, as a walk from the clients meets
 * them, do not count. Whatever nobody calls stands beside the roots, where its client would leave room for it.
 */
function fillLayers(nodes: readonly MapNode[]): void {
  const order = orderForward(nodes);
  const rank = new Map(order.map((node, at) => [node, at]));
  const rankOf = (node: MapNode): number => rank.get(node) ?? 0;
  for (const node of order) {
    node.layer = node.isClient ? 0 : 1;
    for (const caller of node.callers) {
      if (rankOf(caller) < rankOf(node)) node.layer = Math.max(node.layer, caller.layer + 1);
    }
  }
}

/** Callers before callees but for edges that close a cycle: a depth-first walk, read from its end. */
function orderForward(nodes: readonly MapNode[]): readonly MapNode[] {
  const seen = new Set<MapNode>();
  const finished: MapNode[] = [];
  const starts = [
    ...nodes.filter((node) => node.isClient),
    ...nodes.filter((node) => !node.isClient && node.callers.length === 0),
    ...nodes,
  ];
  for (const start of starts) {
    if (seen.has(start)) continue;
    seen.add(start);
    const path = [{ node: start, next: 0 }];
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const callee = step.node.callees[step.next];
      step.next += 1;
      if (callee === undefined) {
        finished.push(step.node);
        path.pop();
      } else if (!seen.has(callee)) {
        seen.add(callee);
        path.push({ node: callee, next: 0 });
      }
    }
  }
  return finished.toReversed();
}
