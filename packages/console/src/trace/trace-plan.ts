import { OUTLINE_FLAGS } from '@fluoroscope/api/outline';
import { type Outcome, outcomeOf } from '@fluoroscope/model';
import { typeLabel } from '../map/kind.ts';
import { type Alike, findAlike } from './alike.ts';
import { correctSkew } from './clock-skew.ts';
import { type CriticalPath, findCriticalPath } from './critical-path.ts';
import { drawOverview, type OverviewGrid } from './overview-grid.ts';
import { type PlannedTree, planTree } from './plan-tree.ts';
import { selfTimes } from './self-time.ts';
import type { SpanTable } from './span-table.ts';

/** A trace as it is drawn: columns by row in reading order. Plain arrays and numbers, so that a worker can send it. */
export interface TracePlan extends Omit<PlannedTree, 'lines'> {
  readonly count: number;
  /** Of the axis: µs since 1970, and µs. */
  readonly startUs: number;
  readonly lengthUs: number;
  readonly strings: readonly string[];
  /** µs after `startUs`, clocks corrected. */
  readonly start: Float64Array;
  /** µs; what is in progress reaches to the end of the axis. */
  readonly length: Float64Array;
  /** µs that the recorded times were moved by. */
  readonly shift: Float64Array;
  /** µs in which no child runs. */
  readonly self: Float64Array;
  readonly idHigh: Uint32Array;
  readonly idLow: Uint32Array;
  /** Numbers of `strings`. */
  readonly name: Uint32Array;
  readonly service: Uint32Array;
  readonly detail: Uint32Array;
  readonly place: Uint32Array;
  /** What a segment runs on; 0 for subsegments. */
  readonly origin: Uint32Array;
  readonly status: Uint16Array;
  /** Sums of `OUTLINE_FLAGS` and `MARKS`. */
  readonly flags: Uint16Array;
  readonly alike: Alike;
  readonly critical: CriticalPath;
  readonly overview: OverviewGrid;
  readonly segmentCount: number;
  readonly pendingCount: number;
  readonly failedCount: number;
  readonly shiftedCount: number;
  /** Documents so far, and of all. */
  readonly readCount: number;
  readonly totalCount: number;
  readonly isComplete: boolean;
  readonly asSent: boolean;
  readonly leftOutCount: number;
}

export interface PlanOptions {
  /** False: times as they were recorded. */
  readonly correctClocks: boolean;
}

/** An axis of zero length cannot be drawn. */
const LENGTH_US_MIN = 1;
export const FAILED: number = OUTLINE_FLAGS.error | OUTLINE_FLAGS.throttle | OUTLINE_FLAGS.fault;

export function planTrace(table: SpanTable, { correctClocks }: PlanOptions): TracePlan {
  const tree = planTree(table);
  const columns = inRows(table, tree);
  const { shift, shiftedCount } = correctClocks ? skewOf(tree, columns) : unshifted(table.count);
  const { startUs, lengthUs } = settleTimes(columns, shift);
  markRows(columns, tree.parent, shift);
  const timed = { ...tree, start: columns.start, length: columns.length };
  const { flags } = columns;
  const overview = drawOverview({ ...timed, badness: (row) => badnessOf(flags[row] ?? 0) }, lengthUs);
  return {
    ...columns,
    parent: tree.parent,
    end: tree.end,
    depth: tree.depth,
    childCount: tree.childCount,
    count: table.count,
    startUs,
    lengthUs,
    strings: table.strings,
    shift,
    self: selfTimes(timed),
    alike: findAlike({ parent: tree.parent, own: (row) => likenessOf(columns, row) }),
    critical: findCriticalPath({ ...timed, isAwaited: (row) => ((flags[row] ?? 0) & OUTLINE_FLAGS.segment) !== 0 }, 0),
    overview,
    segmentCount: countFlags(flags, OUTLINE_FLAGS.segment),
    pendingCount: countFlags(flags, OUTLINE_FLAGS.pending),
    failedCount: countFlags(flags, FAILED),
    shiftedCount,
    readCount: table.header?.readCount ?? 0,
    totalCount: table.header?.totalCount ?? 0,
    isComplete: table.header?.isLast ?? false,
    asSent: table.header?.asSent ?? false,
    leftOutCount: table.header?.leftOutCount ?? 0,
  };
}

type RowColumns = Pick<
  TracePlan,
  'start' | 'length' | 'idHigh' | 'idLow' | 'name' | 'service' | 'detail' | 'place' | 'origin' | 'status' | 'flags'
>;

