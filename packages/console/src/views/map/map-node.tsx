import { memo, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import type { Change } from '../../map/diff.ts';
import { printMark } from '../../map/diff-text.ts';
import { RING_RADIUS_PX, toPixels } from '../../map/geometry.ts';
import type { MapNode } from '../../map/graph.ts';
import { typeLabel } from '../../map/kind.ts';
import { latencyOf } from '../../map/latency.ts';
import { OUTCOME_LABEL, ringArcs, type SettledOutcome, worstOf } from '../../map/shares.ts';
import { formatDuration, formatRate, formatShare } from '../../text/format.ts';
import { clipMiddle, visible } from '../../text/visible.ts';
import type { LatencyFigure } from '../../url/map-place.ts';
import { KindIcon } from '../../widgets/kind-icon.tsx';

const NAME_CHARS_MAX = 22;

export interface MapNodeProps {
  readonly node: MapNode;
  /** Of its ring. */
  readonly radiusPx: number;
  readonly windowS: number;
  readonly latency: LatencyFigure;
  /** When two windows are compared. */
  readonly change: Change | null;
  readonly selected: boolean;
  /** The one node that Tab leads to. */
  readonly current: boolean;
  /** Being dragged. */
  readonly held: boolean;
  readonly faded: boolean;
  readonly showRate: boolean;
  readonly onSelect: (key: string) => void;
  readonly onFocus: (node: MapNode) => void;
  readonly onToggle: (node: MapNode) => void;
  readonly onPointerDown?: ((event: PointerEvent, node: MapNode) => void) | undefined;
}

export const MapNodeView = memo(function MapNodeView(props: MapNodeProps): ReactNode {
  const { node, radiusPx: r, windowS, latency, change, selected, faded, showRate, onSelect, onFocus } = props;
  const { onPointerDown } = props;
  const { x, y } = toPixels(node.position);
  const [mark] = change?.marks ?? [];
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
      data-held={props.held}
      data-key={node.key}
      data-change={mark}
      transform={`translate(${x} ${y})`}
      onClick={() => onSelect(node.key)}
      onDoubleClick={() => props.onToggle(node)}
      onKeyDown={onKeyDown}
      onFocus={() => onFocus(node)}
      onPointerDown={onPointerDown === undefined ? undefined : (event) => onPointerDown(event, node)}
    >
      <circle className="node-halo" r={r + 6} />
      {node.box === null ? null : <circle className="node-stack" cx={7} cy={-6} r={r} />}
      <circle className="node-disc" r={r} />
      <Ring node={node} radiusPx={r} />
      <Inside {...{ node, windowS, latency, showRate }} scale={r / RING_RADIUS_PX} />
      <Caption node={node} radiusPx={r} showShare={showRate} />
      {change === null || mark === undefined ? null : <Badge text={printMark(change, mark)} mark={mark} radiusPx={r} />}
      <circle
        className="node-press"
        r={r}
        role="button"
        tabIndex={props.current ? 0 : -1}
        aria-pressed={selected}
        aria-label={describe(node, windowS, latency, change)}
      />
    </g>
  );
});

interface InsideProps extends Pick<MapNodeProps, 'node' | 'windowS' | 'latency' | 'showRate'> {
  /** Against a node of the usual size. */
  readonly scale: number;
}

function Inside({ node, windowS, latency, showRate, scale }: InsideProps): ReactNode {
  const hasFigures = node.shares.total > 0;
  return (
    <g transform={scale === 1 ? undefined : `scale(${scale.toFixed(3)})`}>
      <g className="node-icon" transform={`translate(-9 ${hasFigures ? -28 : -9})`}>
        <KindIcon kind={node.kind} size={18} />
      </g>
      {hasFigures ? (
        <>
          <text className="node-latency" y={8} aria-hidden>
            {formatDuration(latencyOf(node, latency))}
          </text>
          {showRate ? (
            <text className="node-rate" y={22} aria-hidden>
              {formatRate(node.shares.total, windowS)}
            </text>
          ) : null}
        </>
      ) : null}
    </g>
  );
}

/** Of a circle's length of 100: a quarter before where it begins. */
const TOP = 25;

function dashes(length: number): string {
  const drawn = Math.max(0.5, length);
  return `${drawn} ${100 - drawn}`;
}

