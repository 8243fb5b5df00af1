import { useComputedColorScheme } from '@mantine/core';
import {
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { formatTick } from '../../../text/format.ts';
import { timeTicks } from '../../../trace/ticks.ts';
import type { TimeWindow } from '../../../trace/time-window.ts';
import type { TracePlan } from '../../../trace/trace-plan.ts';
import { type Folding, listVisible, type VisibleRows } from '../../../trace/visible-rows.ts';
import { useSize } from '../../../widgets/use-size.ts';
import { drawWaterfall, type Picture, toX } from './draw.ts';
import { FOLD_PX, indentOf, layWaterfall, planScroll, ROW_PX, type Scroll, type WaterfallLayout } from './layout.ts';
import { paletteOf } from './palette.ts';
import { type AxisDrag, useAxisMouse } from './use-axis-mouse.ts';
import { toggled, waterfallKeys } from './use-waterfall-keys.ts';
import { WaterfallRows } from './waterfall-rows.tsx';

export interface WaterfallProps {
  readonly plan: TracePlan;
  readonly folding: Folding;
  readonly onFold: (folding: Folding) => void;
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
  readonly selected: number;
  /** −1 for none. */
  readonly onSelect: (row: number) => void;
  /** Row that must come into view; each new object asks anew. */
  readonly shown: { readonly row: number } | null;
  readonly hits: ReadonlySet<number>;
  readonly showCritical: boolean;
}

/** While the page scrolls only the canvas follows; rows for the keyboard, tests and readers come this long after. */
const SETTLE_MS = 90;

/** Lines on a canvas; over it, as elements, those in view. */
export function Waterfall(props: WaterfallProps): ReactNode {
  const { plan, folding, onFold, window, selected, onSelect, shown } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(scroller);
  const layout = useMemo(() => layWaterfall(width, height), [width, height]);
  const rows = useMemo(() => listVisible(plan, folding), [plan, folding]);
  const scroll = useMemo(() => planScroll(rows.items.length, height), [rows, height]);
  const [hasFocus, setHasFocus] = useState(false);
  const [top, setTop] = useState(0);
  const { focused, setFocused, focus } = useLineFocus({ scroller, rows, scroll, height, shown });
  const picture = usePicture(props, rows, layout, hasFocus ? focused : -1);
  useDrawing({ canvas, scroller }, picture, scroll, setTop);
  const mouse = useAxisMouse({ area: scroller, layout, window, lengthUs: plan.lengthUs, onWindow: props.onWindow });

  function choose(line: number, event: MouseEvent): void {
    if (mouse.wasDrag()) return;
    const item = rows.items[line] ?? 0;
    setFocused(line);
    const x = event.clientX - (scroller.current?.getBoundingClientRect().left ?? 0);
    const foldFrom = indentOf(rows.depth[line] ?? 0);
    const isFold = x >= foldFrom - 4 && x <= foldFrom + FOLD_PX && (plan.childCount[item] ?? 0) > 0;
    if (item < 0 || isFold) onFold(toggled(folding, item));
    else onSelect(item === selected ? -1 : item);
  }
  const keys = waterfallKeys({ plan, rows, folding, onFold, onSelect, focused, focus });
  return (
    <div className="waterfall">
      <AxisHead layout={layout} window={window} ticks={picture.ticks} />
      <div
        className="wf-scroll"
        ref={scroller}
        role="treegrid"
        aria-label="Timeline"
        aria-rowcount={rows.items.length}
        aria-activedescendant={`wf-${rows.items[focused] ?? 0}`}
        tabIndex={0}
        onKeyDown={keys}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
        data-testid="timeline"
        {...mouse.handlers}
      >
        <div className="wf-layer" role="rowgroup" style={{ height }}>
          <canvas ref={canvas} className="wf-canvas" aria-hidden />
          <WaterfallRows {...{ plan, rows, folding, selected, focused, top, height, onChoose: choose }} />
          <BrushMark drag={mouse.drag} />
        </div>
        <div style={{ height: Math.max(0, scroll.scrollPx - height) }} aria-hidden />
      </div>
    </div>
  );
}

function BrushMark({ drag }: { readonly drag: AxisDrag | null }): ReactNode {
  if (drag === null) return null;
  return (
    <div className="wf-brush" style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from) }} />
  );
}

interface LineFocus {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rows: VisibleRows;
  readonly scroll: Scroll;
  readonly height: number;
  readonly shown: WaterfallProps['shown'];
}

/** The line that keys act on; moving it scrolls. */
function useLineFocus({ scroller, rows, scroll, height, shown }: LineFocus): {
  readonly focused: number;
  readonly setFocused: (line: number) => void;
  readonly focus: (line: number) => void;
} {
  const [focused, setFocused] = useState(0);
  function show(line: number, isFar: boolean): void {
    const element = scroller.current;
    if (element === null) return;
    const at = scroll.topOf(element.scrollTop);
    const lineTop = line * ROW_PX;
    if (lineTop >= at && lineTop + ROW_PX <= at + height) return;
    const near = lineTop < at ? lineTop : lineTop + ROW_PX - height;
    element.scrollTo({ top: scroll.scrollTopOf(Math.max(0, isFar ? lineTop - height / 2 : near)) });
  }
  const isLaid = height > 0;
  const lineOf = (row: number): number => rows.items.indexOf(row);
  const [seen, setSeen] = useState(shown);
  if (seen !== shown) {
    setSeen(shown);
    if (shown !== null) setFocused(Math.max(0, lineOf(shown.row)));
  }
  const reveal = useEffectEvent((row: number) => {
    const line = lineOf(row);
    if (line >= 0) show(line, true);
  });
  useEffect(() => {
    if (shown !== null && isLaid) reveal(shown.row);
  }, [shown, isLaid]);
  return {
    focused,
    setFocused,
    focus(line) {
      const at = Math.max(0, Math.min(rows.items.length - 1, line));
      setFocused(at);
      show(at, false);
    },
  };
}