/** The table's columns in reading order; `start` is still µs since 1970. */
function inRows({ columns, count }: SpanTable, { lines, parent }: PlannedTree): RowColumns {
  const rows: RowColumns = {
    start: new Float64Array(count),
    length: new Float64Array(count),
    idHigh: new Uint32Array(count),
    idLow: new Uint32Array(count),
    name: new Uint32Array(count),
    service: new Uint32Array(count),
    detail: new Uint32Array(count),
    place: new Uint32Array(count),
    origin: new Uint32Array(count),
    status: new Uint16Array(count),
    flags: new Uint16Array(count),
  };
  for (let row = 0; row < count; row += 1) {
    const line = lines[row] ?? 0;
    rows.start[row] = columns.startUs[line] ?? 0;
    rows.length[row] = Math.max(0, columns.lengthUs[line] ?? 0);
    rows.idHigh[row] = columns.idHigh[line] ?? 0;
    rows.idLow[row] = columns.idLow[line] ?? 0;
    rows.name[row] = columns.name[line] ?? 0;
    // What was sent alone belongs to the segment above.
    rows.service[row] = columns.service[line] || (rows.service[parent[row] ?? -1] ?? columns.name[line] ?? 0);
    rows.detail[row] = columns.detail[line] ?? 0;
    rows.place[row] = columns.place[line] ?? 0;
    rows.origin[row] = columns.origin[line] ?? 0;
    rows.status[row] = columns.status[line] ?? 0;
    rows.flags[row] = columns.flags[line] ?? 0;
  }
  return rows;
}

function skewOf(
  { parent }: PlannedTree,
  { start, length, service, flags }: RowColumns,
): ReturnType<typeof correctSkew> {
  const has = (row: number, flag: number): boolean => ((flags[row] ?? 0) & flag) !== 0;
  return correctSkew({
    count: start.length,
    parent,
    start,
    length,
    isBoundary: (row) =>
      has(row, OUTLINE_FLAGS.segment) &&
      !has(row, OUTLINE_FLAGS.inferred) &&
      service[row] !== service[parent[row] ?? -1],
    isAsync: (row) => has(parent[row] ?? -1, OUTLINE_FLAGS.aws),
    isPending: (row) => has(row, OUTLINE_FLAGS.pending),
  });
}

function unshifted(count: number): ReturnType<typeof correctSkew> {
  return { shift: new Float64Array(count), shiftedCount: 0 };
}

/** Moves starts onto the axis, and lets what is in progress reach to its end. */
function settleTimes({ start, length, flags }: RowColumns, shift: Float64Array): { startUs: number; lengthUs: number } {
  let [startUs, endUs] = [Infinity, -Infinity];
  for (let row = 0; row < start.length; row += 1) {
    const from = (start[row] ?? 0) + (shift[row] ?? 0);
    startUs = Math.min(startUs, from);
    endUs = Math.max(endUs, from + (length[row] ?? 0));
  }
  if (start.length === 0) return { startUs: 0, lengthUs: LENGTH_US_MIN };
  for (let row = 0; row < start.length; row += 1) {
    const from = (start[row] ?? 0) + (shift[row] ?? 0) - startUs;
    start[row] = from;
    if (((flags[row] ?? 0) & OUTLINE_FLAGS.pending) !== 0) length[row] = endUs - startUs - from;
  }
  return { startUs, lengthUs: Math.max(LENGTH_US_MIN, endUs - startUs) };
}

const LIKENESS =
  OUTLINE_FLAGS.segment |
  OUTLINE_FLAGS.inferred |
  FAILED |
  OUTLINE_FLAGS.pending |
  OUTLINE_FLAGS.aws |
  OUTLINE_FLAGS.remote;

/** Rows with the same one look alike. */
export function likenessOf(
  { name, service, flags }: Pick<TracePlan, 'name' | 'service' | 'flags'>,
  row: number,
): number {
  const kind = (flags[row] ?? 0) & LIKENESS;
  return (
    (Math.imul(name[row] ?? 0, 0x9e37_79b1) ^
      Math.imul(service[row] ?? 0, 0x85eb_ca77) ^
      Math.imul(kind, 0x1656_67b1)) >>>
    0
  );
}

/** Of a row, as the overview draws it. */
export function badnessOf(flags: number): number {
  if ((flags & OUTLINE_FLAGS.fault) !== 0) return 3;
  return (flags & FAILED) === 0 ? 0 : 2;
}

export function countFlags(flags: Uint16Array, mask: number): number {
  let count = 0;
  for (const own of flags) if ((own & mask) !== 0) count += 1;
  return count;
}

