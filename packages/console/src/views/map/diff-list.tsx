import type { ReactNode } from 'react';
import { type Change, MARK_LABEL, MARKS, type MapDiff } from '../../map/diff.ts';
import { notOk, printMark, printPoints, printRatio } from '../../map/diff-text.ts';
import { typeLabel } from '../../map/kind.ts';
import { formatDuration, formatRate, formatShare, NO_VALUE } from '../../text/format.ts';
import { clipMiddle } from '../../text/visible.ts';
import type { MapPlace, MapSelection } from '../../url/map-place.ts';
import { printTableSort, readTableSort, type TableSort } from '../../url/trace-place.ts';
import { go } from '../../url/use-place.ts';
import { SortableHead } from '../../widgets/sortable-head.tsx';

type Column = 'name' | 'change' | 'rate' | 'p95' | 'failures';

const HEAD: readonly (readonly [Column, string])[] = [
  ['name', 'Node or connection'],
  ['change', 'Change'],
  ['rate', 'Rate'],
  ['p95', 'p95'],
  ['failures', 'Not OK'],
];

interface Row extends Change {
  readonly name: string;
  readonly type: string;
  readonly selection: MapSelection;
}

const KEY: Readonly<Record<Column, (row: Row) => number | string>> = {
  name: (row) => row.name.toLowerCase(),
  // The most serious first when descending.
  change: ({ marks: [mark] }) => (mark === undefined ? -MARKS.length : -MARKS.indexOf(mark)),
  rate: ({ now, before }) => ratio(now?.rate, before?.rate),
  p95: ({ now, before }) => ratio(now?.p95, before?.p95),
  failures: ({ now, before }) => (now === null ? 0 : notOk(now)) - (before === null ? 0 : notOk(before)),
};

interface DiffListProps {
  readonly diff: MapDiff;
  readonly place: MapPlace;
  readonly onSelect: (selection: MapSelection | null) => void;
}

const COLUMNS = HEAD.map(([column]) => column);
const USUAL_SORT: TableSort<Column> = { column: 'change', descending: true };

/** Two windows side by side: what is different first. */
export function DiffList({ diff, place, onSelect }: DiffListProps): ReactNode {
  const { selected } = place;
  const sort = readTableSort(place.sort, COLUMNS, USUAL_SORT);
  const setSort = (next: TableSort<Column>): void => go({ ...place, sort: printTableSort(next) }, 'replace');
  const key = KEY[sort.column];
  const rows = rowsOf(diff).toSorted((a, b) => {
    const order = key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
    return (sort.descending ? -order : order) || (a.key < b.key ? -1 : 1);
  });
  return (
    <div className="list-scroll" data-testid="diff-list">
      <table className="list">
        <SortableHead head={HEAD} sort={sort} onSort={setSort} textColumns={['name']} />
        <tbody>
          {rows.map((row) => (
            <tr
              key={row.key}
              data-selected={isSelected(row.selection, selected)}
              onClick={() => onSelect(row.selection)}
            >
              <th scope="row">
                <button type="button" className="list-name list-name-plain">
                  <span className="list-name-text">
                    <span className="clip">{row.name}</span>
                    <span className="muted">{row.type}</span>
                  </span>
                </button>
              </th>
              <td>
                <Marks change={row} />
              </td>
              <Pair
                now={row.now && formatRate(row.now.rate, 1)}
                before={row.before && formatRate(row.before.rate, 1)}
                change={printRatio(row.now?.rate, row.before?.rate)}
              />
              <Pair
                now={row.now && formatDuration(row.now.p95)}
                before={row.before && formatDuration(row.before.p95)}
                change={printRatio(row.now?.p95, row.before?.p95)}
              />
              <Pair
                now={row.now && formatShare(notOk(row.now))}
                before={row.before && formatShare(notOk(row.before))}
                change={row.now && row.before ? printPoints(notOk(row.now), notOk(row.before)) : NO_VALUE}
              />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Marks({ change }: { readonly change: Change }): ReactNode {
  if (change.marks.length === 0) return <span className="muted">As before</span>;
  return (
    <ul className="mark-counts mark-counts-end">
      {change.marks.map((mark) => (
        <li key={mark} className={`mark-chip mark-${mark}`} title={MARK_LABEL[mark]}>
          {printMark(change, mark)}
        </li>
      ))}
    </ul>
  );
}

function Pair({ now, before, change }: { now: string | null; before: string | null; change: string }): ReactNode {
  return (
    <td className="num">
      <span className="pair-now">{now ?? NO_VALUE}</span>
      <span className="pair-before muted">
        was {before ?? NO_VALUE} <b>{change}</b>
      </span>
    </td>
  );
}

function rowsOf({ nodes, edges }: MapDiff): readonly Row[] {
  return [
    ...nodes
      .filter(({ node }) => node.type !== 'client')
      .map(({ node, ...change }): Row =>
        Object.assign(change, {
          name: clipMiddle(node.shortName, 40),
          type: typeLabel(node.type),
          selection: { kind: 'node', key: node.key } as const,
        }),
      ),
    ...edges.map(({ edge, ...change }): Row =>
      Object.assign(change, {
        name: `${clipMiddle(edge.from.shortName, 24)} → ${clipMiddle(edge.to.shortName, 24)}`,
        type: 'Connection',
        selection: { kind: 'edge', from: edge.from.key, to: edge.to.key } as const,
      }),
    ),
  ];
}

function ratio(now: number | undefined, before: number | undefined): number {
  if (now === undefined || before === undefined) return -1;
  return before > 0 ? now / before : 0;
}

function isSelected(a: MapSelection, b: MapSelection | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
