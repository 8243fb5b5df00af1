import type { CallNode } from './call-tree.ts';

export interface FlameBox {
  readonly node: CallNode;
  readonly depth: number;
  /** Shares of the width, 0 to 1. */
  readonly from: number;
  readonly width: number;
}

export interface FlameLayout {
  readonly boxes: readonly FlameBox[];
  readonly depth: number;
  /** Boxes too narrow to be drawn. */
  readonly hiddenCount: number;
}

/** Boxes under a node that are at least `shareMin` wide; a node's children stand below it, from its left edge on. */
export function layFlame(top: CallNode, shareMin: number): FlameLayout {
  const boxes: FlameBox[] = [];
  let [depth, hiddenCount] = [0, 0];
  const stack: FlameBox[] = [{ node: top, depth: 0, from: 0, width: 1 }];
  for (let box = stack.pop(); box !== undefined; box = stack.pop()) {
    boxes.push(box);
    depth = Math.max(depth, box.depth + 1);
    let { from } = box;
    for (const child of box.node.children) {
      const width = box.node.weightUs > 0 ? (child.weightUs / box.node.weightUs) * box.width : 0;
      if (width >= shareMin) stack.push({ node: child, depth: box.depth + 1, from, width });
      else hiddenCount += 1;
      from += width;
    }
  }
  return { boxes, depth, hiddenCount };
}

/** The node of a key, with those above it; empty when it is not there. */
export function pathTo(root: CallNode, key: string): readonly CallNode[] {
  const stack: (readonly CallNode[])[] = [[root]];
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    const last = path.at(-1);
    if (last === undefined || last.key === key) return path;
    for (const child of last.children) if (key.startsWith(child.key)) stack.push([...path, child]);
  }
  return [];
}
