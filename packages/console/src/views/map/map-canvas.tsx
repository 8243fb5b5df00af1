import { IconFocusCentered, IconMinus, IconPlus } from '@tabler/icons-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from 'react';
import { type Box, boxAround } from '../../map/camera.ts';
import { type Detail, detailOf, edgeAt, isLarge, nodeAt, tiledView } from '../../map/detail.ts';
import type { Change } from '../../map/diff.ts';
import type { EdgeWeight } from '../../map/drawing.ts';
import { toPixels } from '../../map/geometry.ts';
import type { MapEdge, MapGraph, MapNode } from '../../map/graph.ts';
import type { NodeSizing } from '../../map/sizes.ts';
import { firstNode, walk, WAYS } from '../../map/walk.ts';
import type { LatencyFigure, MapSelection } from '../../url/map-place.ts';
import { useStable } from '../../widgets/use-stable.ts';
import { MapLayers } from './map-layers.tsx';
import { Minimap } from './minimap.tsx';
import { type CameraControl, useCamera } from './use-camera.ts';
import { type MoveNode, type NodeDrag, useNodeDrag } from './use-node-drag.ts';

const PADDING = { x: 74, top: 58, bottom: 84 };
/** Below this width the panel lies over the lower part of the map. */
const PANEL_BELOW_PX = 760;
const PANEL_SHARE = 0.62;
/** From so many nodes on it helps to see where in the map one is. */
const MINIMAP_NODES_MIN = 40;

export interface CanvasTarget {
  readonly key: string | null;
}

export interface MapCanvasProps {
  readonly graph: MapGraph;
  readonly windowS: number;
  readonly selected: MapSelection | null;
  readonly onSelect: (selection: MapSelection | null) => void;
  readonly label: string;
  /** Absent: nodes cannot be moved. */
  readonly onMove?: MoveNode;
  /** Of a box: show its members, or of a member: gather it again. */
  readonly onToggle?: (node: MapNode) => void;
  readonly onFocusNode?: (key: string) => void;
  /** Changes when the map shall be fitted again or show a node. */
  readonly target?: CanvasTarget | null;
  readonly compact?: boolean;
  readonly weigh?: EdgeWeight;
  readonly sizing?: NodeSizing;
  readonly latency?: LatencyFigure;
  /** By key of a node or edge, when two windows are compared. */
  readonly changes?: ReadonlyMap<string, Change> | null;
  readonly children?: ReactNode;
}

export function MapCanvas(props: MapCanvasProps): ReactNode {
  const { graph, selected, onSelect, label, onMove, onToggle, onFocusNode, target = null, compact = false } = props;
  const { weigh = 'traffic', sizing = 'none', latency = 'average', changes = null } = props;
  const frame = useRef<HTMLDivElement>(null);
  const layer = useRef<SVGSVGElement>(null);
  const points = useMemo(() => graph.nodes.map((node) => toPixels(node.position)), [graph.nodes]);
  const box = useMemo(() => boxAround(points, PADDING), [points]);
  const hasMinimap = !compact && graph.nodes.length >= MINIMAP_NODES_MIN;
  const control = useCamera(frame, layer, box, compact ? 6 : 28, hasMinimap ? '.legend, .minimap' : '.legend');
  const drag = useNodeDrag(control.camera.zoom, onMove, control.drop);
  useTarget(graph, control, target);
  useShown(graph, control, compact ? null : selected);
  const near = useMemo(() => neighbours(graph, selected), [graph, selected]);
  const placed = useMemo(() => placeDragged(graph, drag.moved), [graph, drag.moved]);
  const cursor = useCursor(frame, graph, selected);

  const late = useDeferredValue(placed);

  const { moving, isMoving } = useMoving(control);
  const { detail, view } = useView(graph.nodes.length, control);

  const { pickNode, pickEdge, reveal, onBackground } = useChoices(props, { control, drag, cursor, detail });
  const toggle = useStable((node: MapNode): void => onToggle?.(node));

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && selected !== null) onSelect(null);
    else if (control.onKey(event.key, event.shiftKey) || (!compact && cursor.onKey(event.key))) event.preventDefault();
    else if (event.key === 'f' && cursor.key !== null) onFocusNode?.(cursor.key);
    else if (event.key === 'e') graph.nodes.filter(({ key }) => key === cursor.key).forEach(toggle);
  }
  return (
    <div
      className="canvas"
      ref={frame}
      data-compact={compact}
      onKeyDown={onKeyDown}
      onClick={onBackground}
      {...control.pointer}
    >
      <svg
        className="canvas-svg"
        ref={layer}
        role="group"
        aria-label={label}
        tabIndex={-1}
        data-large={isLarge(graph.nodes.length)}
        data-detail={detail}
        data-moving={moving}
        data-zooming={control.isZooming}
        data-labels={control.camera.zoom >= LABEL_ZOOM}
      >
        <Patterns />
        {control.ready ? (
          <MapLayers
            graph={isLarge(graph.nodes.length) ? late : placed}
            windowS={props.windowS}
            {...{ near, view, detail, selected, isMoving }}
            cursor={cursor.key}
            showRate={!compact}
            {...{ weigh, sizing, latency, changes }}
            dragged={drag.moved?.key ?? null}
            {...{ onPickNode: pickNode, onPickEdge: pickEdge, onFocus: reveal, onToggle: toggle }}
            onPointerDown={onMove === undefined ? undefined : drag.onPointerDown}
          />
        ) : null}
      </svg>
      {hasMinimap ? <Minimap graph={graph} box={box} control={control} /> : null}
      <ZoomButtons control={control} />
      {props.children}
    </div>
  );
}

