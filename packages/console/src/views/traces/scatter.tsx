import { type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { logTicks } from '../../map/histogram.ts';
import { OUTCOME_LABEL, type SettledOutcome } from '../../map/shares.ts';
import { type SummaryRow, urlParts } from '../../summaries/row.ts';
import { formatClock, formatDuration, formatTick } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { tracePlace } from '../../url/place.ts';
import type { TimeWindow } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';
import { useSize } from '../../widgets/use-size.ts';

const HEIGHT = 118;
const LEFT = 52;
const RIGHT = 14;
const TOP = 8;
const BOTTOM = 20;
const NEAR_PX = 14;

/** A shape each, so that outcomes differ without colour. */
const SHAPE: Readonly<Record<SettledOutcome, string>> = {
  ok: 'M-2.4 0a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0-4.8 0',
  error: 'M-2.8-2.8h5.6v5.6h-5.6z',
  throttle: 'M0-3.8 3.8 0 0 3.8-3.8 0z',
  fault: 'M0-4 4 3.2H-4z',
};

interface ScatterProps {
  readonly rows: readonly SummaryRow[];
  readonly window: TimeWindow;
  /** No older traces are left to load. */
  readonly complete: boolean;
}

/** The axis begins where the loaded rows do: older ones may just not be loaded. */
function loadedWindow(rows: readonly SummaryRow[], window: TimeWindow, complete: boolean): TimeWindow {
  if (complete || rows.length === 0) return window;
  return { startS: Math.min(...rows.map((row) => row.startS)), endS: window.endS };
}

/** Each loaded trace by start and response time (log). */
export function Scatter({ rows, window, complete }: ScatterProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const [near, setNear] = useState<Dot | null>(null);
  const plan = planDots(rows, loadedWindow(rows, window, complete), width);

  function onPointerMove(event: PointerEvent): void {
    const box = event.currentTarget.getBoundingClientRect();
    setNear(nearest(plan.dots, event.clientX - box.left, event.clientY - box.top));
  }
  return (
    <div className="scatter" ref={frame} data-testid="scatter">
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`Response times of ${plan.dots.length} traces over time; the table below has the same figures`}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setNear(null)}
        onClick={() => near !== null && go(tracePlace(near.row.id))}
        style={{ cursor: near === null ? 'default' : 'pointer' }}
      >
        {plan.yTicks.map(({ at, value }) => (
          <g key={value} transform={`translate(0 ${at})`}>
            <line x1={LEFT} x2={width - RIGHT} className="grid-line" />
            <text x={LEFT - 8} y={3.5} textAnchor="end" className="axis-text">
              {formatTick(value)}
            </text>
          </g>
        ))}
        {plan.xTicks.map(({ at, value }) => (
          <text key={value} x={at} y={HEIGHT - 5} textAnchor="middle" className="axis-text">
            {formatClock(value).slice(0, 8)}
          </text>
        ))}
        {plan.dots.map(({ row, x, y }) => (
          <path
            key={row.id}
            d={SHAPE[row.outcome]}
            transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}
            className={`dot o-${row.outcome}`}
          />
        ))}
        {near === null ? null : <circle cx={near.x} cy={near.y} r={7} className="dot-ring" />}
      </svg>
      {near === null ? null : (
        <div
          className="scatter-tip"
          style={{ left: Math.min(Math.max(near.x, 110), width - 130), top: near.y > 60 ? near.y - 50 : near.y + 12 }}
        >
          <b className="num">{formatDuration(near.row.responseS)}</b> {OUTCOME_LABEL[near.row.outcome]}
          <div className="clip muted">
            {visible(`${near.row.method} ${urlParts(near.row.url).path || near.row.entry}`, 60)}
          </div>
        </div>
      )}
    </div>
  );
}

interface Dot {
  readonly row: SummaryRow;
  readonly x: number;
  readonly y: number;
}

interface Tick {
  readonly at: number;
  readonly value: number;
}

interface Plan {
  readonly dots: readonly Dot[];
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

function planDots(rows: readonly SummaryRow[], window: TimeWindow, width: number): Plan {
  const timed = rows.filter((row) => row.responseS !== undefined);
  const values = timed.map((row) => Math.max(1e-6, row.responseS ?? 0));
  const low = Math.min(...values, 1e6) / 1.3;
  const high = Math.max(...values, 1e-6) * 1.3;
  const plotWidth = Math.max(1, width - LEFT - RIGHT);
  const x = (seconds: number): number => LEFT + ((seconds - window.startS) / (window.endS - window.startS)) * plotWidth;
  const y = (seconds: number): number =>
    TOP + (1 - Math.log(Math.max(1e-6, seconds) / low) / Math.log(high / low)) * (HEIGHT - TOP - BOTTOM);
  const dots = timed.map((row): Dot => ({ row, x: x(row.startS), y: y(row.responseS ?? 0) }));
  const ticks = timed.length === 0 ? [] : logTicks(low, high);
  const steps = Math.max(1, Math.floor(plotWidth / 150));
  const xTicks = Array.from({ length: steps }, (_, index) => {
    const value = window.startS + ((index + 0.5) / steps) * (window.endS - window.startS);
    return { at: x(value), value };
  });
  return { dots, xTicks, yTicks: ticks.map((value) => ({ at: y(value), value })) };
}

function nearest(dots: readonly Dot[], x: number, y: number): Dot | null {
  let best: Dot | null = null;
  let least = NEAR_PX;
  for (const dot of dots) {
    const distance = Math.hypot(dot.x - x, dot.y - y);
    if (distance < least) {
      least = distance;
      best = dot;
    }
  }
  return best;
}
