import type { KeyboardEvent } from 'react';
import type { TracePlan } from '../../../trace/trace-plan.ts';
import type { Folding, VisibleRows } from '../../../trace/visible-rows.ts';

/** Lines that PageUp and PageDown skip. */
const PAGE_LINES = 15;

interface TreeKeys {
  readonly plan: TracePlan;
  readonly rows: VisibleRows;
  readonly folding: Folding;
  readonly onFold: (folding: Folding) => void;
  readonly onSelect: (row: number) => void;
  readonly focused: number;
  readonly focus: (line: number) => void;
}

/** A tree grid's keys: arrows move and fold, Enter opens the details. */
export function waterfallKeys({ plan, rows, folding, onFold, onSelect, focused, focus }: TreeKeys) {
  return (event: KeyboardEvent): void => {
    const item = rows.items[focused];
    if (item === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const canFold = item < 0 || (plan.childCount[item] ?? 0) > 0;
    const isOpen = canFold && !isFolded(folding, item);
    const toggle = (): void => onFold(toggled(folding, item));
    const choose = (): void => (item < 0 ? toggle() : onSelect(item));
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(focused + 1),
      ArrowUp: () => focus(focused - 1),
      PageDown: () => focus(focused + PAGE_LINES),
      PageUp: () => focus(focused - PAGE_LINES),
      Home: () => focus(0),
      End: () => focus(rows.items.length - 1),
      ArrowRight: () => (isOpen || !canFold ? focus(focused + 1) : toggle()),
      ArrowLeft: () => (isOpen ? toggle() : focus(lineAbove(rows, focused))),
      Enter: choose,
      ' ': choose,
      Escape: () => onSelect(-1),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
}

export function isFolded({ closedRows, openGroups }: Folding, item: number): boolean {
  return item < 0 ? !openGroups.has(-1 - item) : closedRows.has(item);
}

export function toggled(folding: Folding, item: number): Folding {
  const rows = new Set(folding.closedRows);
  const groups = new Set(folding.openGroups);
  const [set, key] = item < 0 ? [groups, -1 - item] : [rows, item];
  if (!set.delete(key)) set.add(key);
  return { closedRows: rows, openGroups: groups };
}

function lineAbove({ depth }: VisibleRows, line: number): number {
  for (let at = line - 1; at >= 0; at -= 1) if ((depth[at] ?? 0) < (depth[line] ?? 0)) return at;
  return line;
}
