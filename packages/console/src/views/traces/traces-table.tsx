import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { OUTCOME_LABEL } from '../../map/shares.ts';
import { type Column, columnOf, DEFAULT_COLUMNS } from '../../summaries/columns.ts';
import type { SummaryRow } from '../../summaries/row.ts';
import { formatCount } from '../../text/format.ts';
import { OutcomeIcon } from '../../widgets/outcome.tsx';
import { useNow } from '../../widgets/use-now.ts';
import { useSize } from '../../widgets/use-size.ts';
import { Cell, RequestLink } from './cell.tsx';
import { TickBar, TickBox } from './tick-bar.tsx';
import { type Ticks, useTickKeys } from './use-ticks.ts';

const ROW_PX = 36;
/** A narrow screen shows a request on two lines, and other columns on a third. */
const NARROW_ROW_PX = 56;
const NARROW_MORE_PX = 78;
const NARROW_PX = 700;
const GAP_PX = 14;
const EDGES_PX = 32;
/** Of the box that ticks a trace, before all columns. */
const TICK_PX = 20;
/** Rows below the last one in sight when older ones are loaded. */
const NEAR_END_ROWS = 40;

/** What the two lines of a narrow screen show anyway. */
const NARROW_COLUMNS: ReadonlySet<string> = new Set(['outcome', 'start', 'url', 'entry', 'status', 'response']);
const OF_DEFAULT_ONLY: ReadonlySet<string> = new Set(['duration', 'services', 'annotations']);

export interface TracesTableProps {
  readonly rows: readonly SummaryRow[];
  readonly columns: readonly Column[];
  /** Null: as they came. */
  readonly sort: { readonly id: string; readonly descending: boolean } | null;
  readonly onSort: (id: string, descending: boolean) => void;
  /** The last rows come into sight. */
  readonly onNearEnd: () => void;
  /** Rows in sight or nearly, when they or others change. */
  readonly onShown: (rows: readonly SummaryRow[]) => void;
  /** Somebody reads: scrolled down, the pointer or the focus on a row. */
  readonly onHeld: (held: boolean) => void;
  readonly footer: ReactNode;
  readonly ticks: Ticks;
  /** New rows that are not among these yet. */
  readonly waiting: { readonly count: number; readonly show: () => void };
}

export function TracesTable(props: TracesTableProps): ReactNode {
  const { rows, sort, onSort, footer, waiting, ticks } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { width } = useSize(scroller);
  const narrow = width > 0 && width < NARROW_PX;
  const columns = fitting(props.columns, width);
  const more = narrow ? columns.filter(({ id }) => !NARROW_COLUMNS.has(id) && !OF_DEFAULT_ONLY.has(id)) : [];
  const rowPx = narrow ? (more.length > 0 ? NARROW_MORE_PX : NARROW_ROW_PX) : ROW_PX;
  // oxlint-disable-next-line react/incompatible-library -- no React compiler here, so nothing is memoized wrongly
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const isNearEnd = (scroller.current?.scrollTop ?? 0) > 0 && last >= rows.length - NEAR_END_ROWS;
  const nearEnd = useEffectEvent(props.onNearEnd);
  useEffect(() => {
    if (isNearEnd) nearEnd();
  }, [isNearEnd, rows.length]);
  const first = items[0]?.index ?? 0;
  const shown = useEffectEvent(props.onShown);
  useEffect(() => shown(rows.slice(first, last + 1)), [rows, first, last, props.columns]);
  const { onScroll, ...hold } = useHold(scroller, props.onHeld);
  const head = { columns, sort, onSort };
  useTickKeys(rows, ticks);
  return (
    <div className="traces-frame" data-ticked={ticks.ticked.length > 0} {...hold}>
      <div className="traces-scroll" ref={scroller} data-narrow={narrow} onScroll={onScroll}>
        <div
          role="table"
          aria-label="Traces"
          aria-rowcount={rows.length + 1}
          style={narrow ? {} : { minWidth: leastWidth(columns) }}
        >
          <Head {...head} />
          <div role="rowgroup" className="traces-body" style={{ height: rows.length * rowPx }} key={rowPx}>
            <Rows {...{ rows, items, rowPx, columns, ticks }} narrow={narrow ? { more } : null} />
          </div>
        </div>
        {footer}
      </div>
      <TailPill
        count={waiting.count}
        onShow={() => {
          waiting.show();
          scroller.current?.scrollTo({ top: 0 });
        }}
      />
      <TickBar ticks={ticks} />
    </div>
  );
}

function TailPill({ count, onShow }: { readonly count: number; readonly onShow: () => void }): ReactNode {
  if (count === 0) return null;
  return (
    <button type="button" className="btn btn-primary tail-pill num" data-testid="tail-pill" onClick={onShow}>
      ↑ {formatCount(count)} new
    </button>
  );
}

/** What a pointer, the focus and scrolling say of whether somebody reads. */
function useHold(scroller: { readonly current: HTMLElement | null }, onHeld: (held: boolean) => void) {
  const isOver = useRef(false);
  function tell(): void {
    const { current } = scroller;
    onHeld(isOver.current || (current !== null && (current.scrollTop > 0 || current.contains(document.activeElement))));
  }
  function setOver(over: boolean): void {
    isOver.current = over;
    tell();
  }
  return {
    onPointerEnter: () => setOver(true),
    onPointerLeave: () => setOver(false),
    onFocus: tell,
    onBlur: tell,
    onScroll: tell,
  };
}

interface HeadProps {
  readonly columns: readonly Column[];
  readonly sort: TracesTableProps['sort'];
  readonly onSort: TracesTableProps['onSort'];
}

