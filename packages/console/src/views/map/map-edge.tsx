import { memo, type KeyboardEvent, type ReactNode } from 'react';
import type { Change } from '../../map/diff.ts';
import { printMark } from '../../map/diff-text.ts';
import type { EdgeDrawing } from '../../map/drawing.ts';
import type { MapEdge } from '../../map/graph.ts';
import { LABEL_PX, type LabelPlace, STRONG_LABEL_PX } from '../../map/labels.ts';
import { latencyOf } from '../../map/latency.ts';
import { OUTCOME_LABEL, worstOf } from '../../map/shares.ts';
import { formatDuration, formatRate, formatShare } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { LatencyFigure } from '../../url/map-place.ts';

export interface MapEdgeProps {
  readonly edge: MapEdge;
  readonly drawing: EdgeDrawing;
  readonly windowS: number;
  readonly latency: LatencyFigure;
  readonly change: Change | null;
  readonly selected: boolean;
  readonly faded: boolean;
  readonly onSelect: (edge: MapEdge) => void;
  readonly onHover: (key: string | null) => void;
}

export const MapEdgeView = memo(function MapEdgeView(props: MapEdgeProps): ReactNode {
  const { edge, drawing, windowS, latency, change, selected, faded, onSelect, onHover } = props;
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
      data-change={change?.marks[0]}
      role="button"
      tabIndex={-1}
      aria-pressed={selected}
      aria-label={describe(edge, windowS, latency)}
      onClick={() => onSelect(edge)}
      onKeyDown={onKeyDown}
      onPointerMove={() => onHover(edge.key)}
      onPointerLeave={() => onHover(null)}
      onFocus={() => onHover(edge.key)}
      onBlur={() => onHover(null)}
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
  readonly latency: LatencyFigure;
  readonly change: Change | null;
  readonly selected: boolean;
  /** In a box and with what went wrong, for an edge that was pointed at; else only figures on the line. */
  readonly strong: boolean;
}

/** Rate over latency: between neighbours there is less room sideways than there is above and below. */
export function EdgeLabel({ edge, place, windowS, latency, change, selected, strong }: EdgeLabelProps): ReactNode {
  const { shares, link } = edge;
  const { x, y } = place;
  const worst = worstOf(shares);
  const [mark] = change?.marks ?? [];
  const changed = change === null || mark === undefined ? '' : printMark(change, mark);
  const trouble = strong ? changed || troubleOf(edge) : '';
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
          {formatDuration(latencyOf(edge, latency))}
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

function figuresOf(edge: MapEdge, windowS: number, latency: LatencyFigure): string {
  const { shares, link } = edge;
  if (shares.total === 0) return quietWord(link);
  return `${formatRate(shares.total, windowS)} · ${formatDuration(latencyOf(edge, latency))}`;
}

function quietWord(link: boolean): string {
  return link ? 'linked' : 'no requests';
}

function troubleOf({ shares }: MapEdge): string {
  const worst = worstOf(shares);
  return worst === null ? '' : `${formatShare(worst.share)} ${OUTCOME_LABEL[worst.outcome].toLowerCase()}`;
}

function describe(edge: MapEdge, windowS: number, latency: LatencyFigure): string {
  const ends =
    edge.from.type === 'client' ? `Clients to ${edge.to.shortName}` : `${edge.from.shortName} to ${edge.to.shortName}`;
  return `${visible(ends)}: ${figuresOf(edge, windowS, latency)} ${troubleOf(edge)}`;
}
