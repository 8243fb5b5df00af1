import { IconFocusCentered, IconMinus, IconPlus } from '@tabler/icons-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from 'react';
import { boxAround } from '../../map/camera.ts';
import { drawEdges, placeStrongLabels, planEdges, planKey } from '../../map/drawing.ts';
import { toPixels } from '../../map/geometry.ts';
import type { MapEdge, MapGraph, MapNode } from '../../map/graph.ts';
import type { MapSelection } from '../../url/place.ts';
import { EdgeLabel, MapEdgeView } from './map-edge.tsx';
import { MapNodeView } from './map-node.tsx';
import { type CameraControl, useCamera } from './use-camera.ts';
import { type MoveNode, useNodeDrag } from './use-node-drag.ts';

const PADDING = { x: 74, top: 58, bottom: 84 };
/** Below this zoom the figures on the edges could not be read. */
const LABEL_ZOOM = 0.62;
/** Below this width the panel lies over the lower part of the map. */
const PANEL_BELOW_PX = 760;
const PANEL_SHARE = 0.62;

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
  /** Changes when the map shall be fitted again or show a node. */
  readonly target?: CanvasTarget | null;
  readonly compact?: boolean;
  readonly children?: ReactNode;
}

export function MapCanvas(props: MapCanvasProps): ReactNode {
  const { graph, windowS, selected, onSelect, label, onMove, target = null, compact = false, children } = props;
  const frame = useRef<HTMLDivElement>(null);
  const box = useMemo(
    () =>
      boxAround(
        graph.nodes.map((node) => toPixels(node.position)),
        PADDING,
      ),
    [graph.nodes],
  );
  const control = useCamera(frame, box, compact ? 6 : 28);
  const drag = useNodeDrag(control.camera.zoom, onMove);
  const follow = useEffectEvent((to: CanvasTarget) => {
    const node = graph.nodes.find(({ key }) => key === to.key);
    if (node === undefined) control.fitAll();
    else control.centerOn(toPixels(node.position));
  });
  useEffect(() => {
    if (target !== null) follow(target);
  }, [target]);
  const show = useEffectEvent((key: string) => {
    const node = graph.nodes.find((it) => it.key === key);
    const covered = control.widthPx < PANEL_BELOW_PX ? PANEL_SHARE : 0;
    if (node !== undefined && !compact && control.ready) control.reveal(toPixels(node.position), covered);
  });
  const shownKey = selected?.kind === 'node' ? selected.key : null;
  const { widthPx } = control;
  useEffect(() => {
    if (shownKey !== null && widthPx > 0) show(shownKey);
  }, [shownKey, widthPx]);
  const near = useMemo(() => neighbours(graph, selected), [graph, selected]);
  const placed = useMemo(() => placeDragged(graph, drag.moved), [graph, drag.moved]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && selected !== null) onSelect(null);
    else if (!event.ctrlKey && !event.metaKey && !event.altKey && control.onKey(event.key)) event.preventDefault();
  }
  function onBackground(event: MouseEvent): void {
    if (event.target === event.currentTarget && !control.wasPanned()) onSelect(null);
  }
  const { x, y, zoom } = control.camera;
  // Opening a panel narrows the view; what the user just pointed at must not move away.
  function choose(selection: MapSelection | null): void {
    control.hold();
    onSelect(selection);
  }
  return (
    <div className="canvas" ref={frame} data-compact={compact} onKeyDown={onKeyDown} {...control.pointer}>
      <svg className="canvas-svg" role="group" aria-label={label} tabIndex={0} onClick={onBackground}>
        <Patterns />
        {control.ready ? (
          <g transform={`translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${zoom.toFixed(4)})`}>
            <Layers
              {...{ graph: placed, near, windowS, selected, zoom, onSelect: choose, wasDragged: drag.justDragged }}
              showRate={!compact}
              onFocus={(node) => control.reveal(toPixels(node.position), 0)}
              onPointerDown={onMove === undefined ? undefined : drag.onPointerDown}
            />
          </g>
        ) : null}
      </svg>
      <ZoomButtons control={control} />
      {children}
    </div>
  );
}

interface LayersProps {
  readonly graph: MapGraph;
  /** Keys of what stays in full colour; null for everything. */
  readonly near: ReadonlySet<string> | null;
  readonly windowS: number;
  readonly selected: MapSelection | null;
  readonly zoom: number;
  readonly showRate: boolean;
  readonly wasDragged: () => boolean;
  readonly onSelect: (selection: MapSelection | null) => void;
  readonly onFocus: (node: MapNode) => void;
  readonly onPointerDown: ((event: PointerEvent, node: MapNode) => void) | undefined;
}

/** Edges below nodes, labels above both. */
function Layers(props: LayersProps): ReactNode {
  const { graph, near, windowS, selected, zoom, showRate, wasDragged, onSelect, onFocus, onPointerDown } = props;
  const [hovered, setHovered] = useState<string | null>(null);
  const shape = useMemo(() => planKey(graph), [graph]);
  // The shape stands for all of the graph that a plan reads.
  // oxlint-disable-next-line react/exhaustive-deps -- figures change four times a second, a plan does not
  const plan = useMemo(() => planEdges(graph), [shape]);
  const drawings = useMemo(() => drawEdges(graph, plan), [graph, plan]);
  const strongPlaces = useMemo(() => placeStrongLabels(graph, drawings, near), [graph, drawings, near]);
  const drawn = graph.edges.flatMap((edge) => {
    const drawing = drawings.get(edge.key);
    return drawing === undefined ? [] : [{ edge, drawing }];
  });
  const pickNode = (key: string): void => {
    if (!wasDragged()) onSelect(isNode(selected, key) ? null : { kind: 'node', key });
  };
  return (
    <>
      {drawn.map(({ edge, drawing }) => (
        <g
          key={edge.key}
          onPointerEnter={() => setHovered(edge.key)}
          onPointerLeave={() => setHovered(null)}
          onFocus={() => setHovered(edge.key)}
          onBlur={() => setHovered(null)}
        >
          <MapEdgeView
            edge={edge}
            drawing={drawing}
            windowS={windowS}
            selected={isEdge(selected, edge)}
            faded={near !== null && !near.has(edge.key)}
            onSelect={(it) => onSelect({ kind: 'edge', from: it.from.key, to: it.to.key })}
          />
        </g>
      ))}
      {graph.nodes.map((node) => (
        <MapNodeView
          key={node.key}
          node={node}
          windowS={windowS}
          selected={isNode(selected, node.key)}
          faded={near !== null && !near.has(node.key)}
          showRate={showRate}
          onSelect={pickNode}
          onFocus={onFocus}
          onPointerDown={onPointerDown}
        />
      ))}
      {drawn.map(({ edge, drawing }) => {
        const strong = hovered === edge.key || near?.has(edge.key) === true;
        if (!strong && (near !== null || !showRate || !drawing.label.free || zoom < LABEL_ZOOM)) return null;
        const place = strongPlaces.get(edge.key) ?? drawing.label;
        return <EdgeLabel key={edge.key} {...{ edge, place, windowS, strong }} selected={isEdge(selected, edge)} />;
      })}
    </>
  );
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

function isNode(selected: MapSelection | null, key: string): boolean {
  return selected?.kind === 'node' && selected.key === key;
}

function isEdge(selected: MapSelection | null, edge: MapEdge): boolean {
  return selected?.kind === 'edge' && selected.from === edge.from.key && selected.to === edge.to.key;
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
    edges: graph.edges.map((edge) => ({ ...edge, from: swap(edge.from), to: swap(edge.to) })),
  };
}
