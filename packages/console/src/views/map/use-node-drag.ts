import type { Position } from '@fluoroscope/api';
import { type PointerEvent, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { UNIT_PX } from '../../map/geometry.ts';
import type { MapNode } from '../../map/graph.ts';

/** Less than this is a click. */
const DRAG_PX_MIN = 4;

export type MoveNode = (key: string, position: Position) => void;

export interface NodeDrag {
  readonly moved: MapNode | null;
  readonly onPointerDown: (event: PointerEvent, node: MapNode) => void;
  /** True once after a drag: the click that ends it selects nothing. */
  readonly justDragged: () => boolean;
}

/** With mouse or pen; a finger on a node pans, or else small screens could hardly be moved. */
export function useNodeDrag(zoom: number, onMove: MoveNode | undefined): NodeDrag {
  const [moved, setMoved] = useState<MapNode | null>(null);
  const dragged = useRef(false);
  const latest = useRef({ zoom, onMove });
  useLayoutEffect(() => {
    latest.current = { zoom, onMove };
  });

  const onPointerDown = useCallback((event: PointerEvent, node: MapNode): void => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    event.stopPropagation();
    const start = { x: event.clientX, y: event.clientY };
    let at: Position | null = null;
    dragged.current = false;

    function move(now: globalThis.PointerEvent): void {
      const [dx, dy] = [now.clientX - start.x, now.clientY - start.y];
      if (at === null && Math.hypot(dx, dy) < DRAG_PX_MIN) return;
      const scale = latest.current.zoom * UNIT_PX;
      at = { x: thousandths(node.position.x + dx / scale), y: thousandths(node.position.y + dy / scale) };
      setMoved({ ...node, position: at });
    }
    function end(): void {
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
