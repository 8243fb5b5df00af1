// A large map is drawn a little in each frame.

/** How many come, and as many go, in one frame. */
interface Pace {
  readonly nodes: number;
  readonly edges: number;
}

export const FIRST_PACE: Pace = { nodes: 4, edges: 12 };
const NODES_MAX = 32;
/** An edge has that much less to draw than a node. */
const EDGES_A_NODE = 3;
/** What a frame has for making them; to style, lay out and paint them takes about as long again, and all of it has 16. */
const FRAME_MS = 3;
/** The list is looked after in parts of so many: only those that change are gone through. */
const PART_SIZE = 32;

/** After a step at this pace took so long: at most twice as quick, or half. */
export function nextPace({ nodes }: Pace, tookMs: number): Pace {
  const factor = Math.min(2, Math.max(0.5, FRAME_MS / Math.max(tookMs, 0.01)));
  const next = Math.min(NODES_MAX, Math.max(1, Math.round(nodes * factor)));
  return { nodes: next, edges: next * EDGES_A_NODE };
}

/** One step from what is drawn to what shall be: so many more, and as many that are not wanted fewer. */
export function nextDrawn(drawn: ReadonlySet<string>, wanted: readonly string[], step: number): ReadonlySet<string> {
  const next = new Set(drawn);
  const missing = wanted.filter((key) => !drawn.has(key));
  for (const key of missing.slice(0, step)) next.add(key);
  const keep = new Set(wanted);
  const surplus = [...drawn].filter((key) => !keep.has(key));
  for (const key of surplus.slice(0, step)) next.delete(key);
  return next;
}

export interface Part<T> {
  readonly id: number;
  readonly items: readonly T[];
}

/** What is drawn or stays by itself, in parts by its place among all: a part is the same as long as nothing of it comes or goes. */
export function partsOf<T extends { readonly key: string }>(
  all: readonly T[],
  drawn: ReadonlySet<string>,
  kept: ReadonlySet<string>,
): readonly Part<T>[] {
  const parts: T[][] = Array.from({ length: Math.ceil(all.length / PART_SIZE) }, () => []);
  for (const [at, item] of all.entries()) {
    if (drawn.has(item.key) || kept.has(item.key)) parts[Math.floor(at / PART_SIZE)]?.push(item);
  }
  return parts.map((items, id) => ({ id, items }));
}
