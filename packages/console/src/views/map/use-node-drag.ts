import type { Position } from '@fluoroscope/api';
import { type PointerEvent, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { UNIT_PX } from '../../map/geometry.ts';
import type { MapNode } from '../../map/graph.ts';

/** Less than this is a click. */
const DRAG_PX_MIN = 6;
/** So long a finger rests on a node before it takes it along. */
const TOUCH_REST_MS = 320;

export type MoveNode = (key: string, position: Position) => void;

export interface NodeDrag {
  readonly moved: MapNode | null;
  readonly onPointerDown: (event: PointerEvent, node: MapNode) => void;
  /** True once after a drag: the click that ends it selects nothing. */
  readonly justDragged: () => boolean;
}

/** With mouse or pen at once; with a finger after it has rested on the node, or else small screens could hardly be moved. */
export function useNodeDrag(zoom: number, onMove: MoveNode | undefined, dropMap: () => void): NodeDrag {
  const [moved, setMoved] = useState<MapNode | null>(null);
  const dragged = useRef(false);
  const latest = useRef({ zoom, onMove, dropMap });
  useLayoutEffect(() => {
    latest.current = { zoom, onMove, dropMap };
  });

  const onPointerDown = useCallback((event: PointerEvent, node: MapNode): void => {
    if (event.button !== 0 || latest.current.onMove === undefined) return;
    const isTouch = event.pointerType === 'touch';
    if (!isTouch) event.stopPropagation();
    const { pointerId } = event;
    const start = { x: event.clientX, y: event.clientY };
    let at: Position | null = null;
    let isHeld = !isTouch;
    dragged.current = false;
    const rest = setTimeout(() => {
      if (isHeld) return;
      isHeld = true;
      latest.current.dropMap();
      setMoved(node);
    }, TOUCH_REST_MS);

    function move(now: globalThis.PointerEvent): void {
      if (now.pointerId !== pointerId) return;
      const [dx, dy] = [now.clientX - start.x, now.clientY - start.y];
      if (at === null && Math.hypot(dx, dy) < DRAG_PX_MIN) return;
      if (!isHeld) {
        end(now);
        return;
      }
      const scale = latest.current.zoom * UNIT_PX;
      at = { x: thousandths(node.position.x + dx / scale), y: thousandths(node.position.y + dy / scale) };
      setMoved({ ...node, position: at });
    }
    function end(now: globalThis.PointerEvent): void {
      if (now.pointerId !== pointerId) return;
      clearTimeout(rest);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
      setMoved(null);
      if (at === null) return;
      dragged.current = true;
      latest.current.onMove?.(node.key, at);
    }
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
  }, []);

  function justDragged(): boolean {
    const was = dragged.current;
    dragged.current = false;
    return was;
  }
  return { moved, onPointerDown, justDragged };
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
