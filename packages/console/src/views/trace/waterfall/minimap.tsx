import { type PointerEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import { formatDuration } from '../../../text/format.ts';
import { fitWindow, type TimeWindow, wholeWindow } from '../../../trace/time-window.ts';
import type { TracePlan } from '../../../trace/trace-plan.ts';
import { useSize } from '../../../widgets/use-size.ts';
import { type Palette, paletteOf } from './palette.ts';

interface MinimapProps {
  readonly plan: TracePlan;
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
}

const HEIGHT_PX = 46;
const HANDLE_PX = 7;

type Grip = 'from' | 'to' | 'both' | 'new';
interface Drag {
  readonly grip: Grip;
  readonly startX: number;
  readonly window: TimeWindow;
}

/** The whole trace at a glance. A drag chooses what is seen, its edges and its middle move it; the keyboard has sliders for both. */
export function Minimap({ plan, window, onWindow }: MinimapProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(box);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context != null && box.current !== null && width > 0) {
      drawOverview(context, paletteOf(box.current, scheme), plan, width);
    }
  }, [plan, width, scheme]);

  const [from, to] = [window.fromUs / plan.lengthUs, window.toUs / plan.lengthUs];
  const isWhole = from <= 0 && to >= 1;
  const handlers = useBrush({ plan, window, onWindow, box, width });
  return (
    <div className="trace-minimap" ref={box} data-testid="trace-minimap">
      <canvas ref={canvas} aria-hidden style={{ width, height: HEIGHT_PX }} />
      <div className="trace-minimap-area" {...handlers} onDoubleClick={() => onWindow(wholeWindow(plan.lengthUs))}>
        {isWhole ? null : (
          <>
            <span className="trace-minimap-out" style={{ left: 0, width: `${from * 100}%` }} />
            <span className="trace-minimap-out" style={{ left: `${to * 100}%`, right: 0 }} />
            <span className="trace-minimap-window" style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} />
          </>
        )}
      </div>
      {(['fromUs', 'toUs'] as const).map((edge) => (
        <input
          key={edge}
          type="range"
          className="trace-minimap-slider"
          aria-label={edge === 'fromUs' ? 'Start of what is shown' : 'End of what is shown'}
          aria-valuetext={formatDuration(window[edge] / 1e6)}
          min={0}
          max={1000}
          value={Math.round((window[edge] / plan.lengthUs) * 1000)}
          onChange={(event) =>
            onWindow(
              fitWindow({ ...window, [edge]: (Number(event.target.value) / 1000) * plan.lengthUs }, plan.lengthUs),
            )
          }
        />
      ))}
    </div>
  );
}

interface Brush extends MinimapProps {
  readonly box: RefObject<HTMLElement | null>;
  readonly width: number;
}

interface BrushHandlers {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
}

function useBrush({ plan, window, onWindow, box, width }: Brush): BrushHandlers {
  const [drag, setDrag] = useState<Drag | null>(null);
  const [from, to] = [window.fromUs / plan.lengthUs, window.toUs / plan.lengthUs];
  const isWhole = from <= 0 && to >= 1;
  const xOf = (event: PointerEvent): number => event.clientX - (box.current?.getBoundingClientRect().left ?? 0);
  function start(event: PointerEvent): void {
    if (event.button !== 0) return;
    const x = xOf(event);
    const near = (edge: number): boolean => !isWhole && Math.abs(x - edge * width) <= HANDLE_PX;
    const inside = !isWhole && x > from * width && x < to * width;
    const grip: Grip = near(from) ? 'from' : near(to) ? 'to' : inside ? 'both' : 'new';
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ grip, startX: x, window });
  }
  function move(event: PointerEvent): void {
    if (drag === null || width === 0) return;
    const us = (x: number): number => (Math.max(0, Math.min(width, x)) / width) * plan.lengthUs;
    const x = xOf(event);
    const by = ((x - drag.startX) / width) * plan.lengthUs;
    if (drag.grip === 'new' && Math.abs(x - drag.startX) < 4) return;
    const moved: Readonly<Record<Grip, TimeWindow>> = {
      new: { fromUs: us(drag.startX), toUs: us(x) },
      from: { fromUs: Math.min(us(x), drag.window.toUs), toUs: drag.window.toUs },
      to: { fromUs: drag.window.fromUs, toUs: Math.max(us(x), drag.window.fromUs) },
      both: { fromUs: drag.window.fromUs + by, toUs: drag.window.toUs + by },
    };
    onWindow(fitWindow(moved[drag.grip], plan.lengthUs));
  }
  return { onPointerDown: start, onPointerMove: move, onPointerUp: () => setDrag(null) };
}

function drawOverview(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { overview }: TracePlan,
  width: number,
): void {
  const scale = globalThis.devicePixelRatio || 1;
  context.canvas.width = Math.round(width * scale);
  context.canvas.height = Math.round(HEIGHT_PX * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const { columns, lanes, cells } = overview;
  const colors = ['', palette.outcomeSoft.ok, palette.outcome.error, palette.outcome.fault];
  const laneHeight = (HEIGHT_PX - 6) / lanes;
  for (let lane = 0; lane < lanes; lane += 1) {
    const top = 3 + lane * laneHeight;
    const thick = Math.min(5, Math.max(1, laneHeight * 0.72));
    for (let column = 0; column < columns; column += 1) {
      const cell = cells[lane * columns + column] ?? 0;
      if (cell === 0) continue;
      let end = column + 1;
      while (end < columns && cells[lane * columns + end] === cell) end += 1;
      context.fillStyle = colors[cell] ?? '';
      context.fillRect((column / columns) * width, top, ((end - column) / columns) * width, thick);
      column = end - 1;
    }
  }
}