/** A picture but for where it is scrolled to, and in which colours. */
type Pose = Omit<Picture, 'top' | 'palette'> & { readonly scheme: string };

function usePicture(props: WaterfallProps, rows: VisibleRows, layout: WaterfallLayout, focused: number): Pose {
  const { plan, folding, window, selected, hits, showCritical } = props;
  const scheme = useComputedColorScheme('light');
  const serviceIndex = useMemo(() => servicesOf(plan), [plan]);
  const critical = useMemo(() => (showCritical ? criticalRows(plan) : null), [plan, showCritical]);
  return useMemo(() => {
    const { closedRows, openGroups } = folding;
    const ticks = ticksOf(window, layout.width < 700 ? 2 : 6);
    const drawn = { plan, rows, layout, window, selected, focused, hits, serviceIndex, critical };
    return { ...drawn, scheme, closedRows, openGroups, ticks };
  }, [plan, rows, layout, scheme, window, selected, focused, hits, serviceIndex, critical, folding]);
}

interface Surface {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly scroller: RefObject<HTMLElement | null>;
}

/** Draws at once what changed, and on every frame in which the page scrolled. */
function useDrawing({ canvas, scroller }: Surface, pose: Pose, scroll: Scroll, onSettled: (top: number) => void): void {
  const draw = useEffectEvent((drawn: Pose, way: Scroll) => {
    const context = canvas.current?.getContext('2d', { alpha: false });
    const host = scroller.current;
    if (context == null || host === null || drawn.layout.width === 0) return;
    sizeCanvas(context, drawn.layout);
    drawWaterfall(context, { ...drawn, palette: paletteOf(host, drawn.scheme), top: way.topOf(host.scrollTop) });
  });
  const settled = useEffectEvent((way: Scroll) => onSettled(way.topOf(scroller.current?.scrollTop ?? 0)));
  useLayoutEffect(() => {
    draw(pose, scroll);
    settled(scroll);
  }, [pose, scroll]);
  const drawAgain = useEffectEvent(() => draw(pose, scroll));
  const settledAgain = useEffectEvent(() => settled(scroll));
  useEffect(() => {
    const element = scroller.current;
    let frame = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    function onScroll(): void {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => drawAgain());
      clearTimeout(timer);
      timer = setTimeout(() => settledAgain(), SETTLE_MS);
    }
    element?.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      element?.removeEventListener('scroll', onScroll);
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [scroller]);
}

function sizeCanvas(context: CanvasRenderingContext2D, { width, height }: WaterfallLayout): void {
  const scale = globalThis.devicePixelRatio || 1;
  const { canvas } = context;
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
}

/** A label that would not fit to the right of its line stands to the left of it. */
const TICK_CHAR_PX = 8;

function AxisHead(props: {
  readonly layout: WaterfallLayout;
  readonly window: TimeWindow;
  readonly ticks: readonly number[];
}): ReactNode {
  const { layout, window, ticks } = props;
  return (
    <div className="wf-head" aria-hidden>
      <span style={{ left: 16 }}>Segment</span>
      {layout.hostTo === 0 ? null : <span style={{ left: layout.hostFrom }}>Hosted in</span>}
      {layout.statusTo === 0 ? null : <span style={{ left: layout.statusTo - 30 }}>HTTP</span>}
      <span style={{ left: layout.timeTo - 32 }}>Time</span>
      {ticks.map((tick) => {
        const x = toX(layout, window, tick);
        const label = tick === 0 ? '0' : formatTick(tick / 1e6);
        const isLast = x > layout.width - label.length * TICK_CHAR_PX;
        return (
          <span key={tick} className="num wf-tick" data-last={isLast} style={{ left: x }}>
            {label}
          </span>
        );
      })}
    </div>
  );
}

/** Round times in view, µs. */
function ticksOf({ fromUs, toUs }: TimeWindow, wanted: number): readonly number[] {
  const [, step = toUs - fromUs] = timeTicks((toUs - fromUs) / 1e6, wanted);
  const stepUs = step * 1e6 || toUs - fromUs;
  const first = Math.ceil(fromUs / stepUs - 1e-9);
  const last = Math.floor(toUs / stepUs + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * stepUs);
}

/** Services in the order of their first rows. */
export function servicesOf(plan: TracePlan): ReadonlyMap<number, number> {
  const index = new Map<number, number>();
  for (const service of plan.service) if (!index.has(service)) index.set(service, index.size);
  return index;
}

function criticalRows({ critical }: TracePlan): ReadonlyMap<number, readonly (readonly [number, number])[]> {
  const rows = new Map<number, [number, number][]>();
  for (const [at, row] of critical.row.entries()) {
    const own = rows.get(row) ?? [];
    own.push([critical.from[at] ?? 0, critical.to[at] ?? 0]);
    rows.set(row, own);
  }
  return rows;
}