function Head({ columns, sort, onSort }: HeadProps): ReactNode {
  return (
    <div className="traces-head" role="row" style={{ gridTemplateColumns: template(columns) }}>
      <div role="columnheader" className="c-tick">
        <span className="sr-only">Compare</span>
      </div>
      {columns.map(({ id, label, isFigure }) => {
        const here = sort !== null && sort.id === id ? sort : null;
        return (
          <div
            key={id}
            role="columnheader"
            className={`${classOf(id)} clip`}
            data-figure={isFigure}
            aria-sort={here === null ? 'none' : here.descending ? 'descending' : 'ascending'}
          >
            {sort === null ? (
              label
            ) : (
              <button
                type="button"
                data-testid={`sort-${id}`}
                onClick={() => onSort(id, here === null ? true : !here.descending)}
              >
                {label}
                <span aria-hidden>{here === null ? '' : here.descending ? ' ↓' : ' ↑'}</span>
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}

interface RowsProps {
  readonly rows: readonly SummaryRow[];
  readonly items: readonly { readonly index: number }[];
  readonly rowPx: number;
  readonly columns: readonly Column[];
  readonly ticks: Ticks;
  readonly narrow: { readonly more: readonly Column[] } | null;
}

function Rows({ rows, items, rowPx, columns, ticks, narrow }: RowsProps): ReactNode {
  const now = useNow(1000);
  const lengthOf = useMemo(() => barLength(rows), [rows]);
  const gridTemplateColumns = narrow === null ? template(columns) : undefined;
  return items.map(({ index }) => {
    const row = rows[index];
    if (row === undefined) return null;
    const place = { height: rowPx, transform: `translateY(${index * rowPx}px)` };
    return (
      <div
        key={row.id}
        role="row"
        aria-rowindex={index + 2}
        className="traces-row"
        data-trace={row.id}
        style={gridTemplateColumns === undefined ? place : { ...place, gridTemplateColumns }}
      >
        <TickBox row={row} ticks={ticks} />
        {narrow === null ? (
          <WideCells row={row} columns={columns} now={now} bar={lengthOf(row)} />
        ) : (
          <NarrowCells row={row} more={narrow.more} now={now} bar={lengthOf(row)} />
        )}
        <span className={`row-edge o-${row.outcome}`} aria-hidden title={OUTCOME_LABEL[row.outcome]}>
          <OutcomeIcon outcome={row.outcome} size={1} />
        </span>
      </div>
    );
  });
}

interface CellsProps {
  readonly row: SummaryRow;
  readonly now: number;
  readonly bar: number;
}

function WideCells({ row, columns, now, bar }: CellsProps & { readonly columns: readonly Column[] }): ReactNode {
  const hasLink = columns.some(({ id }) => id === 'url');
  return columns.map((column, at) => (
    <div
      key={column.id}
      role="cell"
      className={`${classOf(column.id)} clip ${column.id === 'response' ? `o-${row.outcome}` : ''}`}
      data-figure={column.isFigure}
    >
      {/* Without the request, the first cell leads to the trace. */}
      {!hasLink && at === 0 ? <RequestLink row={row} isUnseen /> : null}
      <Cell row={row} column={column} now={now} bar={bar} />
    </div>
  ));
}

function NarrowCells({ row, more, now, bar }: CellsProps & { readonly more: readonly Column[] }): ReactNode {
  const shown = [...NARROW_COLUMNS].flatMap((id) => columnOf(id) ?? []);
  return (
    <>
      {shown.map((column) => (
        <div
          key={column.id}
          role="cell"
          className={`${classOf(column.id)} clip ${column.id === 'response' ? `o-${row.outcome}` : ''}`}
          data-figure={column.isFigure}
        >
          <Cell row={row} column={column} now={now} bar={bar} />
        </div>
      ))}
      {more.length === 0 ? null : (
        <div role="cell" className="c-more clip">
          {more.map((column) => (
            <span key={column.id} className="more-pair">
              <span className="muted">{column.label}</span> <Cell row={row} column={column} now={now} bar={bar} />
            </span>
          ))}
        </div>
      )}
    </>
  );
}

function classOf(id: string): string {
  return id.startsWith('annotation.') ? 'c-annotation' : `c-${id.replaceAll('.', '-')}`;
}

/** Columns that nobody chose make room on a small desk. */
function fitting(columns: readonly Column[], width: number): readonly Column[] {
  const isDefault =
    columns.length === DEFAULT_COLUMNS.length && columns.every(({ id }, at) => DEFAULT_COLUMNS[at] === id);
  return isDefault && width > 0 && width < leastWidth(columns)
    ? columns.filter(({ id }) => id !== 'services')
    : columns;
}

function leastWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, { px }) => sum + px + GAP_PX, EDGES_PX + TICK_PX);
}

function template(columns: readonly Column[]): string {
  const grows = columns.some(({ grow }) => grow > 0);
  const tracks = columns.map(({ px, grow }) => (grow > 0 ? `minmax(${px}px, ${grow}fr)` : `${px}px`));
  return [`${TICK_PX}px`, ...tracks, ...(grows ? [] : ['1fr'])].join(' ');
}

/** As a part of the track, on a log scale as above: one slow trace must not make all others alike. */
function barLength(rows: readonly SummaryRow[]): (row: SummaryRow) => number {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const { responseS } of rows) {
    if (responseS === undefined || responseS <= 0) continue;
    least = Math.min(least, responseS);
    most = Math.max(most, responseS);
  }
  const low = least / 2;
  const span = Math.log(most / low);
  return ({ responseS }) => (responseS !== undefined && responseS > low ? Math.log(responseS / low) / span : 0);
}
