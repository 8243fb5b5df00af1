import { OUTLINE_FLAGS } from '@fluoroscope/api/outline';
import { findAlike } from './alike.ts';
import { drawOverview } from './overview-grid.ts';
import { badnessOf, hostOfRow, likenessOf, serviceOfRow, type TracePlan } from './trace-plan.ts';

/** Of the rows that stand for nodes; no entity has these. */
const NODE_ID_HIGH = 0xffff_fffe;
/** Of the rows that stand for linked traces (`joined-plan.ts`): their segments stand below their nodes instead. */
const LINKED_ID_HIGH = 0xffff_ffff;
const NOT_SHOWN = -1;

interface Node {
  /** Rows of the plan as it was: of each segment by itself, parents before children. */
  readonly segments: number[][];
}

/**
 * The same trace by service: each node is a row, below it its segments with what is inside them, in the order in which they began.
 * Nodes come in the order in which they were first called.
 */
export function groupByNode(plan: TracePlan): TracePlan {
  const { owner, nodes } = findNodes(plan);
  const count = nodes.reduce((sum, { segments }) => segments.reduce((more, { length }) => more + length, sum + 1), 0);
  const strings = [...plan.strings];
  const columns = emptyColumns(count);
  const newRowOf = new Int32Array(plan.count).fill(NOT_SHOWN);
  let row = 0;
  for (const [number, node] of nodes.entries()) {
    const head = row;
    writeHead(columns, head, { plan, node, number, strings });
    row += 1;
    for (const old of node.segments.flat()) {
      newRowOf[old] = row;
      copyRow(columns, row, plan, old);
      const isSegment = owner[old] === old;
      columns.parent[row] = isSegment ? head : (newRowOf[plan.parent[old] ?? -1] ?? head);
      row += 1;
    }
  }
  hang(columns);
  const { start, length, flags } = columns;
  const { critical } = plan;
  return {
    ...plan,
    ...columns,
    count,
    strings,
    alike: findAlike({ parent: columns.parent, own: (at) => likenessOf(columns, at) }),
    critical: { ...critical, row: critical.row.map((old) => Math.max(0, newRowOf[old] ?? 0)) },
    overview: drawOverview({ start, length, badness: (at) => badnessOf(flags[at] ?? 0) }, plan.lengthUs),
  };
}

/** A row that stands for a node, whose segments have outcomes of their own. */
export function isNodeRow({ idHigh }: Pick<TracePlan, 'idHigh'>, row: number): boolean {
  return idHigh[row] === NODE_ID_HIGH;
}

/** For each row the segment that it is in, itself for one; and the nodes with their rows. */
function findNodes(plan: TracePlan): { readonly owner: Int32Array; readonly nodes: readonly Node[] } {
  const owner = new Int32Array(plan.count).fill(NOT_SHOWN);
  const byKey = new Map<string, Node>();
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < plan.count; row += 1) {
    if (plan.idHigh[row] === LINKED_ID_HIGH) continue;
    const above = owner[plan.parent[row] ?? -1] ?? NOT_SHOWN;
    const isSegment = above === NOT_SHOWN || ((plan.flags[row] ?? 0) & OUTLINE_FLAGS.segment) !== 0;
    owner[row] = isSegment ? row : above;
    if (!isSegment) {
      rowsOf.get(above)?.push(row);
      continue;
    }
    const rows = [row];
    rowsOf.set(row, rows);
    nodeFor(byKey, plan, row).segments.push(rows);
  }
  return { owner, nodes: [...byKey.values()] };
}

function nodeFor(byKey: Map<string, Node>, plan: TracePlan, row: number): Node {
  const [name, host] = [serviceOfRow(plan, row), hostOfRow(plan, row)];
  const key = `${name}\0${host}`;
  const known = byKey.get(key);
  if (known !== undefined) return known;
  const node = { segments: [] };
  byKey.set(key, node);
  return node;
}

function emptyColumns(count: number) {
  return {
    start: new Float64Array(count),
    length: new Float64Array(count),
    shift: new Float64Array(count),
    self: new Float64Array(count),
    idHigh: new Uint32Array(count),
    idLow: new Uint32Array(count),
    name: new Uint32Array(count),
    service: new Uint32Array(count),
    detail: new Uint32Array(count),
    place: new Uint32Array(count),
    origin: new Uint32Array(count),
    status: new Uint16Array(count),
    flags: new Uint16Array(count),
    parent: new Int32Array(count).fill(-1),
    end: new Uint32Array(count),
    depth: new Uint16Array(count),
    childCount: new Uint32Array(count),
  };
}

type Columns = ReturnType<typeof emptyColumns>;

interface Head {
  readonly plan: TracePlan;
  readonly node: Node;
  readonly number: number;
  /** Added to. */
  readonly strings: string[];
}

/** As long as its segments are, from the first to the last. */
function writeHead(columns: Columns, row: number, { plan, node, number, strings }: Head): void {
  let [from, to] = [Infinity, -Infinity];
  for (const old of node.segments.flat()) {
    from = Math.min(from, plan.start[old] ?? 0);
    to = Math.max(to, (plan.start[old] ?? 0) + (plan.length[old] ?? 0));
  }
  columns.start[row] = from;
  columns.length[row] = to - from;
  columns.idHigh[row] = NODE_ID_HIGH;
  columns.idLow[row] = number;
  // The segments' own text, which their colour follows.
  const first = node.segments[0]?.[0] ?? -1;
  columns.name[row] = plan.service[first] ?? 0;
  columns.service[row] = plan.service[first] ?? 0;
  columns.detail[row] = strings.push(node.segments.length === 1 ? '1 segment' : `${node.segments.length} segments`) - 1;
  columns.origin[row] = plan.origin[first] ?? 0;
  columns.flags[row] = OUTLINE_FLAGS.segment;
}

function copyRow(columns: Columns, row: number, plan: TracePlan, old: number): void {
  columns.start[row] = plan.start[old] ?? 0;
  columns.length[row] = plan.length[old] ?? 0;
  columns.shift[row] = plan.shift[old] ?? 0;
  columns.self[row] = plan.self[old] ?? 0;
  columns.idHigh[row] = plan.idHigh[old] ?? 0;
  columns.idLow[row] = plan.idLow[old] ?? 0;
  columns.name[row] = plan.name[old] ?? 0;
  columns.service[row] = plan.service[old] ?? 0;
  columns.detail[row] = plan.detail[old] ?? 0;
  columns.place[row] = plan.place[old] ?? 0;
  columns.origin[row] = plan.origin[old] ?? 0;
  columns.status[row] = plan.status[old] ?? 0;
  columns.flags[row] = plan.flags[old] ?? 0;
}

/** Depths, counts of children and ends follow from the parents, which stand before their children. */
function hang({ parent, depth, childCount, end }: Columns): void {
  for (let row = 0; row < parent.length; row += 1) {
    const above = parent[row] ?? -1;
    end[row] = row + 1;
    if (above < 0) continue;
    depth[row] = (depth[above] ?? 0) + 1;
    childCount[above] = (childCount[above] ?? 0) + 1;
  }
  for (let row = parent.length - 1; row >= 0; row -= 1) {
    const above = parent[row] ?? -1;
    if (above >= 0) end[above] = Math.max(end[above] ?? 0, end[row] ?? 0);
  }
}
