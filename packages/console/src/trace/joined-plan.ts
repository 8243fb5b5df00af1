import { OUTLINE_FLAGS } from '@fluoroscope/api/outline';
import { drawOverview } from './overview-grid.ts';
import { badnessOf, countFlags, FAILED, nameOfRow, type TracePlan } from './trace-plan.ts';

export interface LinkedTrace {
  readonly traceId: string;
  readonly plan: TracePlan;
  /** The name of the entity that has the link. */
  readonly from: string;
}

/** Rows of one trace in a plan of several. */
export interface JoinedPart {
  readonly traceId: string;
  readonly plan: TracePlan;
  /** The row that stands for the trace as a whole; −1 for the trace that the page is about. */
  readonly headRow: number;
  readonly firstRow: number;
}

/** Several traces on one axis: the rows of the first keep their numbers, each further trace hangs below a row of its own. */
export interface JoinedPlan {
  readonly plan: TracePlan;
  readonly parts: readonly JoinedPart[];
}

/** Of the rows that stand for traces; no entity has these. */
const HEAD_ID_HIGH = 0xffff_ffff;

export function joinPlans(traceId: string, main: TracePlan, linked: readonly LinkedTrace[]): JoinedPlan {
  const only: JoinedPart = { traceId, plan: main, headRow: -1, firstRow: 0 };
  if (linked.length === 0) return { plan: main, parts: [only] };
  const sorted = linked.toSorted((a, b) => a.plan.startUs - b.plan.startUs);
  const startUs = Math.min(main.startUs, ...sorted.map(({ plan }) => plan.startUs));
  const endUs = Math.max(...[main, ...sorted.map(({ plan }) => plan)].map((plan) => plan.startUs + plan.lengthUs));
  const parts = [only];
  const strings = [...main.strings];
  const pieces = [shifted(main, { rows: 0, strings: 0, groups: 0, us: main.startUs - startUs })];
  let rows = main.count;
  for (const [at, { traceId: id, plan, from }] of sorted.entries()) {
    const us = plan.startUs - startUs;
    pieces.push(headPiece(plan, { id, from, number: at + 1, row: rows, us }, strings));
    parts.push({ traceId: id, plan, headRow: rows, firstRow: rows + 1 });
    const groups = pieces.reduce((sum, piece) => sum + piece.groupSizes.length, 0);
    pieces.push(shifted(plan, { rows: rows + 1, strings: strings.length, groups, us }, rows));
    for (const text of plan.strings) strings.push(text);
    rows += 1 + plan.count;
  }
  return { plan: joined(main, pieces, { startUs, lengthUs: endUs - startUs, strings }), parts };
}

/** The trace that a row of the joined plan belongs to, and its number there; −1 for the row that stands for the trace. */
export function locateRow(
  { parts }: JoinedPlan,
  row: number,
): { readonly part: JoinedPart; readonly row: number } | null {
  const part = parts.findLast(({ headRow, firstRow }) => row >= (headRow < 0 ? firstRow : headRow));
  return row < 0 || part === undefined ? null : { part, row: row - part.firstRow };
}

type Columns = Pick<
  TracePlan,
  | 'start'
  | 'length'
  | 'shift'
  | 'self'
  | 'idHigh'
  | 'idLow'
  | 'name'
  | 'service'
  | 'detail'
  | 'place'
  | 'origin'
  | 'status'
  | 'flags'
  | 'parent'
  | 'end'
  | 'depth'
  | 'childCount'
>;

interface Piece extends Columns {
  readonly group: Int32Array;
  readonly groupSizes: readonly number[];
  readonly members: Uint32Array;
  readonly criticalRow: Uint32Array;
  readonly criticalFrom: Float64Array;
  readonly criticalTo: Float64Array;
}

interface Offsets {
  readonly rows: number;
  readonly strings: number;
  readonly groups: number;
  readonly us: number;
}

/** A plan's columns with the numbers they have behind what stands before them; its roots below `head`. */
function shifted(plan: TracePlan, { rows, strings, groups, us }: Offsets, head = -1): Piece {
  const { alike, critical } = plan;
  const isBelow = head >= 0;
  const inRows = (row: number): number => row + rows;
  const inStrings = (text: number): number => (text === 0 ? 0 : text + strings);
  return {
    ...plan,
    start: plan.start.map((start) => start + us),
    name: plan.name.map(inStrings),
    service: plan.service.map(inStrings),
    detail: plan.detail.map(inStrings),
    origin: plan.origin.map(inStrings),
    parent: plan.parent.map((row) => (row < 0 ? head : row + rows)),
    end: plan.end.map(inRows),
    depth: isBelow ? plan.depth.map((depth) => depth + 1) : plan.depth,
    group: alike.group.map((group) => (group < 0 ? -1 : group + groups)),
    groupSizes: Array.from({ length: alike.first.length - 1 }, (_, at) => {
      return (alike.first[at + 1] ?? 0) - (alike.first[at] ?? 0);
    }),
    members: alike.members.map(inRows),
    criticalRow: critical.row.map(inRows),
    criticalFrom: critical.from.map((from) => from + us),
    criticalTo: critical.to.map((to) => to + us),
  };
}

