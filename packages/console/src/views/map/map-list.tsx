import type { ReactNode } from 'react';
import type { MapEdge, MapGraph, MapNode } from '../../map/graph.ts';
import { typeLabel } from '../../map/kind.ts';
import { quantile } from '../../map/histogram.ts';
import { OUTCOME_LABEL, worstOf } from '../../map/shares.ts';
import { formatDuration, formatRate, formatShare, NO_VALUE } from '../../text/format.ts';
import { clipMiddle, visible } from '../../text/visible.ts';
import type { MapPlace, MapSelection } from '../../url/place.ts';
import { printTableSort, readTableSort, type TableSort } from '../../url/trace-place.ts';
import { go } from '../../url/use-place.ts';
import { KindIcon } from '../../widgets/kind-icon.tsx';
import { SortableHead } from '../../widgets/sortable-head.tsx';
import { OutcomeIcon } from '../../widgets/outcome.tsx';

type Column = 'name' | 'rate' | 'average' | 'p50' | 'p95' | 'p99' | 'trouble';

type Listed = MapNode | MapEdge;

const KEY: Readonly<Record<Column, (it: Listed) => number | string>> = {
  name: (it) => ('from' in it ? `${it.from.shortName} ${it.to.shortName}` : it.shortName).toLowerCase(),
  rate: (it) => it.shares.total,
  average: (it) => it.shares.averageS ?? -1,
  p50: (it) => quantile(it.responseTimes, 0.5) ?? -1,
  p95: (it) => quantile(it.responseTimes, 0.95) ?? -1,
  p99: (it) => quantile(it.responseTimes, 0.99) ?? -1,
  trouble: (it) => (it.shares.fault + it.shares.throttle + it.shares.error) / Math.max(1, it.shares.total),
};

const HEAD: readonly (readonly [Column, string])[] = [
  ['name', 'Node'],
  ['rate', 'Rate'],
  ['average', 'Average'],
  ['p50', 'p50'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['trouble', 'Not OK'],
];

interface MapListProps {
  readonly graph: MapGraph;
  readonly windowS: number;
  readonly place: MapPlace;
  readonly onSelect: (selection: MapSelection | null) => void;
}

const COLUMNS = HEAD.map(([column]) => column);
const USUAL_SORT: TableSort<Column> = { column: 'rate', descending: true };

/** The map's nodes and edges as a table: for screen readers, small screens, and for sorting. */
export function MapList({ graph, windowS, place, onSelect }: MapListProps): ReactNode {
  const { selected } = place;
  const sort = readTableSort(place.sort, COLUMNS, USUAL_SORT);
  const setSort = (next: TableSort<Column>): void => go({ ...place, sort: printTableSort(next) }, 'replace');
  const key = KEY[sort.column];
  const byKey = (a: Listed, b: Listed): number => {
    const order = key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
    return (sort.descending ? -order : order) || (a.key < b.key ? -1 : 1);
  };
  return (
    <div className="list-scroll" data-testid="map-list">
      <table className="list">
        <SortableHead head={HEAD} sort={sort} onSort={setSort} textColumns={['name']} />
        <tbody>
          {graph.nodes.toSorted(byKey).map((node) => (
            <NodeLine
              key={node.key}
              node={node}
              windowS={windowS}
              selected={selected?.kind === 'node' && selected.key === node.key}
              onSelect={() => onSelect({ kind: 'node', key: node.key })}
            />
          ))}
        </tbody>
        <tbody>
          <tr className="list-part">
            <th scope="rowgroup" colSpan={HEAD.length}>
              Connections, as the caller saw them
            </th>
          </tr>
          {graph.edges.toSorted(byKey).map((edge) => (
            <EdgeLine
              key={edge.key}
              edge={edge}
              windowS={windowS}
              selected={selected?.kind === 'edge' && selected.from === edge.from.key && selected.to === edge.to.key}
              onSelect={() => onSelect({ kind: 'edge', from: edge.from.key, to: edge.to.key })}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LineProps {
  readonly windowS: number;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

function NodeLine({ node, windowS, selected, onSelect }: LineProps & { readonly node: MapNode }): ReactNode {
  return (
    <tr data-selected={selected} onClick={onSelect} data-testid={`list-${node.name}`} data-type={node.type ?? ''}>
      <th scope="row">
        <button type="button" className="list-name" title={visible(node.name)}>
          <KindIcon kind={node.kind} />
          <span className="list-name-text">
            <span className="clip">{clipMiddle(node.shortName, 40)}</span>
            <span className="muted">
              {node.type === 'client' ? `of ${clipMiddle(node.name, 24)}` : typeLabel(node.type)}
              {node.inferred && node.type !== 'client' ? ' · inferred' : ''}
            </span>
          </span>
        </button>
      </th>
      <Figures of={node} windowS={windowS} />
    </tr>
  );
}

function EdgeLine({ edge, windowS, selected, onSelect }: LineProps & { readonly edge: MapEdge }): ReactNode {
  const [from, to] = [edge.from, edge.to].map((node) => clipMiddle(node.shortName, 30));
  return (
    <tr data-selected={selected} onClick={onSelect} data-testid={`list-${edge.from.name}-${edge.to.name}`}>
      <th scope="row">
        <button type="button" className="list-name" title={`${visible(edge.from.name)} → ${visible(edge.to.name)}`}>
          <KindIcon kind={edge.to.kind} />
          <span className="clip">
            {from} <span className="muted">→</span> {to}
          </span>
        </button>
      </th>
      <Figures of={edge} windowS={windowS} />
    </tr>
  );
}

function Figures({
  of: { shares, responseTimes },
  windowS,
}: {
  readonly of: Listed;
  readonly windowS: number;
}): ReactNode {
  const worst = worstOf(shares);
  const quiet = shares.total === 0;
  return (
    <>
      <td className="num">{quiet ? NO_VALUE : formatRate(shares.total, windowS)}</td>
      <td className="num">{formatDuration(shares.averageS)}</td>
      {[0.5, 0.95, 0.99].map((share) => (
        <td key={share} className="num">
          {formatDuration(quantile(responseTimes, share))}
        </td>
      ))}
      <td className="num">
        {worst === null ? (
          <span className="muted">{quiet ? NO_VALUE : formatShare(0)}</span>
        ) : (
          <span className={`list-worst o-${worst.outcome}`} title={OUTCOME_LABEL[worst.outcome]}>
            <OutcomeIcon outcome={worst.outcome} size={12} />
            {formatShare(worst.share)}
            <span className="sr-only">{OUTCOME_LABEL[worst.outcome]}</span>
          </span>
        )}
      </td>
    </>
  );
}
