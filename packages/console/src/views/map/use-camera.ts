import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import { type Box, type Camera, fitClear, pinch, readable, type Size, zoomAt } from '../../map/camera.ts';
import type { Point } from '../../map/geometry.ts';
import { useSize } from '../../widgets/use-size.ts';

const WHEEL_ZOOM = 0.0016;
const BUTTON_ZOOM = 1.3;
/** On a narrow screen a whole map would be too small to read. */
const NARROW_PX = 600;
const NARROW_ZOOM_MIN = 0.72;
/** A node closer to the edge is not quite in view. */
const EDGE_PX = 46;
const KEY_PAN_PX = 60;
/** Less than this is a click. */
const PAN_PX_MIN = 4;
/** So long after the last step of a zoom the map is drawn for it. */
const REST_MS = 160;

export interface CameraControl {
  /** Stays as it was while `isZooming`: until then only the layer itself is scaled. */
  readonly camera: Camera;
  readonly isZooming: boolean;
  readonly ready: boolean;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly fitAll: () => void;
  readonly centerOn: (point: Point) => void;
  /** Stays where it is from now on, also when the view changes its size. */
  readonly hold: () => void;
  readonly size: Size;
  /** Lets go of the map: the finger that held it moves something else now. */
  readonly drop: () => void;
  /** Moves only when the point is outside the view, or in the part of it that is covered from below. */
  readonly reveal: (point: Point, coveredShare: number) => void;
  readonly onKey: (key: string, shift: boolean) => boolean;
  /** Where on the map an event happened. */
  readonly toMap: (event: { readonly clientX: number; readonly clientY: number }) => Point;
  /** The press that just ended moved the map, so its click means nothing. */
  readonly wasPanned: () => boolean;
  /** The map is held and has been moved, though it may stand still just now. */
  readonly isPanning: () => boolean;
  readonly pointer: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
    readonly onPointerCancel: (event: PointerEvent) => void;
    readonly onPointerLeave: (event: PointerEvent) => void;
  };
}

/** Fits the map in `layer` clear of `overlays` (a selector) until the user moves it; from then on only the user moves it. */
export function useCamera(
  ref: RefObject<HTMLDivElement | null>,
  layer: RefObject<SVGSVGElement | null>,
  box: Box,
  fitMarginPx: number,
  overlays: string,
): CameraControl {
  const size = useSize(ref);
  const { own, put, zoomed, newest, isZooming, isHeld } = useOwnCamera(layer);
  const covers = useCovers(ref, overlays);
  const fitted = fitClear(box, size, fitMarginPx, covers);
  const first = size.width < NARROW_PX ? readable(fitted, box, size, NARROW_ZOOM_MIN) : fitted;
  const camera = own ?? first;
  const middle = { x: size.width / 2, y: size.height / 2 };
  const pan: Change = (next) => put(next(newest() ?? first));
  const zoom: Change = (next) => zoomed(next(newest() ?? first));
  useLayoutEffect(() => {
    if (!isHeld()) place(layer.current, camera);
  });

  const onWheel = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    const at = local(event, ref.current);
    zoom((before) => zoomAt(before, at, Math.exp(-event.deltaY * WHEEL_ZOOM * (event.ctrlKey ? 5 : 1))));
  });
  useEffect(() => {
    const element = ref.current;
    // React listens passively to wheels; this one must keep the page from scrolling.
    const listen = (event: WheelEvent): void => onWheel(event);
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [ref]);

  const pointers = usePointers(ref, pan, zoom);
  const fitAll = (): void => {
    place(layer.current, fitted);
    put(first === fitted ? null : fitted, 'rest');
  };
  const keys = keyMoves(pan, zoom, middle, fitAll);
  const centerOn = (point: Point): void =>
    pan((c) => ({ ...c, x: middle.x - point.x * c.zoom, y: middle.y - point.y * c.zoom }));

  return {
    camera,
    ready: size.width > 0,
    isZooming,
    zoomIn: () => keys['+']?.(),
    zoomOut: () => keys['-']?.(),
    fitAll,
    centerOn,
    hold: () => put(newest() ?? first, 'rest'),
    size,
    reveal: (point, coveredShare) => {
      const now = newest() ?? first;
      const [left, top] = [point.x * now.zoom + now.x, point.y * now.zoom + now.y];
      const height = size.height * (1 - coveredShare);
      const inside = left >= EDGE_PX && top >= EDGE_PX && left <= size.width - EDGE_PX && top <= height - EDGE_PX;
      if (!inside) put({ ...now, x: middle.x - point.x * now.zoom, y: height / 2 - point.y * now.zoom }, 'rest');
    },
    onKey: (key, shift) => {
      const move = keys[key];
      // Without shift, arrows go from node to node.
      if (move === undefined || (key.startsWith('Arrow') && !shift)) return false;
      move();
      return true;
    },
    toMap: (event) => {
      const at = local(event, ref.current);
      const now = newest() ?? first;
      return { x: (at.x - now.x) / now.zoom, y: (at.y - now.y) / now.zoom };
    },
    ...pointers,
  };
}

type Change = (next: (camera: Camera) => Camera) => void;

