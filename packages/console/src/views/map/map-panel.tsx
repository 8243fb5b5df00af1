import { IconArrowRight, IconBulb, IconFocus2, IconFold, IconX } from '@tabler/icons-react';
import { type Boxing, boxLabelOf } from '@fluoroscope/api';
import type { ReactNode } from 'react';
import { explain } from '../../differences/sets.ts';
import { tracesWindow } from '../../map/active.ts';
import { filterOf, inGroup } from '../../map/band.ts';
import type { Change } from '../../map/diff.ts';
import { printChange, printMark } from '../../map/diff-text.ts';
import type { MapEdge, MapNode } from '../../map/graph.ts';
import { quantile } from '../../map/histogram.ts';
import { typeLabel } from '../../map/kind.ts';
import { latencyOf } from '../../map/latency.ts';
import type { SettledOutcome, Shares } from '../../map/shares.ts';
import { formatCount, formatDuration, formatRate } from '../../text/format.ts';
import { clipMiddle, visible } from '../../text/visible.ts';
import { type MapPlace, type MapSelection, TRACES_PLACE } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import type { Range } from '../../url/range.ts';
import { windowAt } from '../../map/replay.ts';
import { go } from '../../url/use-place.ts';
import { KindIcon } from '../../widgets/kind-icon.tsx';
import { ShareBars } from '../../widgets/share-bars.tsx';
import { LatencyHistogram } from './latency-histogram.tsx';
import { LatestTraces } from './latest-traces.tsx';
import { useChosen } from './use-chosen.ts';
import type { LiveMap } from './use-map.ts';

interface MapPanelProps {
  readonly map: LiveMap;
  readonly place: MapPlace;
  readonly onSelect: (selection: MapSelection | null) => void;
  readonly onToggle: (node: MapNode) => void;
}

/** What is known of the selected node or edge; beside the map, or from below on a small screen. */
export function MapPanel(props: MapPanelProps): ReactNode {
  const { selected } = props.place;
  const { nodes, edges } = props.map.whole;
  if (selected === null) return null;
  if (selected.kind === 'node') {
    const node = nodes.find(({ key }) => key === selected.key);
    return node === undefined ? null : <NodePanel key={node.key} {...props} node={node} />;
  }
  const edge = edges.find(({ from, to }) => from.key === selected.from && to.key === selected.to);
  return edge === undefined ? null : <EdgePanel key={edge.key} {...props} edge={edge} />;
}

function NodePanel({ node, map, place, onSelect, onToggle }: MapPanelProps & { readonly node: MapNode }): ReactNode {
  const { whole, windowS } = map;
  const callers = whole.edges.filter((edge) => edge.to.key === node.key);
  const callees = whole.edges.filter((edge) => edge.from.key === node.key);
  const list = { windowS, place, onSelect };
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
            {node.inferred && node.type !== 'client' && node.box === null ? ' · inferred from its callers' : ''}
            {node.accountId === null ? '' : ` · ${visible(node.accountId)}`}
          </p>
        </div>
      </header>
      <NodeActions {...{ node, place, onToggle }} boxing={map.boxing} />
      <Changes change={map.diff?.byKey.get(node.key)} />
      {node.type === 'client' ? (
        <p className="panel-note">Callers from outside. Figures are on the connection to the service they reach.</p>
      ) : (
        <Figures item={node} windowS={windowS} />
      )}
      {node.box === null ? null : <Members node={node} />}
      <Neighbours title="Called by" edges={callers} other={(edge) => edge.from} {...list} />
      <Neighbours title="Calls" edges={callees} other={(edge) => edge.to} {...list} />
      <Requests item={node} {...{ map, place }} />
    </Panel>
  );
}

interface NodeActionsProps {
  readonly node: MapNode;
  readonly boxing: Boxing | null;
  readonly place: MapPlace;
  readonly onToggle: (node: MapNode) => void;
}

