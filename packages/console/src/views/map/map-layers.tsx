import { memo, type PointerEvent, type ReactNode, useEffect, useMemo, useState } from 'react';
import type { Box } from '../../map/camera.ts';
import { cullGraph, type Detail, edgeStrokes, nextDrawn, nodeDots } from '../../map/detail.ts';
import type { Change } from '../../map/diff.ts';
import { edgeDrawer, type EdgeWeight, placeStrongLabels, planEdges, planKey } from '../../map/drawing.ts';
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
    <Edges {...props} {...{ radii }} shown={graph}>
      <Nodes {...props} {...{ radii }} nodes={graph.nodes} />
    </Edges>
  );
});

/** What a frame has time for. */
const NODES_PER_FRAME = 6;
const EDGES_PER_FRAME = 16;

/** Nodes and edges in view come and go a few at a time, so that no frame is late; strokes and dots stand in for them. */
function LargeLayers(props: SizedProps & { readonly view: Box }): ReactNode {
  const { graph, view, detail, selected, cursor, near } = props;
  const kept = useMemo(() => keptKeys(selected, cursor, near), [selected, cursor, near]);
  const inView = useMemo(() => cullGraph(graph, view, kept), [graph, view, kept]);
  const nodeKeys = useMemo(() => (detail === 'far' ? [] : inView.nodes.map(({ key }) => key)), [inView, detail]);
  const edgeKeys = useMemo(() => (detail === 'full' ? inView.edges.map(({ key }) => key) : []), [inView, detail]);
  const nodes = useGradually(nodeKeys, NODES_PER_FRAME);
  const edges = useGradually(edgeKeys, EDGES_PER_FRAME);
  const shown = useMemo(() => {
    const isShown = (keys: ReadonlySet<string>, { key }: { readonly key: string }): boolean =>
      keys.has(key) || kept.has(key);
    return {
      nodes: graph.nodes.filter((node) => isShown(nodes.drawn, node)),
      edges: graph.edges.filter((edge) => isShown(edges.drawn, edge)),
    };
  }, [graph, nodes.drawn, edges.drawn, kept]);
  return (
    <>
      <Strokes graph={graph} isNeeded={detail !== 'full' || !edges.settled} />
      <Dots graph={graph} radii={props.radii} isNeeded={detail === 'far' || !nodes.settled} />
      <Edges {...props} shown={shown}>
        <Nodes {...props} nodes={shown.nodes} />
      </Edges>
    </>
  );
}

interface Gradual {
  readonly drawn: ReadonlySet<string>;
  readonly settled: boolean;
}

function useGradually(wanted: readonly string[], perFrame: number): Gradual {
  const [drawn, setDrawn] = useState<ReadonlySet<string>>(new Set());
  const settled = drawn.size === wanted.length && wanted.every((key) => drawn.has(key));
  useEffect(() => {
    if (settled) return undefined;
    const frame = requestAnimationFrame(() => setDrawn(nextDrawn(drawn, wanted, perFrame)));
    return () => cancelAnimationFrame(frame);
  }, [settled, drawn, wanted, perFrame]);
  return { drawn, settled };
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

function Edges(props: SizedProps & { readonly shown: MapGraph; readonly children: ReactNode }): ReactNode {
  const { graph, shown, view, near, windowS, selected, showRate, weigh, radii, latency, changes, children } = props;
  const { isMoving } = props;
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
  const strongPlaces = useMemo(() => placeStrongLabels(shown, draw, near), [shown, draw, near]);
  const drawn = shown.edges.map((edge) => ({ edge, drawing: draw(edge) }));
  return (
    <>
      {drawn.map(({ edge, drawing }) => (
        <MapEdgeView
          key={edge.key}
          edge={edge}
          drawing={drawing}
          windowS={windowS}
          latency={latency}
          change={changes?.get(edge.key) ?? null}
          selected={isEdge(selected, edge)}
          faded={near !== null && !near.has(edge.key)}
          onSelect={props.onPickEdge}
          onHover={onHover}
        />
      ))}
      {children}
      {drawn.map(({ edge, drawing }) => {
        const strong = hovered === edge.key || near?.has(edge.key) === true;
        if (!strong && (near !== null || !showRate || !drawing.label.free)) return null;
        const place = strongPlaces.get(edge.key) ?? drawing.label;
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

function Nodes(props: SizedProps & { readonly nodes: readonly MapNode[] }): ReactNode {
  const { nodes, near, windowS, selected, cursor, showRate, latency, changes, dragged } = props;
  return nodes.map((node) => (
    <MapNodeView
      key={node.key}
      node={node}
      radiusPx={radiusOf(node, props.radii)}
      windowS={windowS}
      latency={latency}
      change={changes?.get(node.key) ?? null}
      selected={selected?.kind === 'node' && selected.key === node.key}
      current={cursor === node.key}
      held={dragged === node.key}
      faded={near !== null && !near.has(node.key)}
      showRate={showRate}
      onSelect={props.onPickNode}
      onFocus={props.onFocus}
      onToggle={props.onToggle}
      onPointerDown={props.onPointerDown}
    />
  ));
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
