import type { Outcome } from '@fluoroscope/model';
import { OUTCOME_LABEL } from '../../../map/shares.ts';
import { formatCount, formatDuration } from '../../../text/format.ts';
import { visible } from '../../../text/visible.ts';
import { walkGaps } from '../../../trace/self-time.ts';
import type { TimeWindow } from '../../../trace/time-window.ts';
import {
  detailOfRow,
  hasFlag,
  hostOfRow,
  isMoved,
  isOrphan,
  isOutside,
  nameOfRow,
  outcomeOfRow,
  type TracePlan,
} from '../../../trace/trace-plan.ts';
import type { VisibleRows } from '../../../trace/visible-rows.ts';
import { FOLD_PX, indentOf, ROW_PX, type WaterfallLayout } from './layout.ts';
import type { Palette } from './palette.ts';

/** All that one picture depends on. */
export interface Picture {
  readonly plan: TracePlan;
  readonly rows: VisibleRows;
  readonly closedRows: ReadonlySet<number>;
  readonly openGroups: ReadonlySet<number>;
  readonly layout: WaterfallLayout;
  readonly palette: Palette;
  readonly window: TimeWindow;
  readonly ticks: readonly number[];
  /** Pixels of all lines above the picture. */
  readonly top: number;
  readonly selected: number;
  /** Line with the keyboard's focus; −1 when it is elsewhere. */
  readonly focused: number;
  readonly hits: ReadonlySet<number>;
  readonly serviceIndex: ReadonlyMap<number, number>;
  /** Row → its stretches of the critical path; null when it is not shown. */
  readonly critical: ReadonlyMap<number, readonly (readonly [number, number])[]> | null;
}

interface Line extends Picture {
  readonly context: CanvasRenderingContext2D;
  readonly y: number;
  readonly depth: number;
}

/** Paints the lines in view; returns nothing, keeps nothing but measured texts. */
export function drawWaterfall(context: CanvasRenderingContext2D, picture: Picture): void {
  const { layout, palette, rows, top } = picture;
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, layout.width, layout.height);
  context.textBaseline = 'middle';
  const first = Math.max(0, Math.floor(top / ROW_PX));
  const last = Math.min(rows.items.length, Math.ceil((top + layout.height) / ROW_PX));
  drawBackgrounds(context, picture, first, last);
  drawGrid(context, picture);
  for (let line = first; line < last; line += 1) {
    const item = rows.items[line] ?? 0;
    const y = Math.round(line * ROW_PX - top);
    const one: Line = { ...picture, context, y, depth: rows.depth[line] ?? 0 };
    if (item < 0) drawGroup(one, -1 - item);
    else drawRow(one, item);
  }
}

function drawBackgrounds(context: CanvasRenderingContext2D, picture: Picture, first: number, last: number): void {
  const { palette, layout, rows, selected, hits, focused, top } = picture;
  for (let line = first; line < last; line += 1) {
    const item = rows.items[line] ?? 0;
    const y = Math.round(line * ROW_PX - top);
    const fill = item === selected ? palette.selected : hits.has(item) ? palette.hit : null;
    if (fill !== null) {
      context.fillStyle = fill;
      context.fillRect(0, y, layout.width, ROW_PX);
    }
    if (line === focused) {
      context.strokeStyle = palette.accent;
      context.lineWidth = 2;
      context.strokeRect(1, y + 1, layout.width - 2, ROW_PX - 2);
    }
  }
}

function drawGrid(context: CanvasRenderingContext2D, { ticks, layout, palette, window }: Picture): void {
  context.fillStyle = palette.line;
  for (const tick of ticks) context.fillRect(Math.round(toX(layout, window, tick)), 0, 1, layout.height);
}

export function toX(layout: WaterfallLayout, window: TimeWindow, us: number): number {
  const share = (us - window.fromUs) / (window.toUs - window.fromUs);
  return layout.axisFrom + share * (layout.axisTo - layout.axisFrom);
}

