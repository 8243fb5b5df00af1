import { memo, type MouseEvent, type ReactNode } from 'react';
import { OUTCOME_LABEL } from '../../../map/shares.ts';
import { formatDuration } from '../../../text/format.ts';
import { visible } from '../../../text/visible.ts';
import { isNodeRow } from '../../../trace/grouped-plan.ts';
import {
  detailOfRow,
  hasFlag,
  hostOfRow,
  idOfRow,
  nameOfRow,
  outcomeOfRow,
  type TracePlan,
} from '../../../trace/trace-plan.ts';
import type { Folding, VisibleRows } from '../../../trace/visible-rows.ts';
import { groupLabel, marksOf } from './draw.ts';
import { ROW_PX } from './layout.ts';
import { isFolded } from './use-waterfall-keys.ts';

interface WaterfallRowsProps {
  readonly plan: TracePlan;
  readonly rows: VisibleRows;
  readonly folding: Folding;
  readonly selected: number;
  readonly focused: number;
  readonly top: number;
  readonly height: number;
  readonly onChoose: (line: number, event: MouseEvent) => void;
}

/** What the canvas shows, for readers, pointers and tests: the lines in view, and the one with the focus. */
export const WaterfallRows = memo(function WaterfallRows(props: WaterfallRowsProps): ReactNode {
  const { rows, top, height, focused } = props;
  const first = Math.max(0, Math.floor(top / ROW_PX));
  const last = Math.min(rows.items.length, Math.ceil((top + height) / ROW_PX));
  const lines = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  if (focused < rows.items.length && (focused < first || focused >= last)) lines.push(focused);
  return lines.map((line) => <RowElement key={rows.items[line] ?? line} line={line} {...props} />);
});

function RowElement(props: WaterfallRowsProps & { readonly line: number }): ReactNode {
  const { plan, rows, folding, selected, top, line, onChoose } = props;
  const item = rows.items[line] ?? 0;
  const canFold = item < 0 || (plan.childCount[item] ?? 0) > 0;
  const { text, tip } = item < 0 ? groupText(plan, -1 - item) : rowText(plan, item);
  return (
    <div
      role="row"
      id={`wf-${item}`}
      aria-level={(rows.depth[line] ?? 0) + 1}
      aria-expanded={canFold ? !isFolded(folding, item) : undefined}
      aria-selected={item === selected}
      aria-rowindex={line + 1}
      className="wf-row"
      title={tip}
      data-testid={item < 0 ? `alike-${-1 - item}` : `row-${idOfRow(plan, item)}`}
      style={{ transform: `translateY(${Math.round(line * ROW_PX - top)}px)`, height: ROW_PX }}
      onClick={(event) => onChoose(line, event)}
    >
      <span role="gridcell" className="sr-only">
        {text}
      </span>
    </div>
  );
}

interface Told {
  readonly text: string;
  readonly tip: string;
}

function groupText(plan: TracePlan, group: number): Told {
  const text = groupLabel(plan, group);
  return { text, tip: text };
}

function rowText(plan: TracePlan, row: number): Told {
  const outcome = outcomeOfRow(plan, row);
  const time = outcome === 'pending' ? 'pending' : formatDuration((plan.length[row] ?? 0) / 1e6);
  const status = plan.status[row] ?? 0;
  const name = visible(nameOfRow(plan, row), 200);
  const host = visible(hostOfRow(plan, row), 60);
  const isNode = isNodeRow(plan, row);
  const parts = [
    name,
    visible(detailOfRow(plan, row), 120),
    hasFlag(plan, row, 'segment') && !isNode ? 'segment' : '',
    isNode ? 'node' : OUTCOME_LABEL[outcome],
    status === 0 ? '' : `HTTP ${status}`,
    time,
    host === '' ? '' : `hosted in ${host}`,
    ...marksOf(plan, row),
  ].filter((part) => part !== '');
  const shift = plan.shift[row] ?? 0;
  const moved = shift === 0 ? '' : `, clock corrected by ${formatDuration(Math.abs(shift) / 1e6)}`;
  return { text: parts.join(', '), tip: `${name} · ${time}${host === '' ? '' : ` · ${host}`}${moved}` };
}
