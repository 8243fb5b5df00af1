import { memo, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { RING_RADIUS_PX, toPixels } from '../../map/geometry.ts';
import type { MapNode } from '../../map/graph.ts';
import { typeLabel } from '../../map/kind.ts';
import { OUTCOME_LABEL, ringArcs, type SettledOutcome, worstOf } from '../../map/shares.ts';
import { formatDuration, formatRate, formatShare } from '../../text/format.ts';
import { clipMiddle, visible } from '../../text/visible.ts';
import { KindIcon } from '../../widgets/kind-icon.tsx';

const NAME_CHARS_MAX = 22;

export interface MapNodeProps {
  readonly node: MapNode;
  readonly windowS: number;
  readonly selected: boolean;
  readonly faded: boolean;
  readonly showRate: boolean;
  readonly onSelect: (key: string) => void;
  readonly onFocus: (node: MapNode) => void;
  readonly onPointerDown?: ((event: PointerEvent, node: MapNode) => void) | undefined;
}

export const MapNodeView = memo(function MapNodeView(props: MapNodeProps): ReactNode {
  const { node, windowS, selected, faded, showRate, onSelect, onFocus, onPointerDown } = props;
  const { x, y } = toPixels(node.position);
  const hasFigures = node.shares.total > 0;
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onSelect(node.key);
  }
  return (
    <g
      className="node"
      data-testid={`node-${node.name}`}
      data-type={node.type ?? ''}
      data-inferred={node.inferred}
      data-selected={selected}
      data-faded={faded}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={0}
      aria-pressed={selected}
      aria-label={describe(node, windowS)}
      onClick={() => onSelect(node.key)}
      onKeyDown={onKeyDown}
      onFocus={() => onFocus(node)}
      onPointerDown={onPointerDown === undefined ? undefined : (event) => onPointerDown(event, node)}
    >
      <circle className="node-halo" r={RING_RADIUS_PX + 6} />
      <circle className="node-disc" r={RING_RADIUS_PX} />
      <Ring node={node} />
      <g className="node-icon" transform={`translate(-9 ${hasFigures ? -28 : -9})`}>
        <KindIcon kind={node.kind} size={18} />
      </g>
      {hasFigures ? (
        <>
          <text className="node-latency" y={8}>
            {formatDuration(node.shares.averageS)}
          </text>
          {showRate ? (
            <text className="node-rate" y={22}>
              {formatRate(node.shares.total, windowS)}
            </text>
          ) : null}
        </>
      ) : null}
      <Caption node={node} showShare={showRate} />
    </g>
  );
});

function Ring({ node }: { readonly node: MapNode }): ReactNode {
  const arcs = ringArcs(node.shares);
  if (arcs.length === 0) return <circle className="ring-none" r={RING_RADIUS_PX} />;
  const gap = arcs.length > 1 ? 0.9 : 0;
  return (
    <g transform="rotate(-90)" className="ring">
      {arcs.map(({ outcome, from, length }) => (
        <g key={outcome} className={`o-${outcome}`}>
          <circle
            r={RING_RADIUS_PX}
            pathLength={100}
            className={`arc arc-${outcome}`}
            strokeDasharray={`${Math.max(0.5, length * 100 - gap)} 100`}
            strokeDashoffset={-(from * 100 + gap / 2)}
          />
          {outcome === 'ok' ? null : (
            <circle
              r={RING_RADIUS_PX}
              pathLength={100}
              className="arc-pattern"
              stroke={`url(#pattern-${outcome})`}
              strokeDasharray={`${Math.max(0.5, length * 100 - gap)} 100`}
              strokeDashoffset={-(from * 100 + gap / 2)}
            />
          )}
        </g>
      ))}
      {node.inferred ? <circle className="ring-dash" r={RING_RADIUS_PX} pathLength={96} /> : null}
    </g>
  );
}

function Caption({ node, showShare }: { readonly node: MapNode; readonly showShare: boolean }): ReactNode {
  const worst = worstOf(node.shares);
  const label = worst === null ? '' : flagOf(worst, showShare);
  const width = label.length * 5.9 + 12;
  return (
    <>
      <text className="node-name" y={RING_RADIUS_PX + 23}>
        {clipMiddle(node.shortName, NAME_CHARS_MAX)}
        <title>{visible(node.name)}</title>
      </text>
      <text className="node-type" y={RING_RADIUS_PX + 37}>
        {node.type === 'client' ? visible(`of ${clipMiddle(node.name, 16)}`) : clipMiddle(typeLabel(node.type), 24)}
      </text>
      {worst === null ? null : (
        <g className={`node-flag o-${worst.outcome}`} transform={`translate(0 ${RING_RADIUS_PX + 1})`}>
          <rect x={-width / 2} y={-9} width={width} height={17} rx={8.5} />
          <text y={3.5}>{label}</text>
        </g>
      )}
    </>
  );
}

/** Of one trace, a share of all calls says nothing unless only some of them failed. */
function flagOf({ outcome, share }: { outcome: SettledOutcome; share: number }, showShare: boolean): string {
  const word = OUTCOME_LABEL[outcome];
  return !showShare && share >= 1 ? word : `${formatShare(share)} ${word.toLowerCase()}`;
}

function describe(node: MapNode, windowS: number): string {
  const { shares } = node;
  const what = `${visible(node.shortName)}, ${typeLabel(node.type)}${node.inferred ? ', inferred' : ''}`;
  if (shares.total === 0) return what;
  const worst = worstOf(shares);
  const trouble =
    worst === null ? 'all OK' : `${formatShare(worst.share)} ${OUTCOME_LABEL[worst.outcome].toLowerCase()}`;
  return `${what}: ${formatDuration(shares.averageS)} on average, ${formatRate(shares.total, windowS)}, ${trouble}`;
}