interface OwnCamera {
  /** Null: the whole map. */
  readonly own: Camera | null;
  readonly isZooming: boolean;
  /** Where it is by now, drawn or not. */
  readonly newest: () => Camera | null;
  readonly isHeld: () => boolean;
  /** `rest` ends a zoom at once; else one that is under way goes on from there. */
  readonly put: (camera: Camera | null, how?: 'rest') => void;
  /** One step of a zoom. */
  readonly zoomed: (camera: Camera) => void;
}

/** The camera of the user. A zoom has many steps: React hears of its first and, when it rests, of where it led. */
function useOwnCamera(layer: RefObject<SVGSVGElement | null>): OwnCamera {
  const [own, setOwn] = useState<Camera | null>(null);
  const [isZooming, setZooming] = useState(false);
  const newest = useRef<Camera | null>(null);
  const resting = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => clearTimeout(resting.current ?? undefined), []);

  function rest(): void {
    clearTimeout(resting.current ?? undefined);
    resting.current = null;
    setZooming(false);
    setOwn(newest.current);
  }
  function zoomed(camera: Camera): void {
    newest.current = camera;
    place(layer.current, camera);
    if (resting.current === null) setZooming(true);
    else clearTimeout(resting.current);
    resting.current = setTimeout(rest, REST_MS);
  }
  return {
    own,
    isZooming,
    newest: () => newest.current,
    isHeld: () => resting.current !== null,
    put: (camera, how) => {
      if (resting.current !== null && how !== 'rest' && camera !== null) {
        zoomed(camera);
        return;
      }
      newest.current = camera;
      rest();
    },
    zoomed,
  };
}

/** The transform that the compositor applies: nothing is laid out or drawn for it. */
function place(layer: SVGSVGElement | null, { x, y, zoom }: Camera): void {
  if (layer === null) return;
  layer.style.transform = `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px) scale(${zoom.toFixed(4)})`;
}

/** What lies over the map, where its size is not the map's. */
function useCovers(ref: RefObject<HTMLDivElement | null>, overlays: string): readonly Box[] {
  const [covers, setCovers] = useState<readonly Box[]>([]);
  useLayoutEffect(() => {
    const frame = ref.current;
    if (frame === null) return undefined;
    const over = [...frame.querySelectorAll<HTMLElement>(overlays)];
    const measure = (): void =>
      setCovers(
        over.map(({ offsetLeft: left, offsetTop: top, offsetWidth, offsetHeight }) => ({
          left,
          top,
          right: left + offsetWidth,
          bottom: top + offsetHeight,
        })),
      );
    measure();
    const observer = new ResizeObserver(measure);
    for (const element of [frame, ...over]) observer.observe(element);
    return () => observer.disconnect();
  }, [ref, overlays]);
  return covers;
}

/** One finger or button moves, two fingers zoom. */
function usePointers(
  ref: RefObject<HTMLDivElement | null>,
  pan: Change,
  zoom: Change,
): Pick<CameraControl, 'pointer' | 'wasPanned' | 'isPanning' | 'drop'> {
  const pointers = useRef(new Map<number, Point>());
  const pannedPx = useRef(0);

  function onPointerMove(event: PointerEvent): void {
    const held = pointers.current;
    const before = held.get(event.pointerId);
    if (before === undefined) return;
    const now = local(event, ref.current);
    pannedPx.current += distance(before, now);
    if (held.size === 1) pan((c) => ({ ...c, x: c.x + now.x - before.x, y: c.y + now.y - before.y }));
    const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
    if (held.size === 2 && other !== undefined) {
      zoom((c) => pinch(c, [before, other], [now, other]));
    }
    held.set(event.pointerId, now);
  }
  const release = (event: PointerEvent): void => void pointers.current.delete(event.pointerId);
  function onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    pannedPx.current = 0;
    pointers.current.set(event.pointerId, local(event, ref.current));
  }
  return {
    wasPanned: () => pannedPx.current > PAN_PX_MIN,
    isPanning: () => pointers.current.size > 0 && pannedPx.current > PAN_PX_MIN,
    drop: () => pointers.current.clear(),
    pointer: {
      onPointerDown,
      onPointerMove,
      onPointerUp: release,
      onPointerCancel: release,
      onPointerLeave: release,
    },
  };
}

function keyMoves(
  panned: Change,
  zoomed: Change,
  middle: Point,
  fitAll: () => void,
): Readonly<Record<string, () => void>> {
  const pan = (x: number, y: number): void => panned((c) => ({ ...c, x: c.x + x, y: c.y + y }));
  const zoom = (factor: number): void => zoomed((c) => zoomAt(c, middle, factor));
  return {
    ArrowLeft: () => pan(KEY_PAN_PX, 0),
    ArrowRight: () => pan(-KEY_PAN_PX, 0),
    ArrowUp: () => pan(0, KEY_PAN_PX),
    ArrowDown: () => pan(0, -KEY_PAN_PX),
    '+': () => zoom(BUTTON_ZOOM),
    '=': () => zoom(BUTTON_ZOOM),
    '-': () => zoom(1 / BUTTON_ZOOM),
    '0': fitAll,
  };
}

function local(event: { readonly clientX: number; readonly clientY: number }, element: HTMLElement | null): Point {
  const frame = element?.getBoundingClientRect();
  return { x: event.clientX - (frame?.left ?? 0), y: event.clientY - (frame?.top ?? 0) };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