interface CanvasState {
  readonly control: CameraControl;
  readonly drag: NodeDrag;
  readonly cursor: Cursor;
  readonly detail: Detail;
}

/** What presses and keys select; on a map drawn as dots and strokes the nearest of these. */
function useChoices(
  { graph, selected, onSelect }: MapCanvasProps,
  { control, drag, cursor, detail }: CanvasState,
): {
  readonly pickNode: (key: string) => void;
  readonly pickEdge: (edge: MapEdge) => void;
  readonly reveal: (node: MapNode) => void;
  readonly onBackground: (event: MouseEvent) => void;
} {
  // Opening a panel narrows the view; what the user just pointed at must not move away.
  const choose = useStable((selection: MapSelection | null): void => {
    control.hold();
    onSelect(selection);
  });
  const pickNode = useStable((key: string): void => {
    if (drag.justDragged()) return;
    cursor.set(key);
    choose(selected?.kind === 'node' && selected.key === key ? null : { kind: 'node', key });
  });
  const pickEdge = useStable((edge: MapEdge): void => choose({ kind: 'edge', from: edge.from.key, to: edge.to.key }));
  const reveal = useStable((node: MapNode): void => control.reveal(toPixels(node.position), 0));
  function onBackground(event: MouseEvent): void {
    if (control.wasPanned()) return;
    const { target, currentTarget } = event;
    const isMap = target instanceof Element && (target === currentTarget || target.closest('.canvas-svg') !== null);
    if (!isMap || target.closest('.node, .edge') !== null) return;
    const point = control.toMap(event);
    const node = detail === 'full' ? null : nodeAt(graph, point);
    const edge = detail === 'full' ? null : edgeAt(graph, point, control.camera.zoom);
    if (node !== null) pickNode(node.key);
    else if (edge !== null) pickEdge(edge);
    else onSelect(null);
  }
  return { pickNode, pickEdge, reveal, onBackground };
}

interface View {
  readonly detail: Detail;
  readonly view: Box | null;
}

/** What is drawn and how finely; follows the camera when there is time for it. */
function useView(nodeCount: number, { camera, size }: CameraControl): View {
  const wanted = JSON.stringify({
    detail: detailOf(nodeCount, camera.zoom),
    view: tiledView(nodeCount, camera, size),
  });
  const shown = useDeferredValue(wanted);
  return useMemo((): View => JSON.parse(shown), [shown]);
}

/** So long after the last movement the picture is drawn sharp. */
const REST_MS = 160;

interface Moving {
  readonly moving: boolean;
  /** By now, and also while the map is held after it has been moved. */
  readonly isMoving: () => boolean;
}

/** While it moves, the picture is a layer that is only shifted and scaled: figures are neither measured nor drawn anew. */
function useMoving({ camera, isZooming, isPanning }: CameraControl): Moving {
  const at = `${camera.x} ${camera.y} ${camera.zoom}`;
  const [rested, setRested] = useState('');
  useEffect(() => {
    const rest = setTimeout(() => setRested(at), REST_MS);
    return () => clearTimeout(rest);
  }, [at]);
  const moving = rested !== at || isZooming;
  return { moving, isMoving: useStable(() => moving || isPanning()) };
}

/** Below this zoom the figures on the edges could not be read. */
const LABEL_ZOOM = 0.55;

function useTarget(graph: MapGraph, control: CameraControl, target: CanvasTarget | null): void {
  const follow = useEffectEvent((to: CanvasTarget) => {
    const node = graph.nodes.find(({ key }) => key === to.key);
    if (node === undefined) control.fitAll();
    else control.centerOn(toPixels(node.position));
  });
  useEffect(() => {
    if (target !== null) follow(target);
  }, [target]);
}

