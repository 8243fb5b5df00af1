import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useDeferredValue, useMemo, useRef } from 'react';
import { OUTCOME_LABEL } from '../../map/shares.ts';
import { formatCount, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { listSpans, type SpanSort } from '../../trace/span-list.ts';
import { detailOfRow, idOfRow, nameOfRow, outcomeOfRow, serviceOfRow, type TracePlan } from '../../trace/trace-plan.ts';
import type { TracePlace } from '../../url/place.ts';
import { printTableSort, readTableSort, type TableSort } from '../../url/trace-place.ts';
import { go } from '../../url/use-place.ts';
import { OutcomeIcon } from '../../widgets/outcome.tsx';

interface SpansViewProps {
  readonly place: TracePlace;
  readonly plan: TracePlan;
  readonly row: number;
  readonly onChoose: (id: string) => void;
}

const ROW_PX = 30;
/** Browsers stop at some 17 million pixels; what is behind is reached by filtering and sorting. */
const LISTED_MAX = 400_000;
const COLUMNS: readonly (readonly [SpanSort, string])[] = [
  ['name', 'Name'],
  ['service', 'Service'],
  ['start', 'Start'],
  ['length', 'Duration'],
  ['self', 'Own time'],
  ['status', 'Status'],
];

const SORTS = COLUMNS.map(([column]) => column);
const USUAL_SORT: TableSort<SpanSort> = { column: 'start', descending: false };

export function SpansView({ place, plan, row, onChoose }: SpansViewProps): ReactNode {
  const { find: text, onlyFailed } = place;
  const sort = readTableSort(place.sort, SORTS, USUAL_SORT);
  const wanted = useDeferredValue(text);
  const { column: sorted, descending } = sort;
  const rows = useMemo(
    () => listSpans(plan, { text: wanted, onlyFailed, sort: sorted, descending }),
    [plan, wanted, onlyFailed, sorted, descending],
  );
  function change(next: Partial<Pick<TracePlace, 'find' | 'onlyFailed' | 'sort'>>): void {
    go({ ...place, ...next }, 'replace');
  }
  const shownCount = Math.min(rows.length, LISTED_MAX);
  return (
    <div className="table-view" data-testid="spans">
      <div className="table-tools">
        <input
          className="field"
          type="search"
          placeholder="Name, service, detail, status or id"
          aria-label="Filter spans"
          value={text}
          onChange={(event) => change({ find: event.target.value })}
          data-testid="spans-filter"
        />
        <label className="check">
          <input
            type="checkbox"
            checked={onlyFailed}
            onChange={(event) => change({ onlyFailed: event.target.checked })}
          />{' '}
          Only errors
        </label>
        <span className="muted num" role="status" data-testid="spans-count">
          {formatCount(rows.length)} of {formatCount(plan.count)}
          {rows.length > shownCount ? `, the first ${formatCount(shownCount)} listed` : ''}
        </span>
      </div>
      <div className="span-grid span-head">
        {COLUMNS.map(([column, label]) => (
          <button
            key={column}
            type="button"
            aria-label={`Sort by ${label.toLowerCase()}`}
            aria-pressed={sort.column === column}
            onClick={() =>
              change({ sort: printTableSort({ column, descending: sort.column === column && !sort.descending }) })
            }
            data-testid={`sort-${column}`}
          >
            {label}
            {sort.column === column ? (sort.descending ? ' ↓' : ' ↑') : ''}
          </button>
        ))}
      </div>
      <SpanRows plan={plan} rows={rows} count={shownCount} selected={row} onChoose={onChoose} />
    </div>
  );
}

interface SpanRowsProps {
  readonly plan: TracePlan;
  readonly rows: Uint32Array;
  readonly count: number;
  readonly selected: number;
  readonly onChoose: (id: string) => void;
}

function SpanRows({ plan, rows, count, selected, onChoose }: SpanRowsProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- no React compiler here, so nothing is memoized wrongly
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  return (
    <div className="table-scroll" ref={scroller} tabIndex={0} role="region" aria-label="Spans">
      <div className="span-rows" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index] ?? 0;
          const outcome = outcomeOfRow(plan, row);
          return (
            <button
              key={item.index}
              type="button"
              className={`span-grid span-row o-${outcome}`}
              aria-pressed={row === selected}
              style={{ transform: `translateY(${item.start}px)`, height: ROW_PX }}
              onClick={() => onChoose(idOfRow(plan, row))}
              data-testid={`span-${idOfRow(plan, row)}`}
            >
              <span className="clip">
                {outcome === 'ok' ? null : (
                  <span className="span-outcome">
                    <OutcomeIcon outcome={outcome} size={12} />{' '}
                    <span className="sr-only">{OUTCOME_LABEL[outcome]}</span>
                  </span>
                )}
                {visible(nameOfRow(plan, row), 120)}{' '}
                <span className="muted">{visible(detailOfRow(plan, row), 100)}</span>
              </span>
              <span className="clip">{visible(serviceOfRow(plan, row), 80)}</span>
              <span className="num">+{formatDuration((plan.start[row] ?? 0) / 1e6)}</span>
              <span className="num">{formatDuration((plan.length[row] ?? 0) / 1e6)}</span>
              <span className="num">{formatDuration((plan.self[row] ?? 0) / 1e6)}</span>
              <span className="num">{plan.status[row] === 0 ? '–' : plan.status[row]}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
