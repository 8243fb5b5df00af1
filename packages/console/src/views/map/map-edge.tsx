import { memo, type KeyboardEvent, type ReactNode } from 'react';
import { edgeCurve, toPixels } from '../../map/geometry.ts';
import type { MapEdge } from '../../map/graph.ts';
import { OUTCOME_LABEL, worstOf } from '../../map/shares.ts';
import { formatDuration, formatRate, formatShare } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';

const WIDTH_PX_MIN = 1.3;
const WIDTH_PX_SPAN = 3.2;

export interface MapEdgeProps {
  readonly edge: MapEdge;
  readonly windowS: number;
  /** Of the busiest edge, for thickness. */
  readonly countMost: number;
  readonly selected: boolean;
  readonly faded: boolean;
  readonly onSelect: (edge: MapEdge) => void;
}

export const MapEdgeView = memo(function MapEdgeView(props: MapEdgeProps): ReactNode {
  const { edge, windowS, countMost, selected, faded, onSelect } = props;
  const width = WIDTH_PX_MIN + WIDTH_PX_SPAN * Math.sqrt(edge.shares.total / Math.max(1, countMost));
  const curve = edgeCurve(toPixels(edge.from.position), toPixels(edge.to.position), width);
  const worst = worstOf(edge.shares);
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onSelect(edge);
  }
  return (
    <g
      className={`edge ${worst === null ? '' : `o-${worst.outcome}`}`}
      data-testid={`edge-${edge.from.name}-${edge.to.name}`}
      data-selected={selected}
      data-faded={faded}
      data-trouble={worst !== null}
      data-link={edge.link}
      role="button"
      tabIndex={0}
      aria-pressed={selected}
      aria-label={describe(edge, windowS)}
      onClick={() => onSelect(edge)}
      onKeyDown={onKeyDown}
    >
      <path className="edge-hit" d={curve.path} />
      <path className="edge-line" d={curve.path} strokeWidth={width} />
      <path className="edge-arrow" d={curve.arrow} />
    </g>
  );
});

interface EdgeLabelProps {
  readonly edge: MapEdge;
  readonly windowS: number;
  readonly selected: boolean;
}

/** Stands above the nodes: between near neighbours there is less room than it needs. */
export function EdgeLabel({ edge, windowS, selected }: EdgeLabelProps): ReactNode {
  const { middle } = edgeCurve(toPixels(edge.from.position), toPixels(edge.to.position), 1);
  const figures = figuresOf(edge, windowS);
  const trouble = troubleOf(edge);
  const width = Math.max(figures.length, trouble.length) * 5.6 + 16;
  const height = trouble === '' ? 20 : 34;
  const worst = worstOf(edge.shares);
  return (
    <g
      className={`edge-label ${worst === null ? '' : `o-${worst.outcome}`}`}
      data-selected={selected}
      transform={`translate(${middle.x.toFixed(1)} ${middle.y.toFixed(1)})`}
    >
      <rect x={-width / 2} y={-height / 2} width={width} height={height} rx={8} />
      <text y={trouble === '' ? 4 : -3}>{figures}</text>
      {trouble === '' ? null : (
        <text className="edge-trouble" y={11}>
          {trouble}
        </text>
      )}
    </g>
  );
}

function figuresOf({ shares, link }: MapEdge, windowS: number): string {
  if (shares.total === 0) return link ? 'linked' : 'no requests';
  return `${formatRate(shares.total, windowS)} · ${formatDuration(shares.averageS)}`;
}

function troubleOf({ shares }: MapEdge): string {
  const worst = worstOf(shares);
  return worst === null ? '' : `${formatShare(worst.share)} ${OUTCOME_LABEL[worst.outcome].toLowerCase()}`;
}

function describe(edge: MapEdge, windowS: number): string {
  const ends =
    edge.from.type === 'client' ? `Clients to ${edge.to.shortName}` : `${edge.from.shortName} to ${edge.to.shortName}`;
  return `${visible(ends)}: ${figuresOf(edge, windowS)} ${troubleOf(edge)}`;
}