/** What is selected comes into view, also when the view gets smaller. */
function useShown(graph: MapGraph, control: CameraControl, selected: MapSelection | null): void {
  const widthPx = control.size.width;
  const show = useEffectEvent((key: string) => {
    const node = graph.nodes.find((it) => it.key === key);
    const covered = widthPx < PANEL_BELOW_PX ? PANEL_SHARE : 0;
    if (node !== undefined && control.ready) control.reveal(toPixels(node.position), covered);
  });
  const shownKey = selected?.kind === 'node' ? selected.key : null;
  useEffect(() => {
    if (shownKey !== null && widthPx > 0) show(shownKey);
  }, [shownKey, widthPx]);
}

interface Cursor {
  /** The one node that Tab leads to. */
  readonly key: string | null;
  readonly set: (key: string) => void;
  readonly onKey: (key: string) => boolean;
}

/** Arrow keys go from node to node; Tab leaves the map instead of going through all of it. */
function useCursor(
  frame: { readonly current: HTMLElement | null },
  graph: MapGraph,
  selected: MapSelection | null,
): Cursor {
  const [own, setOwn] = useState<string | null>(null);
  const [walked, setWalked] = useState<string | null>(null);
  const known = (key: string | null): boolean => key !== null && graph.nodes.some((node) => node.key === key);
  const chosen = selected?.kind === 'node' ? selected.key : null;
  const key = known(own) ? own : known(chosen) ? chosen : (firstNode(graph)?.key ?? null);
  useEffect(() => {
    if (walked === null) return;
    const element = frame.current?.querySelector<SVGElement>(`[data-key="${CSS.escape(walked)}"] [role="button"]`);
    element?.focus({ preventScroll: true });
  }, [frame, walked]);
  return {
    key,
    set: setOwn,
    onKey: (pressed) => {
      const way = Object.entries(WAYS).find(([name]) => name === pressed)?.[1];
      if (way === undefined || key === null) return false;
      const isInside = document.activeElement?.closest('.node') != null;
      const next = isInside ? (walk(graph, key, way)?.key ?? key) : key;
      setOwn(next);
      setWalked(next);
      return true;
    },
  };
}

function ZoomButtons({ control }: { readonly control: CameraControl }): ReactNode {
  return (
    <div className="zoom" role="group" aria-label="Zoom" onPointerDown={(event) => event.stopPropagation()}>
      <button type="button" onClick={control.zoomIn} aria-label="Zoom in" title="Zoom in (+)">
        <IconPlus size={15} />
      </button>
      <button type="button" onClick={control.zoomOut} aria-label="Zoom out" title="Zoom out (−)">
        <IconMinus size={15} />
      </button>
      <button type="button" onClick={control.fitAll} aria-label="Fit the whole map" title="Fit (0)" data-testid="fit">
        <IconFocusCentered size={15} />
      </button>
    </div>
  );
}

/** Stripes, dots and bars over the ring's colours. */
function Patterns(): ReactNode {
  return (
    <defs>
      <pattern id="pattern-fault" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="1.6" height="5" className="pattern-ink" />
      </pattern>
      <pattern id="pattern-throttle" width="4.4" height="4.4" patternUnits="userSpaceOnUse">
        <circle cx="2.2" cy="2.2" r="1" className="pattern-ink" />
      </pattern>
      <pattern id="pattern-error" width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="1.4" className="pattern-ink" />
      </pattern>
    </defs>
  );
}

/** Keys of what stays in full colour beside a selection; null for everything. */
function neighbours(graph: MapGraph, selected: MapSelection | null): ReadonlySet<string> | null {
  if (selected === null) return null;
  const touches = (edge: MapEdge): boolean =>
    selected.kind === 'node'
      ? edge.from.key === selected.key || edge.to.key === selected.key
      : edge.from.key === selected.from && edge.to.key === selected.to;
  const edges = graph.edges.filter(touches);
  const known = selected.kind === 'edge' ? edges.length > 0 : graph.nodes.some((node) => node.key === selected.key);
  if (!known) return null;
  const own = selected.kind === 'node' ? [selected.key] : [];
  return new Set([...own, ...edges.flatMap((edge) => [edge.key, edge.from.key, edge.to.key])]);
}

function placeDragged(graph: MapGraph, moved: MapNode | null): MapGraph {
  if (moved === null) return graph;
  const swap = (node: MapNode): MapNode => (node.key === moved.key ? { ...node, position: moved.position } : node);
  return {
    nodes: graph.nodes.map(swap),
    edges: graph.edges.map((edge) =>
      edge.from.key === moved.key || edge.to.key === moved.key
        ? { ...edge, from: swap(edge.from), to: swap(edge.to) }
        : edge,
    ),
  };
}