function Ring({ node, radiusPx: r }: Pick<MapNodeProps, 'node' | 'radiusPx'>): ReactNode {
  const arcs = ringArcs(node.shares);
  if (arcs.length === 0) return <circle className="ring-none" r={r} />;
  const gap = arcs.length > 1 ? 0.9 : 0;
  return (
    <g className="ring">
      {arcs.map(({ outcome, from, length }) => (
        <g key={outcome} className={`o-${outcome}`}>
          <circle
            r={r}
            pathLength={100}
            className={`arc arc-${outcome}`}
            strokeDasharray={dashes(length * 100 - gap)}
            strokeDashoffset={TOP - from * 100 - gap / 2}
          />
          {outcome === 'ok' ? null : (
            <circle
              r={r}
              pathLength={100}
              className="arc-pattern"
              stroke={`url(#pattern-${outcome})`}
              strokeDasharray={dashes(length * 100 - gap)}
              strokeDashoffset={TOP - from * 100 - gap / 2}
            />
          )}
        </g>
      ))}
      {node.inferred ? <circle className="ring-dash" r={r} pathLength={96} /> : null}
    </g>
  );
}

/** What changed most, above the ring. */
function Badge({ text, mark, radiusPx }: { text: string; mark: string; radiusPx: number }): ReactNode {
  const width = text.length * 5.9 + 14;
  return (
    <g className={`node-badge mark-${mark}`} aria-hidden transform={`translate(0 ${-radiusPx - 9})`}>
      <rect x={-width / 2} y={-9} width={width} height={18} rx={9} />
      <text y={3.7}>{text}</text>
    </g>
  );
}

interface CaptionProps {
  readonly node: MapNode;
  readonly radiusPx: number;
  readonly showShare: boolean;
}

function Caption({ node, radiusPx: r, showShare }: CaptionProps): ReactNode {
  const worst = worstOf(node.shares);
  const label = worst === null ? '' : flagOf(worst, showShare);
  const width = label.length * 5.9 + 12;
  return (
    <>
      <text className="node-name" y={r + 23} aria-hidden>
        {clipMiddle(node.shortName, NAME_CHARS_MAX)}
        <title>{visible(node.name)}</title>
      </text>
      <text className="node-type" y={r + 37} aria-hidden>
        {typeText(node)}
      </text>
      {worst === null ? null : (
        <g className={`node-flag o-${worst.outcome}`} aria-hidden transform={`translate(0 ${r + 1})`}>
          <rect x={-width / 2} y={-9} width={width} height={17} rx={8.5} />
          <text y={3.5}>{label}</text>
        </g>
      )}
    </>
  );
}

function typeText({ type, name, box, members }: MapNode): string {
  if (box !== null) return `${members.length} nodes`;
  return type === 'client' ? visible(`of ${clipMiddle(name, 16)}`) : clipMiddle(typeLabel(type), 24);
}

/** Of one trace, a share of all calls says nothing unless only some of them failed. */
function flagOf({ outcome, share }: { outcome: SettledOutcome; share: number }, showShare: boolean): string {
  const word = OUTCOME_LABEL[outcome];
  return !showShare && share >= 1 ? word : `${formatShare(share)} ${word.toLowerCase()}`;
}

function describe(node: MapNode, windowS: number, latency: LatencyFigure, change: Change | null): string {
  const { shares } = node;
  const gathered = node.box === null ? '' : `, ${node.members.length} nodes`;
  const what = `${visible(node.shortName)}, ${typeLabel(node.type)}${gathered}${node.inferred ? ', inferred' : ''}`;
  const changed = change === null || change.marks.length === 0 ? '' : `. ${describeMarks(change)}`;
  if (shares.total === 0) return what + changed;
  const worst = worstOf(shares);
  const trouble =
    worst === null ? 'all OK' : `${formatShare(worst.share)} ${OUTCOME_LABEL[worst.outcome].toLowerCase()}`;
  const time = `${formatDuration(latencyOf(node, latency))} ${latency === 'average' ? 'on average' : latency}`;
  return `${what}: ${time}, ${formatRate(shares.total, windowS)}, ${trouble}${changed}`;
}

function describeMarks(change: Change): string {
  return change.marks.map((mark) => printMark(change, mark)).join(', ');
}
