import { IconArrowRight, IconX } from '@tabler/icons-react';
import type { HistogramEntry } from '@fluoroscope/api';
import type { ReactNode } from 'react';
import type { MapEdge, MapGraph, MapNode } from '../../map/graph.ts';
import { quantile } from '../../map/histogram.ts';
import { typeLabel } from '../../map/kind.ts';
import type { Shares } from '../../map/shares.ts';
import { quoted } from '../../summaries/filter-error.ts';
import { formatCount, formatDuration, formatRate } from '../../text/format.ts';
import { clipMiddle, visible } from '../../text/visible.ts';
import { type MapPlace, type MapSelection, TRACES_PLACE } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { HistogramChart } from '../../widgets/histogram-chart.tsx';
import { KindIcon } from '../../widgets/kind-icon.tsx';
import { ShareBars } from '../../widgets/share-bars.tsx';
import { LatestTraces } from './latest-traces.tsx';

interface MapPanelProps {
  readonly graph: MapGraph;
  readonly windowS: number;
  readonly place: MapPlace;
  readonly onSelect: (selection: MapSelection | null) => void;
}

/** What is known of the selected node or edge; beside the map, or from below on a small screen. */
export function MapPanel({ graph, windowS, place, onSelect }: MapPanelProps): ReactNode {
  const { selected } = place;
  if (selected === null) return null;
  if (selected.kind === 'node') {
    const node = graph.nodes.find(({ key }) => key === selected.key);
    return node === undefined ? null : <NodePanel {...{ node, graph, windowS, place, onSelect }} />;
  }
  const edge = graph.edges.find(({ from, to }) => from.key === selected.from && to.key === selected.to);
  return edge === undefined ? null : <EdgePanel {...{ edge, windowS, place, onSelect }} />;
}

function NodePanel({ node, graph, windowS, place, onSelect }: MapPanelProps & { readonly node: MapNode }): ReactNode {
  const callers = graph.edges.filter((edge) => edge.to.key === node.key);
  const callees = graph.edges.filter((edge) => edge.from.key === node.key);
  return (
    <Panel label={`Node ${visible(node.shortName)}`} onClose={() => onSelect(null)}>
      <header className="panel-head">
        <span className="panel-kind">
          <KindIcon kind={node.kind} size={20} />
        </span>
        <div className="panel-title">
          <h2 title={visible(node.name)}>{clipMiddle(node.shortName, 60)}</h2>
          <p>
            {typeLabel(node.type)}
            {node.inferred && node.type !== 'client' ? ' · inferred from its callers' : ''}
            {node.accountId === null ? '' : ` · ${visible(node.accountId)}`}
          </p>
        </div>
      </header>
      {node.type === 'client' ? (
        <p className="panel-note">Callers from outside. Figures are on the connection to the service they reach.</p>
      ) : (
        <Figures shares={node.shares} responseTimes={node.responseTimes} windowS={windowS} />
      )}
      <Neighbours title="Called by" edges={callers} other={(edge) => edge.from} windowS={windowS} onSelect={onSelect} />
      <Neighbours title="Calls" edges={callees} other={(edge) => edge.to} windowS={windowS} onSelect={onSelect} />
      <Traces filter={`service(${quoted(node.name)})`} place={place} />
    </Panel>
  );
}

function EdgePanel({
  edge,
  windowS,
  place,
  onSelect,
}: Omit<MapPanelProps, 'graph'> & { readonly edge: MapEdge }): ReactNode {
  const ends = [edge.from, edge.to]
    .filter((node) => node.type !== 'client')
    .map((node) => `service(${quoted(node.name)})`);
  return (
    <Panel label="Connection" onClose={() => onSelect(null)}>
      <header className="panel-head">
        <div className="panel-title">
          <h2 className="panel-ends">
            {[edge.from, edge.to].map((node, index) => (
              <span key={node.key} className="panel-end">
                {index === 0 ? null : <IconArrowRight size={16} aria-label="to" />}
                <button
                  type="button"
                  title={visible(node.name)}
                  onClick={() => onSelect({ kind: 'node', key: node.key })}
                >
                  {clipMiddle(node.shortName, 30)}
                </button>
              </span>
            ))}
          </h2>
          <p>{edge.link ? 'Asynchronous link' : 'As the caller saw it, network included'}</p>
        </div>
      </header>
      <Figures shares={edge.shares} responseTimes={edge.responseTimes} windowS={windowS} />
      <Traces filter={ends.join(' AND ')} place={place} />
    </Panel>
  );
}

function Panel({ label, onClose, children }: { label: string; onClose: () => void; children: ReactNode }): ReactNode {
  return (
    <aside
      className="panel"
      aria-label={label}
      data-testid="panel"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <button
        type="button"
        className="btn btn-quiet btn-small btn-icon panel-close"
        aria-label="Close"
        onClick={onClose}
        data-testid="panel-close"
      >
        <IconX size={16} />
      </button>
      {children}
    </aside>
  );
}

interface FiguresProps {
  readonly shares: Shares;
  readonly responseTimes: readonly HistogramEntry[];
  readonly windowS: number;
}

function Figures({ shares, responseTimes, windowS }: FiguresProps): ReactNode {
  const figures = [
    ['Requests', formatCount(shares.total)],
    ['Rate', formatRate(shares.total, windowS)],
    ['Average', formatDuration(shares.averageS)],
    ['p50', formatDuration(quantile(responseTimes, 0.5))],
    ['p95', formatDuration(quantile(responseTimes, 0.95))],
    ['p99', formatDuration(quantile(responseTimes, 0.99))],
  ] as const;
  return (
    <>
      <dl className="figures">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <section className="panel-part" aria-label="Outcomes">
        <h3>Outcomes</h3>
        <ShareBars shares={shares} />
      </section>
      <section className="panel-part" aria-label="Response times">
        <HistogramChart entries={responseTimes} />
      </section>
    </>
  );
}

interface NeighboursProps {
  readonly title: string;
  readonly edges: readonly MapEdge[];
  /** The end that is not the selected node. */
  readonly other: (edge: MapEdge) => MapNode;
  readonly windowS: number;
  readonly onSelect: (selection: MapSelection) => void;
}

function Neighbours({ title, edges, other, windowS, onSelect }: NeighboursProps): ReactNode {
  if (edges.length === 0) return null;
  return (
    <section className="panel-part" aria-label={title}>
      <h3>{title}</h3>
      <ul className="neighbours">
        {edges.map((edge) => (
          <li key={edge.key}>
            <button type="button" onClick={() => onSelect({ kind: 'edge', from: edge.from.key, to: edge.to.key })}>
              <KindIcon kind={other(edge).kind} />
              <span className="clip" title={visible(other(edge).name)}>
                {clipMiddle(other(edge).shortName, 34)}
              </span>
              <span className="num muted">{formatRate(edge.shares.total, windowS)}</span>
              <span className="num neighbour-time">{formatDuration(edge.shares.averageS)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Traces({ filter, place }: { readonly filter: string; readonly place: MapPlace }): ReactNode {
  return (
    <section className="panel-part" aria-label="Latest traces">
      <div className="panel-row">
        <h3>Latest traces</h3>
        <PlaceLink to={{ ...TRACES_PLACE, range: place.range, filter }} className="btn btn-small" testId="view-traces">
          View all
        </PlaceLink>
      </div>
      <LatestTraces filter={filter} range={place.range} />
    </section>
  );
}
