/** How often each was met, up to a number of different ones; more of them are passed over. */
export interface Tally<Item> {
  add(item: Item): void;
  /** Most often met first; of equals, the one met first. */
  most(count: number): readonly Item[];
}

export function createTally<Item>(itemsMax: number): Tally<Item> {
  const counts = new Map<Item, number>();
  return {
    add(item) {
      const count = counts.get(item);
      if (count !== undefined || counts.size < itemsMax) counts.set(item, (count ?? 0) + 1);
    },
    most: (count) =>
      [...counts]
        .sort(([, a], [, b]) => b - a)
        .slice(0, count)
        .map(([item]) => item),
  };
}
