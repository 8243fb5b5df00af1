import { memo, type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Box } from '../../map/camera.ts';
import { cullGraph, type Detail, edgeStrokes, nodeDots } from '../../map/detail.ts';
import type { Change } from '../../map/diff.ts';
import {
  edgeDrawer,
  type EdgeDrawing,
  type EdgeWeight,
  placeStrongLabels,
  planEdges,
  planKey,
} from '../../map/drawing.ts';
import { FIRST_PACE, nextDrawn, nextPace, type Part, partsOf } from '../../map/gradual.ts';
import type { MapEdge, MapGraph, MapNode } from '../../map/graph.ts';
import { nodeRadii, type NodeSizing, radiusOf } from '../../map/sizes.ts';
import type { LatencyFigure, MapSelection } from '../../url/map-place.ts';
import { useStable } from '../../widgets/use-stable.ts';
import { EdgeLabel, MapEdgeView } from './map-edge.tsx';
import { MapNodeView } from './map-node.tsx';

export interface MapLayersProps {
  readonly graph: MapGraph;
  /** Keys of what stays in full colour; null for everything. */
  readonly near: ReadonlySet<string> | null;
  /** The part that is worth drawing; null for all. */
  readonly view: Box | null;
  readonly detail: Detail;
  readonly windowS: number;
  readonly selected: MapSelection | null;
  /** Key of the node that Tab leads to. */
  readonly cursor: string | null;
  readonly showRate: boolean;
  readonly weigh: EdgeWeight;
  readonly sizing: NodeSizing;
  readonly latency: LatencyFigure;
  readonly changes: ReadonlyMap<string, Change> | null;
  readonly dragged: string | null;
  /** Then nothing is pointed at, whatever comes below the pointer. */
  readonly isMoving: () => boolean;
  readonly onPickNode: (key: string) => void;
  readonly onPickEdge: (edge: MapEdge) => void;
  readonly onFocus: (node: MapNode) => void;
  readonly onToggle: (node: MapNode) => void;
  readonly onPointerDown: ((event: PointerEvent, node: MapNode) => void) | undefined;
}

interface SizedProps extends MapLayersProps {
  /** By node key, its ring's. */
  readonly radii: ReadonlyMap<string, number>;
}

/** Edges below nodes, labels above both. Drawn anew when what is in view changes, not when the map is moved. */
export const MapLayers = memo(function MapLayers(props: MapLayersProps): ReactNode {
  const { graph, view, sizing } = props;
  const radii = useMemo(() => nodeRadii(graph, sizing), [graph, sizing]);
  if (view !== null) return <LargeLayers {...props} {...{ view, radii }} />;
  return (
    <Layers of={{ ...props, radii }} nodes={[{ id: 0, items: graph.nodes }]} edges={[{ id: 0, items: graph.edges }]} />
  );
});

/** Nodes and edges in view come and go as many at a time as a frame has room for; strokes and dots stand in for them. */
function LargeLayers(props: SizedProps & { readonly view: Box }): ReactNode {
  const { graph, view, detail, selected, cursor, near } = props;
  const kept = useMemo(() => keptKeys(selected, cursor, near), [selected, cursor, near]);
  const inView = useMemo(() => cullGraph(graph, view, kept), [graph, view, kept]);
  const nodeKeys = useMemo(() => (detail === 'far' ? [] : inView.nodes.map(({ key }) => key)), [inView, detail]);
  const edgeKeys = useMemo(() => (detail === 'full' ? inView.edges.map(({ key }) => key) : []), [inView, detail]);
  const { drawn, isDone } = useGradually(nodeKeys, edgeKeys);
  const nodes = useMemo(() => partsOf(graph.nodes, drawn.nodes, kept), [graph, drawn.nodes, kept]);
  const edges = useMemo(() => partsOf(graph.edges, drawn.edges, kept), [graph, drawn.edges, kept]);
  return (
    <>
      <Strokes graph={graph} isNeeded={detail !== 'full' || !isDone.edges} />
      <Dots graph={graph} radii={props.radii} isNeeded={detail === 'far' || !isDone.nodes} />
      <Layers of={props} nodes={nodes} edges={edges} />
    </>
  );
}

