import { memo, type KeyboardEvent, type ReactNode } from 'react';
import type { EdgeDrawing } from '../../map/drawing.ts';
import type { MapEdge } from '../../map/graph.ts';
import { LABEL_PX, type LabelPlace, STRONG_LABEL_PX } from '../../map/labels.ts';
import { OUTCOME_LABEL, worstOf } from '../../map/shares.ts';
import { formatDuration, formatRate, formatShare } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';

export interface MapEdgeProps {
  readonly edge: MapEdge;
  readonly drawing: EdgeDrawing;
  readonly windowS: number;
  readonly selected: boolean;
  readonly faded: boolean;
  readonly onSelect: (edge: MapEdge) => void;
}

export const MapEdgeView = memo(function MapEdgeView(props: MapEdgeProps): ReactNode {
  const { edge, drawing, windowS, selected, faded, onSelect } = props;
  const { curve, widthPx } = drawing;
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
      <path className="edge-line" d={curve.path} strokeWidth={widthPx} />
      <path className="edge-arrow" d={curve.arrow} />
    </g>
  );
});

interface EdgeLabelProps {
  readonly edge: MapEdge;
  readonly place: LabelPlace;
  readonly windowS: number;
  readonly selected: boolean;
  /** In a box and with what went wrong, for an edge that was pointed at; else only figures on the line. */
  readonly strong: boolean;
}

/** Rate over latency: between neighbours there is less room sideways than there is above and below. */
export function EdgeLabel({ edge, place, windowS, selected, strong }: EdgeLabelProps): ReactNode {
  const { shares, link } = edge;
  const { x, y } = place;
  const worst = worstOf(shares);
  const trouble = strong ? troubleOf(edge) : '';
  const quiet = shares.total === 0;
  const { width, height } = trouble === '' ? LABEL_PX : STRONG_LABEL_PX;
  const top = quiet ? 3.5 : trouble === '' ? -3 : -9;
  return (
    <g
      className={`edge-label ${worst === null ? '' : `o-${worst.outcome}`}`}
      data-selected={selected}
      data-strong={strong}
      transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}
    >
      {strong ? <rect x={-width / 2} y={-height / 2} width={width} height={height} rx={8} /> : null}
      <text y={top}>{quiet ? quietWord(link) : formatRate(shares.total, windowS)}</text>
      {quiet ? null : (
        <text y={top + 12.5} className="edge-latency">
          {formatDuration(shares.averageS)}
        </text>
      )}
      {trouble === '' ? null : (
        <text className="edge-trouble" y={top + 25.5}>
          {trouble}
        </text>
      )}
    </g>
  );
}

function figuresOf({ shares, link }: MapEdge, windowS: number): string {
  if (shares.total === 0) return quietWord(link);
  return `${formatRate(shares.total, windowS)} · ${formatDuration(shares.averageS)}`;
}

function quietWord(link: boolean): string {
  return link ? 'linked' : 'no requests';
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