function NodeActions({ node, boxing, place, onToggle }: NodeActionsProps): ReactNode {
  const isOpened = node.box === null && boxing !== null && place.open.includes(labelOf(node, boxing) ?? '');
  return (
    <div className="panel-actions">
      <button
        type="button"
        className="btn btn-small"
        data-testid="focus-node"
        title="Show this node and its neighbours only (f)"
        onClick={() => go({ ...place, focus: { key: node.key, hops: 1, way: 'both' } })}
      >
        <IconFocus2 size={14} aria-hidden />
        Focus
      </button>
      {node.box !== null || isOpened ? (
        <button
          type="button"
          className="btn btn-small"
          data-testid="toggle-box"
          title="(e)"
          onClick={() => onToggle(node)}
        >
          <IconFold size={14} aria-hidden />
          {isOpened ? 'Gather again' : `Show ${node.members.length} nodes`}
        </button>
      ) : null}
    </div>
  );
}

/** Label of the box that a node would be in. */
export function labelOf({ name, type, accountId }: MapNode, boxing: Boxing): string | null {
  const service = {
    Name: name,
    ...(type !== null && { Type: type }),
    ...(accountId !== null && { AccountId: accountId }),
  };
  return boxLabelOf(service, boxing);
}

function EdgePanel({ edge, map, place, onSelect }: MapPanelProps & { readonly edge: MapEdge }): ReactNode {
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
      <Changes change={map.diff?.byKey.get(edge.key)} />
      {edge.link && edge.shares.total === 0 ? <Ages edge={edge} /> : <Figures item={edge} windowS={map.windowS} />}
      <Requests item={edge} {...{ map, place }} />
    </Panel>
  );
}