function drawRow(line: Line, row: number): void {
  const { context, plan, palette, layout, y, depth } = line;
  const outcome = outcomeOfRow(plan, row);
  const isSegment = hasFlag(plan, row, 'segment');
  drawStrip(line, plan.service[row] ?? 0);
  if ((plan.childCount[row] ?? 0) > 0) drawFold(line, indentOf(depth), line.closedRows.has(row));
  const marks = marksOf(plan, row);
  const from = indentOf(depth) + FOLD_PX + 3;
  const to = layout.nameTo - drawMarks(line, marks) - 10;
  const weight = isSegment ? '600' : '400';
  const slant = hasFlag(plan, row, 'inferred') ? 'italic ' : '';
  const isBad = outcome !== 'ok' && outcome !== 'pending';
  const color = isBad ? palette.outcomeText[outcome] : isSegment ? palette.text : palette.text2;
  const used = drawText(
    line,
    `${slant}${weight} 12px ${palette.sans}`,
    color,
    visible(nameOfRow(plan, row), 120),
    from,
    to,
  );
  const detail = detailOfRow(plan, row);
  if (detail !== '') drawText(line, `400 12px ${palette.sans}`, palette.text3, visible(detail, 100), used + 7, to);
  drawHost(line, row);
  drawFigures(
    line,
    plan.status[row] ?? 0,
    outcome === 'pending' ? 'pending' : formatDuration((plan.length[row] ?? 0) / 1e6),
  );
  context.save();
  context.beginPath();
  context.rect(layout.axisFrom - 2, y, layout.axisTo - layout.axisFrom + 12, ROW_PX);
  context.clip();
  drawBar(line, row, outcome, isSegment);
  context.restore();
}

function drawHost(line: Line, row: number): void {
  const { plan, palette, layout } = line;
  const host = layout.hostTo === 0 ? '' : hostOfRow(plan, row);
  if (host === '') return;
  drawText(line, `400 12px ${palette.sans}`, palette.text3, visible(host, 60), layout.hostFrom, layout.hostTo);
}

function drawStrip({ context, palette, y, serviceIndex }: Line, service: number): void {
  context.fillStyle = palette.service(serviceIndex.get(service) ?? 0);
  context.fillRect(0, y, 3, ROW_PX);
}

function drawFold({ context, palette, y }: Line, x: number, isClosed: boolean): void {
  const [cx, cy] = [x + FOLD_PX / 2, y + ROW_PX / 2];
  context.strokeStyle = palette.text3;
  context.lineWidth = 1.6;
  context.beginPath();
  if (isClosed) {
    context.moveTo(cx - 2, cy - 4);
    context.lineTo(cx + 2, cy);
    context.lineTo(cx - 2, cy + 4);
  } else {
    context.moveTo(cx - 4, cy - 2);
    context.lineTo(cx, cy + 2);
    context.lineTo(cx + 4, cy - 2);
  }
  context.stroke();
}

export function marksOf(plan: TracePlan, row: number): readonly string[] {
  const marks: string[] = [];
  if (hasFlag(plan, row, 'inferred')) marks.push('inferred');
  if (isOrphan(plan, row)) marks.push('orphan');
  if (hasFlag(plan, row, 'hasLinks')) marks.push('linked');
  if (hasFlag(plan, row, 'hasCause')) marks.push('exception');
  if (isMoved(plan, row)) marks.push('clock');
  else if (isOutside(plan, row)) marks.push('outside');
  return marks;
}

/** From the right edge of the names; returns the width they took. */
function drawMarks({ context, palette, layout, y }: Line, marks: readonly string[]): number {
  context.font = `500 10px ${palette.sans}`;
  let x = layout.nameTo - 8;
  for (const mark of marks) {
    const width = widthOf(context, mark) + 8;
    x -= width;
    const color = mark === 'exception' ? palette.outcomeText.fault : palette.text3;
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(x + 0.5, y + 5.5, width - 1, ROW_PX - 11, 4);
    context.stroke();
    context.fillStyle = color;
    context.fillText(mark, x + 4, y + ROW_PX / 2 + 0.5);
    x -= 4;
  }
  return layout.nameTo - 8 - x;
}

function drawFigures({ context, palette, layout, y }: Line, status: number, time: string): void {
  context.textAlign = 'right';
  context.font = `500 12px ${palette.sans}`;
  if (status > 0 && layout.statusTo > 0) {
    context.fillStyle = palette.outcomeText[statusOutcome(status)];
    context.fillText(String(status), layout.statusTo, y + ROW_PX / 2 + 0.5);
  }
  context.fillStyle = palette.text2;
  context.fillText(time, layout.timeTo - 4, y + ROW_PX / 2 + 0.5);
  context.textAlign = 'left';
}

function statusOutcome(status: number): Outcome {
  if (status >= 500) return 'fault';
  if (status === 429) return 'throttle';
  return status >= 400 ? 'error' : 'ok';
}