interface Head {
  readonly id: string;
  readonly from: string;
  readonly number: number;
  readonly row: number;
  readonly us: number;
}

/** One row, as long as its trace. Adds its texts to `strings`. */
function headPiece(plan: TracePlan, { id, from, number, row, us }: Head, strings: string[]): Piece {
  const name = strings.push(plan.count === 0 ? 'Linked trace' : nameOfRow(plan, 0)) - 1;
  const detail = strings.push(`linked trace ${id}${from === '' ? '' : `, from ${from}`}`) - 1;
  const roots = plan.parent.reduce((count, above) => count + (above < 0 ? 1 : 0), 0);
  return {
    start: Float64Array.of(us),
    length: Float64Array.of(plan.lengthUs),
    shift: Float64Array.of(0),
    self: Float64Array.of(0),
    idHigh: Uint32Array.of(HEAD_ID_HIGH),
    idLow: Uint32Array.of(number),
    name: Uint32Array.of(name),
    service: Uint32Array.of(name),
    detail: Uint32Array.of(detail),
    place: Uint32Array.of(0),
    origin: Uint32Array.of(0),
    status: Uint16Array.of(plan.status[0] ?? 0),
    flags: Uint16Array.of(OUTLINE_FLAGS.segment | ((plan.flags[0] ?? 0) & FAILED)),
    parent: Int32Array.of(-1),
    end: Uint32Array.of(row + 1 + plan.count),
    depth: Uint16Array.of(0),
    childCount: Uint32Array.of(roots),
    group: Int32Array.of(-1),
    groupSizes: [],
    members: new Uint32Array(0),
    criticalRow: new Uint32Array(0),
    criticalFrom: new Float64Array(0),
    criticalTo: new Float64Array(0),
  };
}

function joined(
  main: TracePlan,
  pieces: readonly Piece[],
  axis: Pick<TracePlan, 'startUs' | 'lengthUs' | 'strings'>,
): TracePlan {
  const floats = (of: (piece: Piece) => Float64Array): Float64Array =>
    column((n) => new Float64Array(n), pieces.map(of));
  const words = (of: (piece: Piece) => Uint32Array): Uint32Array => column((n) => new Uint32Array(n), pieces.map(of));
  const signed = (of: (piece: Piece) => Int32Array): Int32Array => column((n) => new Int32Array(n), pieces.map(of));
  const shorts = (of: (piece: Piece) => Uint16Array): Uint16Array => column((n) => new Uint16Array(n), pieces.map(of));
  const [start, length, flags] = [floats((p) => p.start), floats((p) => p.length), shorts((p) => p.flags)];
  return {
    ...main,
    ...axis,
    count: start.length,
    start,
    length,
    flags,
    shift: floats((p) => p.shift),
    self: floats((p) => p.self),
    idHigh: words((p) => p.idHigh),
    idLow: words((p) => p.idLow),
    name: words((p) => p.name),
    service: words((p) => p.service),
    detail: words((p) => p.detail),
    place: words((p) => p.place),
    origin: words((p) => p.origin),
    status: shorts((p) => p.status),
    parent: signed((p) => p.parent),
    end: words((p) => p.end),
    depth: shorts((p) => p.depth),
    childCount: words((p) => p.childCount),
    alike: { group: signed((p) => p.group), first: firstsOf(pieces), members: words((p) => p.members) },
    critical: {
      row: words((p) => p.criticalRow),
      from: floats((p) => p.criticalFrom),
      to: floats((p) => p.criticalTo),
    },
    overview: drawOverview({ start, length, badness: (row) => badnessOf(flags[row] ?? 0) }, axis.lengthUs),
    failedCount: countFlags(flags, FAILED),
  };
}

/** Where each group's members begin, and the end of the last. */
function firstsOf(pieces: readonly Piece[]): Uint32Array {
  const sizes = pieces.flatMap(({ groupSizes }) => groupSizes);
  const first = new Uint32Array(sizes.length + 1);
  for (const [at, size] of sizes.entries()) first[at + 1] = (first[at] ?? 0) + size;
  return first;
}

function column<Column extends Float64Array | Uint32Array | Int32Array | Uint16Array>(
  make: (length: number) => Column,
  parts: readonly Column[],
): Column {
  const whole = make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
