import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { timeTicks } from '../../trace/ticks.ts';
import { type Timeline, type TimelineRow, visibleRows } from '../../trace/timeline.ts';
import { formatTick } from '../../text/format.ts';
import { useSize } from '../../widgets/use-size.ts';
import { TimelineRowView } from './timeline-row.tsx';

const ROW_PX = 28;
/** Rows that PageUp and PageDown skip. */
const PAGE_ROWS = 15;

interface TimelineViewProps {
  readonly timeline: Timeline;
  readonly selected: string | null;
  /** Name of the service whose rows stay in full colour. */
  readonly highlight: string | null;
  readonly onSelect: (key: string | null) => void;
}

/** A tree grid: arrow keys move and fold, Enter opens the details. Only rows in view are in the page. */
export function TimelineView({ timeline, selected, highlight, onSelect }: TimelineViewProps): ReactNode {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => visibleRows(timeline.rows, collapsed), [timeline, collapsed]);
  const scroller = useRef<HTMLDivElement>(null);
  const { width } = useSize(scroller);
  const [focused, setFocused] = useState(0);
  // oxlint-disable-next-line react/incompatible-library -- no React compiler here, so nothing is memoized wrongly
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 14,
    scrollPaddingStart: 34,
  });
  const keys = useTreeKeys({ rows, collapsed, setCollapsed, onSelect, focused, focus });
  const services = useMemo(() => hues(timeline.rows), [timeline]);

  function focus(index: number): void {
    const at = Math.max(0, Math.min(rows.length - 1, index));
    setFocused(at);
    virtual.scrollToIndex(at, { align: 'auto' });
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${at}"]`)?.focus());
  }
  useShownAtFirst(rows, selected, (index) => virtual.scrollToIndex(index, { align: 'center' }));
  const ticks = timeTicks(timeline.lengthS, width < 700 ? 2 : 6);
  return (
    <div
      className="timeline"
      ref={scroller}
      role="treegrid"
      aria-label="Timeline"
      aria-rowcount={rows.length}
      onKeyDown={keys}
      data-testid="timeline"
    >
      <TimelineHead ticks={ticks} lengthS={timeline.lengthS} />
      <div className="timeline-rows" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <TimelineRowView
              key={row.key}
              row={row}
              index={item.index}
              top={item.index * ROW_PX}
              lengthS={timeline.lengthS}
              hue={services.get(row.entity.service) ?? 0}
              ticks={ticks}
              collapsed={collapsed.has(row.key)}
              selected={row.key === selected}
              tabbable={item.index === Math.min(focused, rows.length - 1)}
              faded={highlight !== null && !belongsTo(row, highlight)}
              onFold={() => setCollapsed(toggled(collapsed, row.key))}
              onSelect={() => {
                setFocused(item.index);
                onSelect(row.key === selected ? null : row.key);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

function TimelineHead({ ticks, lengthS }: { readonly ticks: readonly number[]; readonly lengthS: number }): ReactNode {
  return (
    <div className="timeline-head" role="row">
      <div role="columnheader">Segment</div>
      <div role="columnheader" className="t-status">
        HTTP
      </div>
      <div role="columnheader" className="t-time">
        Time
      </div>
      <div role="columnheader" className="t-axis" aria-label="Time axis">
        {ticks.map((tick) => (
          <span
            key={tick}
            className="tick num"
            data-last={tick > lengthS * 0.92}
            style={{ left: `${(tick / lengthS) * 100}%` }}
          >
            {tick === 0 ? '0' : formatTick(tick)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A link to a row shows the row. */
function useShownAtFirst(rows: readonly TimelineRow[], selected: string | null, show: (index: number) => void): void {
  const done = useRef(false);
  useEffect(() => {
    if (done.current || rows.length === 0) return;
    done.current = true;
    const index = rows.findIndex((row) => row.key === selected);
    if (index > 0) show(index);
  });
}

interface TreeKeys {
  readonly rows: readonly TimelineRow[];
  readonly collapsed: ReadonlySet<string>;
  readonly setCollapsed: (keys: ReadonlySet<string>) => void;
  readonly onSelect: (key: string | null) => void;
  readonly focused: number;
  readonly focus: (index: number) => void;
}

function useTreeKeys({
  rows,
  collapsed,
  setCollapsed,
  onSelect,
  focused,
  focus,
}: TreeKeys): (event: KeyboardEvent) => void {
  return (event) => {
    const row = rows[focused];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = row.childCount > 0 && !collapsed.has(row.key);
    const parentIndex = rows.findLastIndex((other, index) => index < focused && other.depth < row.depth);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(focused + 1),
      ArrowUp: () => focus(focused - 1),
      PageDown: () => focus(focused + PAGE_ROWS),
      PageUp: () => focus(focused - PAGE_ROWS),
      Home: () => focus(0),
      End: () => focus(rows.length - 1),
      ArrowRight: () => (open || row.childCount === 0 ? focus(focused + 1) : setCollapsed(toggled(collapsed, row.key))),
      ArrowLeft: () =>
        open ? setCollapsed(toggled(collapsed, row.key)) : parentIndex >= 0 ? focus(parentIndex) : undefined,
      Enter: () => onSelect(row.key),
      ' ': () => onSelect(row.key),
      Escape: () => onSelect(null),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** A table's calls carry the SDK's name, so its resource names count too. */
function belongsTo({ entity }: TimelineRow, service: string): boolean {
  if (entity.service === service || entity.name === service) return true;
  const aws = JSON.stringify(entity.raw['aws'] ?? null);
  return entity.namespace === 'aws' || entity.inferred ? aws.includes(JSON.stringify(service)) : false;
}

/** Neighbouring services get hues far apart (steps of the golden angle). */
function hues(rows: readonly TimelineRow[]): ReadonlyMap<string, number> {
  const names = [...new Set(rows.map((row) => row.entity.service))];
  return new Map(names.map((name, index) => [name, Math.round((215 + index * 137.5) % 360)]));
}