/** What its children cover is light, its own time full: gaps between them show. */
function drawBar(line: Line, row: number, outcome: Outcome, isSegment: boolean): void {
  const { context, plan, palette, layout, window, y } = line;
  const start = plan.start[row] ?? 0;
  const length = plan.length[row] ?? 0;
  const from = toX(layout, window, start);
  const to = Math.max(from + 2, toX(layout, window, start + length));
  if (to < layout.axisFrom - 2 || from > layout.axisTo + 2) {
    drawBeyond(line, from > layout.axisTo);
    return;
  }
  const height = isSegment ? 13 : 8;
  const top = y + (ROW_PX - height) / 2;
  drawRecorded(line, row, top, height);
  const left = Math.max(from, layout.axisFrom - 2);
  const right = Math.min(to, layout.axisTo + 10);
  const isLeaf = (plan.childCount[row] ?? 0) === 0;
  context.fillStyle = isLeaf ? palette.outcome[outcome] : palette.outcomeSoft[outcome];
  context.beginPath();
  context.roundRect(left, top, right - left, height, 2.5);
  context.fill();
  if (!isLeaf) {
    context.fillStyle = palette.outcome[outcome];
    let drawn = -1;
    walkGaps(plan, row, (gapFrom, gapTo) => {
      const [x1, x2] = [Math.max(left, toX(layout, window, gapFrom)), Math.min(right, toX(layout, window, gapTo))];
      // Gaps within one pixel are one.
      if (x2 <= Math.max(x1, drawn)) return;
      context.fillRect(x1, top, Math.max(0.6, x2 - x1), height);
      drawn = x1 + 0.5;
    });
  }
  if (hasFlag(plan, row, 'inferred')) {
    context.fillStyle = palette.surface;
    context.globalAlpha = 0.7;
    context.fillRect(left + 1, top + 1, Math.max(0, right - left - 2), height - 2);
    context.globalAlpha = 1;
  }
  drawCritical(line, row, y);
  if (outcome !== 'ok') drawOutcome(line, outcome, left, right);
}

/** The bar lies outside what is in view: an arrow says where. */
function drawBeyond({ context, palette, layout, y }: Line, isRight: boolean): void {
  const [x, way] = isRight ? [layout.axisTo + 2, -1] : [layout.axisFrom + 1, 1];
  context.fillStyle = palette.text3;
  context.beginPath();
  context.moveTo(x, y + ROW_PX / 2);
  context.lineTo(x + way * 5, y + ROW_PX / 2 - 4);
  context.lineTo(x + way * 5, y + ROW_PX / 2 + 4);
  context.fill();
}

/** Where a moved row would be by its own clock. */
function drawRecorded(
  { context, plan, palette, layout, window }: Line,
  row: number,
  top: number,
  height: number,
): void {
  const shift = plan.shift[row] ?? 0;
  if (shift === 0) return;
  const from = toX(layout, window, (plan.start[row] ?? 0) - shift);
  const to = toX(layout, window, (plan.start[row] ?? 0) - shift + (plan.length[row] ?? 0));
  context.strokeStyle = palette.text3;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.strokeRect(from + 0.5, top + 0.5, Math.max(2, to - from - 1), height - 1);
  context.setLineDash([]);
}

function drawCritical({ context, critical, layout, window, palette }: Line, row: number, y: number): void {
  for (const [from, to] of critical?.get(row) ?? []) {
    const x1 = Math.max(layout.axisFrom - 2, toX(layout, window, from));
    const x2 = Math.min(layout.axisTo + 10, toX(layout, window, to));
    context.fillStyle = palette.text;
    if (x2 > x1) context.fillRect(x1, y + ROW_PX - 4, Math.max(1.5, x2 - x1), 2.5);
  }
}

/** Never colour alone: the word stands beside the bar. */
function drawOutcome({ context, palette, layout, y }: Line, outcome: Outcome, left: number, right: number): void {
  if (layout.statusTo === 0) return;
  context.font = `600 10px ${palette.sans}`;
  const word = OUTCOME_LABEL[outcome];
  const width = widthOf(context, word);
  context.fillStyle = palette.outcomeText[outcome];
  if (right + width + 8 < layout.axisTo) context.fillText(word, right + 5, y + ROW_PX / 2 + 0.5);
  else if (left - width - 8 > layout.axisFrom) context.fillText(word, left - width - 5, y + ROW_PX / 2 + 0.5);
  else drawPill(context, palette, word, left + 10, width, y);
}