const OUTCOMES: readonly Outcome[] = Array.from({ length: 16 }, (_, bits) =>
  outcomeOf({
    error: (bits & 1) !== 0,
    throttle: (bits & 2) !== 0,
    fault: (bits & 4) !== 0,
    in_progress: (bits & 8) !== 0,
  }),
);

export function outcomeOfRow({ flags }: Pick<TracePlan, 'flags'>, row: number): Outcome {
  return OUTCOMES[((flags[row] ?? 0) >> 4) & 15] ?? 'ok';
}

export function hasFlag({ flags }: Pick<TracePlan, 'flags'>, row: number, flag: keyof typeof OUTLINE_FLAGS): boolean {
  return ((flags[row] ?? 0) & OUTLINE_FLAGS[flag]) !== 0;
}

export function idOfRow({ idHigh, idLow }: Pick<TracePlan, 'idHigh' | 'idLow'>, row: number): string {
  const hex = (half: number): string => half.toString(16).padStart(8, '0');
  return hex(idHigh[row] ?? 0) + hex(idLow[row] ?? 0);
}

/** The row of an id as it stands in a link; −1 for none. */
export function rowOfId(
  { idHigh, idLow, count }: Pick<TracePlan, 'idHigh' | 'idLow' | 'count'>,
  id: string | null,
): number {
  if (id === null || !/^[0-9a-f]{16}$/.test(id)) return -1;
  const [high, low] = [parseInt(id.slice(0, 8), 16), parseInt(id.slice(8), 16)];
  for (let row = 0; row < count; row += 1) if (idLow[row] === low && idHigh[row] === high) return row;
  return -1;
}

export function nameOfRow({ strings, name }: Pick<TracePlan, 'strings' | 'name'>, row: number): string {
  return strings[name[row] ?? 0] ?? '';
}

export function serviceOfRow({ strings, service }: Pick<TracePlan, 'strings' | 'service'>, row: number): string {
  return strings[service[row] ?? 0] ?? '';
}

export function detailOfRow({ strings, detail }: Pick<TracePlan, 'strings' | 'detail'>, row: number): string {
  return strings[detail[row] ?? 0] ?? '';
}

/** Where a segment is hosted, in short: "EC2 instance"; empty when nothing was told. */
export function hostOfRow({ strings, origin }: Pick<TracePlan, 'strings' | 'origin'>, row: number): string {
  const text = strings[origin[row] ?? 0] ?? '';
  return text === '' ? '' : typeLabel(text);
}

/** Named a parent that is not in the trace. */
export function isOrphan(plan: Pick<TracePlan, 'flags'>, row: number): boolean {
  return hasMark(plan, row, MARKS.orphan);
}

/** Its clock was corrected, and not its parent's by as much. */
export function isMoved(plan: Pick<TracePlan, 'flags'>, row: number): boolean {
  return hasMark(plan, row, MARKS.moved);
}

/** Lies partly outside its parent: work went on after the answer, or clocks differ and were left alone. */
export function isOutside(plan: Pick<TracePlan, 'flags'>, row: number): boolean {
  return hasMark(plan, row, MARKS.outside);
}

function hasMark({ flags }: Pick<TracePlan, 'flags'>, row: number, mark: number): boolean {
  return ((flags[row] ?? 0) & mark) !== 0;
}

/** What a row is to its parent, beside the flags that it came with: told once, so that it holds wherever the row is drawn. */
const MARKS = { orphan: 1 << 13, moved: 1 << 14, outside: 1 << 15 };

const SAME_US = 2;

function markRows({ flags, start, length }: RowColumns, parent: Int32Array, shift: Float64Array): void {
  for (let row = 0; row < flags.length; row += 1) {
    const above = parent[row] ?? -1;
    const own = flags[row] ?? 0;
    if (above < 0) {
      const isLost = (own & OUTLINE_FLAGS.hasParent) !== 0;
      flags[row] = own | (isLost ? MARKS.orphan : 0) | (shift[row] === 0 ? 0 : MARKS.moved);
      continue;
    }
    const [from, aboveFrom] = [start[row] ?? 0, start[above] ?? 0];
    const endsLater = from + (length[row] ?? 0) > aboveFrom + (length[above] ?? 0) + SAME_US;
    const isOut = endsLater || from < aboveFrom - SAME_US;
    const isOwnShift = shift[row] !== 0 && shift[row] !== shift[above];
    flags[row] = own | (isOwnShift ? MARKS.moved : 0) | (isOut ? MARKS.outside : 0);
  }
}
