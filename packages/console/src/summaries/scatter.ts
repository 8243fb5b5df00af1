import { logTicks } from '../map/histogram.ts';
import type { TimeWindow } from '../url/range.ts';
import type { SummaryRow } from './row.ts';

export interface Dot {
  readonly row: SummaryRow;
  readonly x: number;
  readonly y: number;
}

export interface Tick {
  readonly at: number;
  readonly value: number;
}

/** Pixels of the plot, without its margins. */
export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ScatterPlan {
  /** Of dots that would hide one another only one is there. */
  readonly dots: readonly Dot[];
  readonly timedCount: number;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly box: PlotBox;
  readonly window: TimeWindow;
  /** Ends of the response-time axis. */
  readonly fromS: number;
  readonly toS: number;
}

/** Dots of one outcome nearer than this look like one. */
const CELL_PX = 2.5;
const TICK_PX = 150;
const LEAST_S = 1e-6;

/** Starts on a linear axis, response times on a log one. */
export function planScatter(rows: readonly SummaryRow[], window: TimeWindow, box: PlotBox): ScatterPlan {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const { responseS } of rows) {
    if (responseS === undefined) continue;
    low = Math.min(low, Math.max(LEAST_S, responseS));
    high = Math.max(high, responseS, LEAST_S);
  }
  const isEmpty = high === 0;
  const [fromS, toS] = isEmpty ? [0.001, 1] : [low / 1.3, high * 1.3];
  const bare = { window, box, fromS, toS };
  const seen = new Set<string>();
  const dots: Dot[] = [];
  let timedCount = 0;
  for (const row of rows) {
    if (row.responseS === undefined) continue;
    timedCount += 1;
    const [x, y] = [xOf(bare, row.startS), yOf(bare, row.responseS)];
    const cell = `${row.outcome} ${Math.round(x / CELL_PX)} ${Math.round(y / CELL_PX)}`;
    if (seen.has(cell)) continue;
    seen.add(cell);
    dots.push({ row, x, y });
  }
  const steps = Math.max(1, Math.floor(box.width / TICK_PX));
  const xTicks = Array.from({ length: steps }, (_, index) => {
    const value = window.startS + ((index + 0.5) / steps) * (window.endS - window.startS);
    return { at: xOf(bare, value), value };
  });
  const yTicks = isEmpty ? [] : logTicks(fromS, toS).map((value) => ({ at: yOf(bare, value), value }));
  return { ...bare, dots, timedCount, xTicks, yTicks };
}

type Axes = Pick<ScatterPlan, 'window' | 'box' | 'fromS' | 'toS'>;

export function xOf({ window, box }: Axes, startS: number): number {
  return box.left + ((startS - window.startS) / (window.endS - window.startS)) * box.width;
}

export function yOf({ box, fromS, toS }: Axes, responseS: number): number {
  return box.top + (1 - Math.log(Math.max(LEAST_S, responseS) / fromS) / Math.log(toS / fromS)) * box.height;
}

/** Beyond an end of the axis: that end. */
export function timeAt({ window, box }: Axes, x: number): number {
  return window.startS + share(x - box.left, box.width) * (window.endS - window.startS);
}

export function responseAt({ box, fromS, toS }: Axes, y: number): number {
  return fromS * (toS / fromS) ** (1 - share(y - box.top, box.height));
}

export function nearestDot({ dots }: ScatterPlan, x: number, y: number, withinPx: number): Dot | null {
  let best: Dot | null = null;
  let least = withinPx;
  for (const dot of dots) {
    const distance = Math.hypot(dot.x - x, dot.y - y);
    if (distance >= least) continue;
    least = distance;
    best = dot;
  }
  return best;
}

function share(part: number, whole: number): number {
  return Math.min(1, Math.max(0, part / Math.max(1, whole)));
}
