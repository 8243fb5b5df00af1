/** One of a column's places, from top to bottom. */
export interface Wish {
  readonly height: number;
  /** How much it counts against the others. */
  readonly weight: number;
  /** Least distance from the one before; of the first, without meaning. */
  readonly distance: number;
}

interface Block {
  sum: number;
  weight: number;
  count: number;
}

/**
 * The heights nearest to the wanted ones (least squares) that keep their order and their distances. Less the
 * distances above it, a height may not fall: isotonic regression, by joining neighbours that would swap into
 * blocks at their mean.
 */
export function spread(wishes: readonly Wish[]): readonly number[] {
  const blocks: Block[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [at, { height, weight, distance }] of wishes.entries()) {
    if (at > 0) offset += distance;
    offsets.push(offset);
    let block: Block = { sum: (height - offset) * weight, weight, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && meanOf(last) > meanOf(block); last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, weight: last.weight + block.weight, count: last.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  const levels = blocks.flatMap((block) => Array<number>(block.count).fill(meanOf(block)));
  return levels.map((level, at) => level + (offsets[at] ?? 0));
}

function meanOf({ sum, weight }: Block): number {
  return sum / weight;
}
