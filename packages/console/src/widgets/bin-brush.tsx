import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';

/** Bins from `first` to `last`, both included. */
export interface BinRange {
  readonly first: number;
  readonly last: number;
}

/** What one press of an arrow key moves an end by, and with shift. */
const KEY_BINS = 1;
const KEY_BINS_SHIFT = 5;

interface BinBrushProps {
  readonly binCount: number;
  readonly chosen: BinRange | null;
  readonly onChoose: (chosen: BinRange | null) => void;
  readonly onHover: (bin: number | null) => void;
  /** Names of the two ends, and what a place on the axis is called. */
  readonly ends: readonly [string, string];
  readonly print: (edge: number) => string;
  readonly testId: string;
}

/** Takes the pointer over bins; both ends of what is chosen are sliders for the keyboard. */
export function BinBrush({ binCount, chosen, onChoose, onHover, ends, print, testId }: BinBrushProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const start = useRef<number | null>(null);
  const { first, last } = chosen ?? { first: 0, last: binCount - 1 };

  function clamp(bin: number): number {
    return Math.min(binCount - 1, Math.max(0, bin));
  }
  function binAt(event: PointerEvent): number {
    const bounds = frame.current?.getBoundingClientRect();
    return bounds === undefined ? 0 : clamp(Math.floor(((event.clientX - bounds.left) / bounds.width) * binCount));
  }
  function choose(x: number, y: number): void {
    onChoose({ first: Math.min(x, y), last: Math.max(x, y) });
  }
  function onKey(event: KeyboardEvent, end: 0 | 1): void {
    if (event.key === 'Escape' && chosen !== null) {
      event.stopPropagation();
      onChoose(null);
    }
    const step = (event.shiftKey ? KEY_BINS_SHIFT : KEY_BINS) * ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0);
    if (step === 0) return;
    event.preventDefault();
    if (end === 0) choose(Math.min(clamp(first + step), last), last);
    else choose(first, Math.max(clamp(last + step), first));
  }
  return (
    <div
      ref={frame}
      className="bin-brush"
      data-testid={testId}
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target instanceof Element && event.target.closest('[role="slider"]') !== null))
          return;
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = binAt(event);
      }}
      onPointerMove={(event) => {
        onHover(binAt(event));
        if (start.current !== null && start.current !== binAt(event)) choose(start.current, binAt(event));
      }}
      onPointerUp={(event) => {
        // A click without a drag chooses the one bin.
        if (start.current !== null && start.current === binAt(event)) choose(start.current, start.current);
        start.current = null;
      }}
      onPointerCancel={() => (start.current = null)}
      onPointerLeave={() => onHover(null)}
    >
      {ends.map((name, at) => {
        const edge = at === 0 ? first : last + 1;
        return (
          <span
            key={name}
            role="slider"
            tabIndex={0}
            className="bin-brush-end"
            style={{ left: `${(edge / binCount) * 100}%` }}
            data-shown={chosen !== null}
            aria-label={name}
            aria-valuemin={0}
            aria-valuemax={binCount}
            aria-valuenow={edge}
            aria-valuetext={print(edge)}
            onKeyDown={(event) => onKey(event, at === 0 ? 0 : 1)}
          />
        );
      })}
    </div>
  );
}
