import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react';
import { fitWindow, panWindow, type TimeWindow, zoomWindow } from '../../../trace/time-window.ts';
import type { WaterfallLayout } from './layout.ts';

interface AxisMouse {
  readonly area: RefObject<HTMLElement | null>;
  readonly layout: WaterfallLayout;
  readonly window: TimeWindow;
  readonly lengthUs: number;
  readonly onWindow: (window: TimeWindow) => void;
}

/** A drag shorter than this is a click. */
const DRAG_PX_MIN = 4;
const WHEEL_FACTOR = 1.0018;

export interface AxisDrag {
  readonly from: number;
  readonly to: number;
}

/** Ctrl and wheel zooms at the pointer, shift and wheel (or sideways) moves, a drag over the axis chooses what to see. */
export function useAxisMouse({ area, layout, window, lengthUs, onWindow }: AxisMouse): {
  readonly drag: AxisDrag | null;
  readonly wasDrag: () => boolean;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
  };
} {
  const [drag, setDrag] = useState<AxisDrag | null>(null);
  const dragged = useRef(false);
  const toUs = (x: number): number =>
    window.fromUs + ((x - layout.axisFrom) / (layout.axisTo - layout.axisFrom)) * (window.toUs - window.fromUs);
  const xOf = (event: { clientX: number }): number => event.clientX - (area.current?.getBoundingClientRect().left ?? 0);

  const onWheel = useEffectEvent((event: WheelEvent) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      onWindow(zoomWindow(window, WHEEL_FACTOR ** event.deltaY, toUs(xOf(event)), lengthUs));
      return;
    }
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (sideways === 0 || Math.abs(sideways) < Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
    event.preventDefault();
    onWindow(panWindow(window, sideways / (layout.axisTo - layout.axisFrom), lengthUs));
  });
  useEffect(() => {
    const element = area.current;
    const listener = (event: WheelEvent): void => onWheel(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, [area]);

  return {
    drag,
    wasDrag: () => dragged.current,
    handlers: {
      onPointerDown(event) {
        dragged.current = false;
        const x = xOf(event);
        if (event.button !== 0 || event.pointerType === 'touch' || x < layout.axisFrom) return;
        setDrag({ from: x, to: x });
      },
      onPointerMove(event) {
        if (drag === null) return;
        const to = Math.max(layout.axisFrom, Math.min(layout.axisTo, xOf(event)));
        if (Math.abs(to - drag.from) > DRAG_PX_MIN && !dragged.current) {
          dragged.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
        }
        setDrag({ from: drag.from, to });
      },
      onPointerUp() {
        if (drag !== null && dragged.current) {
          onWindow(fitWindow({ fromUs: toUs(drag.from), toUs: toUs(drag.to) }, lengthUs));
        }
        setDrag(null);
      },
    },
  };
}
