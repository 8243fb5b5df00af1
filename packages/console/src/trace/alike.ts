/** Siblings that look alike, with all below them, from so many on: drawn as one row until it is opened. */
export const ALIKE_COUNT_MIN = 20;

export interface AlikeRows {
  readonly parent: Int32Array;
  /** Of the row alone: its name, service, kind and outcome. */
  readonly own: (row: number) => number;
}

export interface Alike {
  /** Row → group; −1 for none. */
  readonly group: Int32Array;
  /** Group → where its rows begin in `members`; one more for the end. */
  readonly first: Uint32Array;
  /** Rows, ascending in each group. */
  readonly members: Uint32Array;
}

/** Groups of siblings whose subtrees have the same rows at the same places, in whatever order. */
export function findAlike(rows: AlikeRows, countMin: number = ALIKE_COUNT_MIN): Alike {
  const { parent } = rows;
  const count = parent.length;
  const shape = shapesOf(rows);
  // Siblings of one shape meet in one slot.
  const groups = new Map<string, number[]>();
  const perParent = new Map<number, number>();
  for (let row = 0; row < count; row += 1) {
    const above = parent[row] ?? -1;
    if (above >= 0) perParent.set(above, (perParent.get(above) ?? 0) + 1);
  }
  for (let row = 0; row < count; row += 1) {
    const above = parent[row] ?? -1;
    if (above < 0 || (perParent.get(above) ?? 0) < countMin) continue;
    const key = `${above}.${shape.low[row] ?? 0}.${shape.high[row] ?? 0}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [row]);
    else members.push(row);
  }
  const large = [...groups.values()].filter((members) => members.length >= countMin);
  return packed(count, large);
}

function packed(count: number, groups: readonly (readonly number[])[]): Alike {
  const group = new Int32Array(count).fill(-1);
  const first = new Uint32Array(groups.length + 1);
  const members = new Uint32Array(groups.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const [number, rows] of groups.entries()) {
    for (const row of rows) {
      group[row] = number;
      members[at] = row;
      at += 1;
    }
    first[number + 1] = at;
  }
  return { group, first, members };
}

interface Shapes {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

/** Two hashes of 32 bits: of a million subtrees, that two different ones meet in both is one in 10⁷. */
function shapesOf({ parent, own }: AlikeRows): Shapes {
  const low = new Uint32Array(parent.length);
  const high = new Uint32Array(parent.length);
  for (let row = parent.length - 1; row >= 0; row -= 1) {
    const self = own(row);
    low[row] = mixed((low[row] ?? 0) + self, 0x85eb_ca6b);
    high[row] = mixed((high[row] ?? 0) + self, 0xc2b2_ae35);
    const above = parent[row] ?? -1;
    if (above < 0) continue;
    low[above] = (low[above] ?? 0) + (low[row] ?? 0);
    high[above] = (high[above] ?? 0) + (high[row] ?? 0);
  }
  return { low, high };
}

function mixed(value: number, factor: number): number {
  let mix = Math.imul(value ^ (value >>> 16), factor);
  mix = Math.imul(mix ^ (mix >>> 13), 0x27d4_eb2f);
  return (mix ^ (mix >>> 16)) >>> 0;
}