function drawPill(
  context: CanvasRenderingContext2D,
  palette: Palette,
  word: string,
  x: number,
  width: number,
  y: number,
): void {
  const color = context.fillStyle;
  context.fillStyle = palette.surface;
  context.beginPath();
  context.roundRect(x, y + 6, width + 10, ROW_PX - 12, 7);
  context.fill();
  context.fillStyle = color;
  context.fillText(word, x + 5, y + ROW_PX / 2 + 0.5);
}

function drawGroup(line: Line, group: number): void {
  const { context, plan, palette, layout, y, depth, window } = line;
  const { alike } = plan;
  const [first = 0, last = 0] = [alike.first[group], alike.first[group + 1]];
  const sample = alike.members[first] ?? 0;
  drawStrip(line, plan.service[sample] ?? 0);
  drawFold(line, indentOf(depth), !line.openGroups.has(group));
  const from = indentOf(depth) + FOLD_PX + 3;
  const count = `× ${(last - first).toLocaleString('en-US')} identical`;
  const used = drawText(line, `650 12px ${palette.sans}`, palette.accent, count, from, layout.nameTo - 8);
  drawText(
    line,
    `400 12px ${palette.sans}`,
    palette.text2,
    visible(nameOfRow(plan, sample), 120),
    used + 7,
    layout.nameTo - 8,
  );
  const { columns: lit, totalUs } = litOf(plan, group, layout, window);
  drawFigures(line, 0, `Σ ${formatDuration(totalUs / 1e6)}`);
  context.fillStyle = palette.outcome[outcomeOfRow(plan, sample)];
  const top = y + (ROW_PX - 8) / 2;
  for (let x = 0; x < lit.length; x += 1) {
    if (lit[x] === 0) continue;
    let end = x;
    while (end < lit.length && lit[end] === 1) end += 1;
    context.fillRect(layout.axisFrom + x, top, end - x, 8);
    x = end;
  }
}

interface Lit {
  readonly key: string;
  readonly totalUs: number;
  readonly columns: Uint8Array;
}
const litByGroup = new WeakMap<TracePlan, Map<number, Lit>>();

/** Pixels of the axis at which some row of the group runs; kept as long as the window stays. */
function litOf(plan: TracePlan, group: number, layout: WaterfallLayout, window: TimeWindow): Lit {
  const width = Math.max(1, Math.ceil(layout.axisTo - layout.axisFrom));
  const key = `${width} ${window.fromUs} ${window.toUs}`;
  const kept = litByGroup.get(plan) ?? new Map<number, Lit>();
  litByGroup.set(plan, kept);
  const known = kept.get(group);
  if (known?.key === key) return known;
  const columns = new Uint8Array(width);
  let totalUs = 0;
  const { alike } = plan;
  for (let at = alike.first[group] ?? 0; at < (alike.first[group + 1] ?? 0); at += 1) {
    const row = alike.members[at] ?? 0;
    totalUs += plan.length[row] ?? 0;
    const from = Math.floor(toX(layout, window, plan.start[row] ?? 0) - layout.axisFrom);
    const to = Math.ceil(toX(layout, window, (plan.start[row] ?? 0) + (plan.length[row] ?? 0)) - layout.axisFrom);
    columns.fill(1, Math.max(0, from), Math.max(0, Math.max(from + 1, to)));
  }
  const lit = { key, totalUs, columns };
  kept.set(group, lit);
  return lit;
}

export function groupLabel(plan: TracePlan, group: number): string {
  const [first = 0, last = 0] = [plan.alike.first[group], plan.alike.first[group + 1]];
  return `${formatCount(last - first)} identical: ${visible(nameOfRow(plan, plan.alike.members[first] ?? 0), 80)}`;
}

/** Returns where it ended. A text that does not fit ends with an ellipsis. */
function drawText({ context, y }: Line, font: string, color: string, text: string, from: number, to: number): number {
  if (to - from < 8) return to;
  context.font = font;
  context.fillStyle = color;
  const width = widthOf(context, text);
  const room = to - from;
  const shown = width <= room ? text : `${text.slice(0, Math.max(0, Math.floor((text.length * (room - 9)) / width)))}…`;
  context.fillText(shown, from, y + ROW_PX / 2 + 0.5);
  return from + Math.min(width, room);
}

/** Measured texts; forgotten all at once when there are too many. */
const MEASURED_MAX = 20_000;
const measured = new Map<string, number>();

function widthOf(context: CanvasRenderingContext2D, text: string): number {
  const key = `${context.font}|${text}`;
  const known = measured.get(key);
  if (known !== undefined) return known;
  if (measured.size >= MEASURED_MAX) measured.clear();
  const { width } = context.measureText(text);
  measured.set(key, width);
  return width;
}