/** Nobody waits for an answer on a link: what counts is how long messages lay there. */
function Ages({ edge }: { readonly edge: MapEdge }): ReactNode {
  const figures = [
    ['Received', formatCount(edge.ages.reduce((sum, { Count = 0 }) => sum + Count, 0))],
    ['Age p50', formatDuration(quantile(edge.ages, 0.5))],
    ['Age p95', formatDuration(quantile(edge.ages, 0.95))],
  ] as const;
  return (
    <>
      <FigureList figures={figures} />
      {edge.ages.length === 0 ? null : (
        <section className="panel-part" aria-label="Message ages">
          <LatencyHistogram entries={edge.ages} caption="Age of received messages" band={null} />
        </section>
      )}
    </>
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

function Changes({ change }: { readonly change: Change | undefined }): ReactNode {
  if (change === undefined) return null;
  return (
    <section className="panel-part panel-changes" aria-label="Compared" data-testid="panel-changes">
      <ul className="mark-counts">
        {change.marks.length === 0 ? <li className="mark-chip">As before</li> : null}
        {change.marks.map((mark) => (
          <li key={mark} className={`mark-chip mark-${mark}`}>
            {printMark(change, mark)}
          </li>
        ))}
      </ul>
      <table className="changes">
        <thead>
          <tr>
            <th scope="col">
              <span className="sr-only">Figure</span>
            </th>
            <th scope="col">Now</th>
            <th scope="col">Before</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {printChange(change).map(({ label, now, before, change: by }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td className="num">{now}</td>
              <td className="num">{before}</td>
              <td className="num">{by}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface FiguresProps {
  readonly item: MapNode | MapEdge;
  readonly windowS: number;
}

function Figures({ item: { shares, responseTimes }, windowS }: FiguresProps): ReactNode {
  return (
    <FigureList
      figures={[
        ['Requests', formatCount(shares.total)],
        ['Rate', formatRate(shares.total, windowS)],
        ['Average', formatDuration(shares.averageS)],
        ['p50', formatDuration(quantile(responseTimes, 0.5))],
        ['p95', formatDuration(quantile(responseTimes, 0.95))],
        ['p99', formatDuration(quantile(responseTimes, 0.99))],
      ]}
    />
  );
}

function FigureList({ figures }: { readonly figures: readonly (readonly [string, string])[] }): ReactNode {
  return (
    <dl className="figures">
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Members({ node }: { readonly node: MapNode }): ReactNode {
  return (
    <section className="panel-part" aria-label="Members">
      <h3>{node.members.length} nodes, summed up</h3>
      <p className="members muted">{node.members.map((name) => clipMiddle(name, 40)).join(', ')}</p>
    </section>
  );
}

interface NeighboursProps {
  readonly title: string;
  readonly edges: readonly MapEdge[];
  /** The end that is not the selected node. */
  readonly other: (edge: MapEdge) => MapNode;
  readonly windowS: number;
  readonly place: MapPlace;
  readonly onSelect: (selection: MapSelection) => void;
}

function Neighbours({ title, edges, other, windowS, place, onSelect }: NeighboursProps): ReactNode {
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
              <span className="num neighbour-time">{formatDuration(latencyOf(edge, place.latency))}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface RequestsProps {
  readonly item: MapNode | MapEdge;
  readonly map: LiveMap;
  readonly place: MapPlace;
}

const NO_OUTCOMES: ReadonlySet<SettledOutcome> = new Set();

/** Outcomes to tick, times to brush, and the traces of what is chosen. */
function Requests({ item, map, place }: RequestsProps): ReactNode {
  const [chosen, setChosen] = useChosen(place);
  const { band } = chosen;
  const outcomes: ReadonlySet<SettledOutcome> = new Set(chosen.outcomes);
  function tick(outcome: SettledOutcome): void {
    const others = chosen.outcomes.filter((it) => it !== outcome);
    setChosen({ ...chosen, outcomes: others.length < chosen.outcomes.length ? others : [...others, outcome] });
  }
  const before = histogramBefore(item, map);
  const range: Range =
    place.replay !== null && place.range.kind === 'fixed'
      ? { kind: 'fixed', ...windowAt(place.range, place.replay) }
      : place.range;
  const all = filterOf(item, null, NO_OUTCOMES, map.whole);
  const condition = filterOf(item, band, outcomes, map.whole);
  if (all === null || condition === null) return null;
  const filter = inGroup(condition, place.group);
  return (
    <>
      {isQuiet(item.shares) ? null : (
        <>
          <section className="panel-part" aria-label="Outcomes">
            <h3>Outcomes</h3>
            <ShareBars shares={item.shares} ticked={outcomes} onTick={tick} />
          </section>
          <section className="panel-part" aria-label="Response times">
            <LatencyHistogram
              entries={item.responseTimes}
              {...(before !== undefined && { before })}
              caption={before === undefined ? 'Response time' : 'Response time, line: before'}
              band={band}
              onBand={(next) => setChosen({ ...chosen, band: next })}
            />
          </section>
        </>
      )}
      <section className="panel-part" aria-label="Latest traces">
        <div className="panel-row">
          <h3>{band === null && outcomes.size === 0 ? 'Latest traces' : 'Traces of what is chosen'}</h3>
          {band === null && outcomes.size === 0 ? null : (
            <PlaceLink
              to={explain(range, inGroup(all, place.group), { filter: condition, time: null })}
              className="btn btn-small panel-explain"
              testId="explain"
              title="What sets these apart from the rest"
            >
              <IconBulb size={14} aria-hidden /> Explain these
            </PlaceLink>
          )}
          <PlaceLink
            to={{ ...TRACES_PLACE, range: standingRange(item, map, range), filter }}
            className="btn btn-small"
            testId="view-traces"
            title="Within these times, as they are now"
          >
            View all
          </PlaceLink>
        </div>
        <LatestTraces filter={filter} range={range} />
      </section>
    </>
  );
}

/** A range that moves on stands still from here, and ends where nothing more of the item is. */
function standingRange(item: MapNode | MapEdge, { whole, query }: LiveMap, range: Range): Range {
  if (range.kind === 'fixed' || query.data === undefined) return range;
  const { startTime: startS, endTime: endS } = query.data;
  return { kind: 'fixed', ...tracesWindow(whole, item, { startS, endS }) };
}

function isQuiet({ total }: Shares): boolean {
  return total === 0;
}

function histogramBefore(item: MapNode | MapEdge, { before }: LiveMap): MapNode['responseTimes'] | undefined {
  const items: readonly (MapNode | MapEdge)[] = before === null ? [] : 'from' in item ? before.edges : before.nodes;
  return items.find(({ key }) => key === item.key)?.responseTimes;
}
