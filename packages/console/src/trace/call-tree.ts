import { outcomeOfRow, type TracePlan } from './trace-plan.ts';

/** All rows with the same service and name below the same path, as one. Times in µs. */
export interface CallNode {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly count: number;
  readonly totalUs: number;
  readonly selfUs: number;
  readonly maxUs: number;
  readonly failedCount: number;
  /** What its width is in a flame graph: its own time and its children's, so that they always fit. */
  readonly weightUs: number;
  /** The heaviest first. */
  readonly children: readonly CallNode[];
}

interface Growing {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  count: number;
  totalUs: number;
  selfUs: number;
  maxUs: number;
  failedCount: number;
  readonly children: Map<string, Growing>;
}

/** Deeper rows count for the node at this depth: protects the stack and the page. */
const DEPTH_MAX = 200;

export function callTree(plan: TracePlan): CallNode {
  const root = emptyNode('', '', '');
  const nodes: Growing[] = [];
  for (let row = 0; row < plan.count; row += 1) {
    const depth = Math.min(plan.depth[row] ?? 0, DEPTH_MAX);
    const above = depth === 0 ? root : (nodes[depth - 1] ?? root);
    const service = plan.strings[plan.service[row] ?? 0] ?? '';
    const name = plan.strings[plan.name[row] ?? 0] ?? '';
    const step = JSON.stringify([service, name]);
    const node = above.children.get(step) ?? emptyNode(`${above.key}${step}`, service, name);
    above.children.set(step, node);
    nodes[depth] = node;
    const length = plan.length[row] ?? 0;
    node.count += 1;
    node.totalUs += length;
    node.selfUs += plan.self[row] ?? 0;
    node.maxUs = Math.max(node.maxUs, length);
    const outcome = outcomeOfRow(plan, row);
    if (outcome !== 'ok' && outcome !== 'pending') node.failedCount += 1;
  }
  return settled(root);
}

function emptyNode(key: string, service: string, name: string): Growing {
  return { key, service, name, count: 0, totalUs: 0, selfUs: 0, maxUs: 0, failedCount: 0, children: new Map() };
}

function settled(node: Growing): CallNode {
  const children = [...node.children.values()].map(settled).sort((a, b) => b.weightUs - a.weightUs);
  const weightUs = children.reduce((sum, child) => sum + child.weightUs, node.selfUs);
  return { ...node, children, weightUs };
}
