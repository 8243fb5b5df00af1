import { useEffect, useEffectEvent, useState } from 'react';
import type { SummaryRow } from '../../summaries/row.ts';
import { tickedOrNot, TICKS_MAX } from '../../summaries/ticks.ts';
import { go } from '../../url/use-place.ts';

/** Traces that were ticked to be compared, the first as A; gone with the page. */
export interface Ticks {
  readonly ticked: readonly SummaryRow[];
  readonly toggle: (row: SummaryRow) => void;
  readonly clear: () => void;
}

export function useTicks(): Ticks {
  const [ticked, setTicked] = useState<readonly SummaryRow[]>([]);
  return {
    ticked,
    toggle: (row) => setTicked((was) => tickedOrNot(was, row)),
    clear: () => setTicked([]),
  };
}

export function compareTicked(ticked: readonly SummaryRow[]): void {
  const [a, b] = ticked;
  if (a !== undefined && b !== undefined) go({ page: 'compare', a: a.id, b: b.id });
}

/** `x` ticks the trace in focus, `c` compares two that are ticked. */
export function useTickKeys(rows: readonly SummaryRow[], { ticked, toggle }: Ticks): void {
  const onPress = useEffectEvent((event: KeyboardEvent) => {
    const { target } = event;
    const isTyping =
      !(target instanceof HTMLElement) ||
      target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable="true"], [role="dialog"]') !==
        null;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'c' && ticked.length === TICKS_MAX) compareTicked(ticked);
    else if (event.key === 'x') {
      const id = target.closest<HTMLElement>('[data-trace]')?.dataset['trace'];
      const row = rows.find((it) => it.id === id);
      if (row === undefined) return;
      toggle(row);
    } else return;
    event.preventDefault();
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => onPress(event);
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
