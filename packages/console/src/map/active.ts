import type { TimeWindow } from '../url/range.ts';
import type { MapEdge, MapGraph, MapNode } from './graph.ts';

/**
 * The part of `window` in which traces of a node or edge began. These end when it was last active; they may have begun
 * before it was first active: then with something upstream of it.
 */
export function tracesWindow(graph: MapGraph, item: MapNode | MapEdge, window: TimeWindow): TimeWindow {
  if (item.active === null) return window;
  const start = 'from' in item ? item.from : item;
  const starts = upstream(graph, start).map(({ active }) => active?.startS ?? window.startS);
  const first = starts.reduce((least, time) => Math.min(least, time), item.active.startS);
  // Whole seconds, as in trace ids.
  const startS = Math.max(window.startS, Math.floor(first));
  const endS = Math.min(window.endS, Math.ceil(item.active.endS));
  return endS > startS ? { startS, endS } : window;
}

/** A node and all that calls it, however indirectly. */
function upstream({ edges }: MapGraph, node: MapNode): readonly MapNode[] {
  const callers = new Map<string, MapNode[]>();
  for (const { from, to } of edges) callers.set(to.key, [...(callers.get(to.key) ?? []), from]);
  const found = new Map([[node.key, node]]);
  for (const { key } of found.values()) {
    for (const caller of callers.get(key) ?? []) if (!found.has(caller.key)) found.set(caller.key, caller);
  }
  return [...found.values()];
}
