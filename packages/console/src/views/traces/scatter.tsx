import { type KeyboardEvent, memo, type PointerEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import { OUTCOME_LABEL, type SettledOutcome } from '../../map/shares.ts';
import { type SummaryRow, urlParts } from '../../summaries/row.ts';
import { type Dot, nearestDot, planScatter, responseAt, type ScatterPlan, timeAt } from '../../summaries/scatter.ts';
import { isNothing, type Selection } from '../../summaries/selection.ts';
import { formatClock, formatDuration, formatTick } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { tracePlace } from '../../url/place.ts';
import type { TimeWindow } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';
import { useSize } from '../../widgets/use-size.ts';
import { Area, ScatterEnds } from './scatter-ends.tsx';
import type { SelectionState } from './use-selection.ts';

const HEIGHT = 118;
const LEFT = 52;
const RIGHT = 14;
const TOP = 8;
const BOTTOM = 20;
const NEAR_PX = 14;
/** Less is a click. */
const DRAG_PX = 4;

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
  readonly selected: SelectionState;
}

/** The axis begins where the loaded rows do: older ones may just not be loaded. */
function loadedWindow(rows: readonly SummaryRow[], window: TimeWindow, complete: boolean): TimeWindow {
  if (complete || rows.length === 0) return window;
  return { startS: rows.reduce((least, row) => Math.min(least, row.startS), window.endS), endS: window.endS };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Each loaded trace by start and response time (log). Dragging over it selects an area. */
export function Scatter({ rows, window, complete, selected }: ScatterProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const [near, setNear] = useState<Dot | null>(null);
  const from = useRef<Point | null>(null);
  const isDragged = useRef(false);
  const plan = useMemo(() => {
    const box = { left: LEFT, top: TOP, width: Math.max(1, width - LEFT - RIGHT), height: HEIGHT - TOP - BOTTOM };
    return planScatter(rows, loadedWindow(rows, window, complete), box);
  }, [rows, window, complete, width]);

  function onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = pointOf(event);
    isDragged.current = false;
  }
  function onPointerMove(event: PointerEvent): void {
    const to = pointOf(event);
    const start = from.current;
    if (start !== null && (isDragged.current || Math.hypot(to.x - start.x, to.y - start.y) > DRAG_PX)) {
      isDragged.current = true;
      setNear(null);
      selected.select(selectionBetween(plan, start, to));
    } else setNear(nearestDot(plan, to.x, to.y, NEAR_PX));
  }
  function onPointerUp(event: PointerEvent): void {
    if (from.current === null) return;
    from.current = null;
    if (isDragged.current) return;
    const { x, y } = pointOf(event);
    const dot = nearestDot(plan, x, y, NEAR_PX);
    if (dot !== null) go(tracePlace(dot.row.id));
    else if (!selected.isEmpty) selected.clear();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !selected.isEmpty) selected.clear();
    else if (event.key === 'Enter' && !selected.isEmpty) selected.apply();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div className="scatter" ref={frame} data-testid="scatter" onKeyDown={onKeyDown}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`Response times of ${plan.timedCount} traces over time; the table below has the same figures`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => (from.current = null)}
        onPointerLeave={() => setNear(null)}
        style={{ cursor: near === null ? 'crosshair' : 'pointer' }}
      >
        <Drawing plan={plan} width={width} />
        <SelectedArea plan={plan} selection={selected.selection} />
        {near === null ? null : <circle cx={near.x} cy={near.y} r={7} className="dot-ring" />}
      </svg>
      {rows.length === 0 ? null : <ScatterEnds plan={plan} selected={selected} height={HEIGHT} />}
      {near === null ? null : <Tip dot={near} width={width} />}
    </div>
  );
}

function SelectedArea({ plan, selection }: { readonly plan: ScatterPlan; readonly selection: Selection }): ReactNode {
  return isNothing(selection) ? null : <Area plan={plan} selection={selection} />;
}

/** Thousands of dots, which a pointer that moves must not draw again. */
const Drawing = memo(function Drawing({ plan, width }: { readonly plan: ScatterPlan; readonly width: number }) {
  return (
    <>
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
    </>
  );
});

function Tip({ dot, width }: { readonly dot: Dot; readonly width: number }): ReactNode {
  const { row, x, y } = dot;
  return (
    <div
      className="scatter-tip"
      style={{ left: Math.min(Math.max(x, 110), width - 130), top: y > 60 ? y - 50 : y + 12 }}
    >
      <b className="num">{formatDuration(row.responseS)}</b> {OUTCOME_LABEL[row.outcome]}
      <div className="clip muted">{visible(`${row.method} ${urlParts(row.url).path || row.entry}`, 60)}</div>
    </div>
  );
}

function pointOf(event: PointerEvent): Point {
  const box = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

function selectionBetween(plan: ScatterPlan, a: Point, b: Point): Selection {
  return {
    time: { startS: timeAt(plan, Math.min(a.x, b.x)), endS: timeAt(plan, Math.max(a.x, b.x)) },
    band: { fromS: responseAt(plan, Math.max(a.y, b.y)), toS: responseAt(plan, Math.min(a.y, b.y)) },
  };
}
