import type { KeyboardEvent, ReactNode } from 'react';
import { responseAt, type ScatterPlan, timeAt, xOf, yOf } from '../../summaries/scatter.ts';
import type { Selection } from '../../summaries/selection.ts';
import { formatClock, formatDuration } from '../../text/format.ts';
import type { SelectionState } from './use-selection.ts';

interface AreaProps {
  readonly plan: ScatterPlan;
  readonly selection: Selection;
}

interface Sides {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** In pixels, inside the plot; an axis that nothing is chosen on counts whole. */
function sidesOf(plan: ScatterPlan, { time, band }: Selection): Sides {
  const { left, top, width, height } = plan.box;
  const inX = (x: number): number => Math.min(left + width, Math.max(left, x));
  const inY = (y: number): number => Math.min(top + height, Math.max(top, y));
  return {
    left: time === null ? left : inX(xOf(plan, time.startS)),
    right: time === null ? left + width : inX(xOf(plan, time.endS)),
    top: band === null ? top : inY(yOf(plan, band.toS)),
    bottom: band === null ? top + height : inY(yOf(plan, band.fromS)),
  };
}

export function Area({ plan, selection }: AreaProps): ReactNode {
  const { left, right, top, bottom } = sidesOf(plan, selection);
  return (
    <rect
      className="scatter-area"
      data-testid="scatter-area"
      x={left}
      y={top}
      width={Math.max(1, right - left)}
      height={Math.max(1, bottom - top)}
    />
  );
}

/** Presses of a key from one end of an axis to the other, and with shift. */
const KEY_STEPS = 60;
const KEY_STEPS_SHIFT = 12;

const KEYS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

interface ScatterEndsProps {
  readonly plan: ScatterPlan;
  readonly selected: SelectionState;
  readonly height: number;
}

/** The four sides of the area as sliders: what dragging does, by keyboard. */
export function ScatterEnds({ plan, selected, height }: ScatterEndsProps): ReactNode {
  const { selection, isEmpty } = selected;
  const { box } = plan;
  const sides = sidesOf(plan, selection);
  const [middleX, middleY] = [(sides.left + sides.right) / 2, (sides.top + sides.bottom) / 2];

  function moveX(side: 'left' | 'right', by: number): void {
    const moved = { ...sides, [side]: sides[side] + by * box.width };
    if (moved.left < moved.right)
      selected.select({ ...selection, time: { startS: timeAt(plan, moved.left), endS: timeAt(plan, moved.right) } });
  }
  function moveY(side: 'top' | 'bottom', by: number): void {
    const moved = { ...sides, [side]: sides[side] - by * box.height };
    if (moved.top < moved.bottom)
      selected.select({
        ...selection,
        band: { fromS: responseAt(plan, moved.bottom), toS: responseAt(plan, moved.top) },
      });
  }
  const place = (x: number, y: number) => ({ left: x, top: Math.min(y, height) });
  const along = (x: number): number => (x - box.left) / box.width;
  const up = (y: number): number => 1 - (y - box.top) / box.height;
  const common = { isShown: !isEmpty };
  return (
    <div className="scatter-ends">
      <End
        {...common}
        label="Earliest start of the selection"
        value={along(sides.left)}
        text={formatClock(timeAt(plan, sides.left)).slice(0, 8)}
        style={place(sides.left, middleY)}
        onMove={(by) => moveX('left', by)}
      />
      <End
        {...common}
        label="Latest start of the selection"
        value={along(sides.right)}
        text={formatClock(timeAt(plan, sides.right)).slice(0, 8)}
        style={place(sides.right, middleY)}
        onMove={(by) => moveX('right', by)}
      />
      <End
        {...common}
        isUpright
        label="Shortest response time of the selection"
        value={up(sides.bottom)}
        text={formatDuration(responseAt(plan, sides.bottom))}
        style={place(middleX, sides.bottom)}
        onMove={(by) => moveY('bottom', by)}
      />
      <End
        {...common}
        isUpright
        label="Longest response time of the selection"
        value={up(sides.top)}
        text={formatDuration(responseAt(plan, sides.top))}
        style={place(middleX, sides.top)}
        onMove={(by) => moveY('top', by)}
      />
    </div>
  );
}

interface EndProps {
  readonly label: string;
  /** Along its axis, 0 to 1. */
  readonly value: number;
  readonly text: string;
  readonly isShown: boolean;
  readonly isUpright?: boolean;
  readonly style: { readonly left: number; readonly top: number };
  /** By this part of its axis. */
  readonly onMove: (by: number) => void;
}

function End({ label, value, text, isShown, isUpright = false, style, onMove }: EndProps): ReactNode {
  function onKeyDown(event: KeyboardEvent): void {
    const direction = KEYS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    onMove(direction / (event.shiftKey ? KEY_STEPS_SHIFT : KEY_STEPS));
  }
  return (
    <span
      role="slider"
      tabIndex={0}
      className="scatter-end"
      data-shown={isShown}
      aria-label={label}
      aria-orientation={isUpright ? 'vertical' : 'horizontal'}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value * 100)}
      aria-valuetext={text}
      style={style}
      onKeyDown={onKeyDown}
    />
  );
}
