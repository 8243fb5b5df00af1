interface Block {
  sum: number;
  count: number;
}

/**
 * The heights nearest to the wanted ones (least squares) that keep their order and at least `distance` between
 * neighbours. Less `distance` times its place, a height may not fall: isotonic regression, by joining
 * neighbours that would swap into blocks at their mean.
 */
export function spread(wanted: readonly number[], distance: number): readonly number[] {
  const blocks: Block[] = [];
  for (const [at, height] of wanted.entries()) {
    let block: Block = { sum: height - at * distance, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && meanOf(last) > meanOf(block); last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, count: last.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  const levels = blocks.flatMap((block) => Array<number>(block.count).fill(meanOf(block)));
  return levels.map((level, at) => level + at * distance);
}

function meanOf({ sum, count }: Block): number {
  return sum / count;
}