interface Drawn {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

/** As many in each frame as the last one says there is time for: what is flushed at once can be timed. */
function useGradually(
  nodes: readonly string[],
  edges: readonly string[],
): { readonly drawn: Drawn; readonly isDone: { readonly nodes: boolean; readonly edges: boolean } } {
  const [drawn, setDrawn] = useState<Drawn>({ nodes: new Set(), edges: new Set() });
  const pace = useRef(FIRST_PACE);
  const isDone = { nodes: holds(drawn.nodes, nodes), edges: holds(drawn.edges, edges) };
  const isWhole = isDone.nodes && isDone.edges;
  useEffect(() => {
    if (isWhole) return undefined;
    const frame = requestAnimationFrame(() => {
      const startedMs = performance.now();
      const { nodes: nodeCount, edges: edgeCount } = pace.current;
      flushSync(() =>
        setDrawn({ nodes: nextDrawn(drawn.nodes, nodes, nodeCount), edges: nextDrawn(drawn.edges, edges, edgeCount) }),
      );
      pace.current = nextPace(pace.current, performance.now() - startedMs);
    });
    return () => cancelAnimationFrame(frame);
  }, [isWhole, drawn, nodes, edges]);
  return { drawn, isDone };
}

function holds(drawn: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return drawn.size === wanted.length && wanted.every((key) => drawn.has(key));
}

/** What stays drawn by itself, however far away or outside the view: selected, with the cursor, beside these. */
function keptKeys(
  selected: MapSelection | null,
  cursor: string | null,
  near: ReadonlySet<string> | null,
): ReadonlySet<string> {
  const own = selected === null ? [] : selected.kind === 'node' ? [selected.key] : [selected.from, selected.to];
  return new Set([...own, ...(cursor === null ? [] : [cursor]), ...(near ?? [])]);
}

interface LayersProps {
  readonly of: SizedProps;
  readonly nodes: readonly Part<MapNode>[];
  readonly edges: readonly Part<MapEdge>[];
}

function Layers({ of, nodes, edges }: LayersProps): ReactNode {
  const { graph, view, near, windowS, selected, showRate, weigh, radii, latency, changes, isMoving } = of;
  const [hovered, setHovered] = useState<string | null>(null);
  const onHover = useStable((key: string | null): void => {
    if (key === null || !isMoving()) setHovered(key);
  });
  const quick = view !== null;
  const shape = useMemo(() => (quick ? '' : planKey(graph)), [graph, quick]);
  // The shape stands for all of the graph that a plan reads.
  // oxlint-disable-next-line react/exhaustive-deps -- figures change four times a second, a plan does not
  const plan = useMemo(() => planEdges(graph, quick), [shape, quick]);
  const draw = useMemo(() => edgeDrawer(graph, plan, weigh, radii), [graph, plan, weigh, radii]);
  const shown = useMemo(() => edges.flatMap(({ items }) => items), [edges]);
  const strongPlaces = useMemo(
    () => placeStrongLabels({ nodes: nodes.flatMap(({ items }) => items), edges: shown }, draw, near),
    [nodes, shown, draw, near],
  );
  return (
    <>
      {edges.map((part) => (
        <Edges key={part.id} {...{ of, part, draw, onHover }} />
      ))}
      {nodes.map((part) => (
        <Nodes key={part.id} {...{ of, part }} />
      ))}
      {shown.map((edge) => {
        const strong = hovered === edge.key || near?.has(edge.key) === true;
        const { label } = draw(edge);
        if (!strong && (near !== null || !showRate || !label.free)) return null;
        const place = strongPlaces.get(edge.key) ?? label;
        const change = changes?.get(edge.key) ?? null;
        return (
          <EdgeLabel
            key={edge.key}
            {...{ edge, place, windowS, strong, latency, change }}
            selected={isEdge(selected, edge)}
          />
        );
      })}
    </>
  );
}

interface PartProps<T> {
  readonly of: SizedProps;
  readonly part: Part<T>;
}

interface EdgesProps extends PartProps<MapEdge> {
  readonly draw: (edge: MapEdge) => EdgeDrawing;
  readonly onHover: (key: string | null) => void;
}

/** A part that has not changed is not gone through again. */
const Edges = memo(
  function Edges({ of, part, draw, onHover }: EdgesProps): ReactNode {
    const { near, windowS, selected, latency, changes } = of;
    return part.items.map((edge) => (
      <MapEdgeView
        key={edge.key}
        edge={edge}
        drawing={draw(edge)}
        windowS={windowS}
        latency={latency}
        change={changes?.get(edge.key) ?? null}
        selected={isEdge(selected, edge)}
        faded={near !== null && !near.has(edge.key)}
        onSelect={of.onPickEdge}
        onHover={onHover}
      />
    ));
  },
  (before, now) => isSamePart(before, now) && before.draw === now.draw,
);

const Nodes = memo(function Nodes({ of, part }: PartProps<MapNode>): ReactNode {
  const { near, windowS, selected, cursor, showRate, latency, changes, dragged } = of;
  return part.items.map((node) => (
    <MapNodeView
      key={node.key}
      node={node}
      radiusPx={radiusOf(node, of.radii)}
      windowS={windowS}
      latency={latency}
      change={changes?.get(node.key) ?? null}
      selected={selected?.kind === 'node' && selected.key === node.key}
      current={cursor === node.key}
      held={dragged === node.key}
      faded={near !== null && !near.has(node.key)}
      showRate={showRate}
      onSelect={of.onPickNode}
      onFocus={of.onFocus}
      onToggle={of.onToggle}
      onPointerDown={of.onPointerDown}
    />
  ));
}, isSamePart);

function isSamePart<T>(before: PartProps<T>, now: PartProps<T>): boolean {
  const [items, old] = [now.part.items, before.part.items];
  return before.of === now.of && old.length === items.length && items.every((item, at) => item === old[at]);
}

interface FarProps {
  readonly graph: MapGraph;
  /** Else it shows only while the map is zoomed: what comes into view then is drawn when it rests. */
  readonly isNeeded: boolean;
}

const Strokes = memo(function Strokes({ graph, isNeeded }: FarProps): ReactNode {
  const { well, trouble } = useMemo(() => edgeStrokes(graph), [graph]);
  return (
    <g className="far-edges" data-needed={isNeeded} aria-hidden>
      <path d={well} />
      <path d={trouble} data-trouble />
    </g>
  );
});

const Dots = memo(function Dots({ graph, radii, isNeeded }: FarProps & Pick<SizedProps, 'radii'>): ReactNode {
  const dots = useMemo(() => [...nodeDots(graph, radii)], [graph, radii]);
  return (
    <g className="far-nodes" data-needed={isNeeded} aria-hidden>
      {dots.map(([kind, path]) => (
        <path key={kind} d={path} className={kind === 'quiet' ? '' : `o-${kind}`} />
      ))}
    </g>
  );
});

function isEdge(selected: MapSelection | null, edge: MapEdge): boolean {
  return selected?.kind === 'edge' && selected.from === edge.from.key && selected.to === edge.to.key;
}
