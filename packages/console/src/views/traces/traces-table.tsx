import { useVirtualizer } from '@tanstack/react-virtual';
import { IconTag } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { OUTCOME_LABEL } from '../../map/shares.ts';
import { shortName } from '../../map/kind.ts';
import { type Sort, type SummaryRow, urlParts } from '../../summaries/row.ts';
import { formatAge, formatDateTime, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { tracePlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { HttpStatus, OutcomeIcon, OutcomeTag } from '../../widgets/outcome.tsx';
import { useNow } from '../../widgets/use-now.ts';
import { useSize } from '../../widgets/use-size.ts';

const ROW_PX = 36;
/** A narrow screen shows a request on two lines. */
const NARROW_ROW_PX = 56;
const NARROW_PX = 700;

const COLUMNS: readonly (readonly [Sort, string])[] = [
  ['outcome', 'Status'],
  ['start', 'Age'],
  ['url', 'Request'],
  ['entry', 'Entry'],
  ['status', 'HTTP'],
  ['response', 'Response time'],
  ['duration', 'Duration'],
  ['services', 'Services'],
  ['annotations', 'Notes'],
];

interface TracesTableProps {
  readonly rows: readonly SummaryRow[];
  readonly sort: Sort;
  readonly descending: boolean;
  readonly onSort: (sort: Sort, descending: boolean) => void;
  readonly footer: ReactNode;
}

export function TracesTable({ rows, sort, descending, onSort, footer }: TracesTableProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const { width } = useSize(scroller);
  const now = useNow(1000);
  const narrow = width > 0 && width < NARROW_PX;
  const rowPx = narrow ? NARROW_ROW_PX : ROW_PX;
  // oxlint-disable-next-line react/incompatible-library -- no React compiler here, so nothing is memoized wrongly
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });
  const lengthOf = barLength(rows);
  return (
    <div className="traces-scroll" ref={scroller} data-narrow={narrow}>
      <div role="table" aria-label="Traces" aria-rowcount={rows.length + 1}>
        <div className="traces-head" role="row">
          {COLUMNS.map(([column, label]) => (
            <div
              key={column}
              role="columnheader"
              className={`c-${column}`}
              aria-sort={sort !== column ? 'none' : descending ? 'descending' : 'ascending'}
            >
              <button
                type="button"
                data-testid={`sort-${column}`}
                onClick={() => onSort(column, sort === column ? !descending : true)}
              >
                {label}
                <span aria-hidden>{sort !== column ? '' : descending ? ' ↓' : ' ↑'}</span>
              </button>
            </div>
          ))}
        </div>
        <div role="rowgroup" className="traces-body" style={{ height: rows.length * rowPx }} key={rowPx}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={item.index + 2}
                className="traces-row"
                style={{ height: rowPx, transform: `translateY(${item.index * rowPx}px)` }}
              >
                <Cells row={row} now={now} bar={lengthOf(row)} />
              </div>
            );
          })}
        </div>
      </div>
      {footer}
    </div>
  );
}

/** As a part of the track, on a log scale as above: one slow trace must not make all others alike. */
function barLength(rows: readonly SummaryRow[]): (row: SummaryRow) => number {
  const times = rows.flatMap(({ responseS }) => (responseS !== undefined && responseS > 0 ? [responseS] : []));
  const low = Math.min(...times) / 2;
  const span = Math.log(Math.max(...times) / low);
  return ({ responseS }) => (responseS !== undefined && responseS > low ? Math.log(responseS / low) / span : 0);
}

interface CellsProps {
  readonly row: SummaryRow;
  readonly now: number;
  readonly bar: number;
}

function Cells({ row, now, bar }: CellsProps): ReactNode {
  const { host, path } = urlParts(row.url);
  const services = row.services.map((name) => visible(shortName(name, null), 60));
  return (
    <>
      <div role="cell" className="c-outcome">
        {row.partial ? <OutcomeTag outcome="pending" /> : null}
        {row.partial && row.outcome === 'ok' ? null : <OutcomeTag outcome={row.outcome} />}
      </div>
      <div role="cell" className="c-start num" title={formatDateTime(row.startS)}>
        {formatAge(now - row.startS)}
      </div>
      <div role="cell" className="c-url clip">
        <PlaceLink to={tracePlace(row.id)} testId={`trace-${row.id}`} className="row-link" title={visible(row.url)}>
          <span className="method">{visible(row.method, 10)}</span> {visible(path || row.entry || row.id)}
          {host === '' ? null : <span className="muted host">{visible(host, 80)}</span>}
        </PlaceLink>
      </div>
      <div role="cell" className="c-entry clip">
        {visible(row.entry, 80)}
      </div>
      <div role="cell" className="c-status num">
        <HttpStatus status={row.status} />
      </div>
      <div role="cell" className={`c-response num o-${row.outcome}`}>
        <span className="bar-track" aria-hidden>
          <span className="bar-fill" style={{ width: `${bar * 100}%` }} />
        </span>
        {formatDuration(row.responseS)}
      </div>
      <div role="cell" className="c-duration num">
        {formatDuration(row.durationS)}
      </div>
      <div role="cell" className="c-services clip" title={services.join(', ')}>
        <span className="num service-count">{services.length}</span>
        <span className="muted">{services.slice(0, 4).join(', ')}</span>
      </div>
      <div role="cell" className="c-annotations num">
        {row.annotationCount === 0 ? null : (
          <span title={`${row.annotationCount} annotations`}>
            <IconTag size={12} aria-label="Annotations" /> {row.annotationCount}
          </span>
        )}
      </div>
      <span className={`row-edge o-${row.outcome}`} aria-hidden title={OUTCOME_LABEL[row.outcome]}>
        <OutcomeIcon outcome={row.outcome} size={1} />
      </span>
    </>
  );
}
