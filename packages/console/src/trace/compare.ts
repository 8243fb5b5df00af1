import type { CallNode } from './call-tree.ts';

/** One place of two call trees; `null` where a trace has none. */
export interface ComparedNode {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly depth: number;
  readonly a: CallNode | null;
  readonly b: CallNode | null;
  readonly change: Change;
  /** µs of B's total less A's; of a side that is missing, 0. */
  readonly deltaUs: number;
  readonly childCount: number;
}

export type Change = 'gone' | 'new' | 'slower' | 'faster' | 'same';

/** Less than this share of the longer one, or so many µs, is noise. */
const SAME_SHARE = 0.1;
const SAME_US = 500;

/** Both trees side by side, in reading order: by path of services and names, the greatest change first. */
export function compareTrees(a: CallNode, b: CallNode): readonly ComparedNode[] {
  const nodes: ComparedNode[] = [];
  const stack = pairs(a, b, 0).toReversed();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    nodes.push(next);
    stack.push(...pairs(next.a, next.b, next.depth + 1).toReversed());
  }
  return nodes;
}

function pairs(a: CallNode | null, b: CallNode | null, depth: number): readonly ComparedNode[] {
  const right = new Map((b?.children ?? []).map((node) => [node.key, node]));
  const left = new Set((a?.children ?? []).map((node) => node.key));
  return [
    ...(a?.children ?? []).map((node) => pair(node, right.get(node.key) ?? null, depth)),
    ...(b?.children ?? []).filter((node) => !left.has(node.key)).map((node) => pair(null, node, depth)),
  ].sort((one, other) => Math.abs(weightOf(other)) - Math.abs(weightOf(one)));
}

function pair(a: CallNode | null, b: CallNode | null, depth: number): ComparedNode {
  const { key, service, name } = a ?? b ?? { key: '', service: '', name: '' };
  const keys = new Set([...(a?.children ?? []), ...(b?.children ?? [])].map((child) => child.key));
  return { key, service, name, depth, a, b, change: changeOf(a, b), deltaUs: deltaOf(a, b), childCount: keys.size };
}

function weightOf({ a, b }: ComparedNode): number {
  return (b?.totalUs ?? 0) - (a?.totalUs ?? 0);
}

function deltaOf(a: CallNode | null, b: CallNode | null): number {
  return a === null || b === null ? 0 : b.totalUs - a.totalUs;
}

function changeOf(a: CallNode | null, b: CallNode | null): Change {
  if (a === null) return 'new';
  if (b === null) return 'gone';
  const delta = b.totalUs - a.totalUs;
  if (Math.abs(delta) < Math.max(SAME_US, SAME_SHARE * Math.max(a.totalUs, b.totalUs))) return 'same';
  return delta > 0 ? 'slower' : 'faster';
}
