import { useMemo } from 'react';
import { type Column, columnOf, DEFAULT_COLUMNS, printColumns, readColumns } from '../../summaries/columns.ts';
import { keepColumns, keptColumns } from '../../summaries/kept-columns.ts';
import type { TracesPlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';

export interface ColumnsChoice {
  readonly ids: readonly string[];
  readonly columns: readonly Column[];
  /** Null: the columns without a choice. */
  readonly choose: (ids: readonly string[] | null) => void;
}

/** The link's columns, else those that this browser kept, else the usual ones. */
export function useColumns(place: TracesPlace): ColumnsChoice {
  const ids = useMemo(() => readColumns(place.columns) ?? keptColumns() ?? DEFAULT_COLUMNS, [place.columns]);
  const columns = useMemo(() => ids.flatMap((id) => columnOf(id) ?? []), [ids]);
  function choose(next: readonly string[] | null): void {
    keepColumns(next);
    // Without a choice the link says so too: what was kept is gone, and the page must notice.
    go({ ...place, columns: printColumns(next ?? DEFAULT_COLUMNS) }, 'replace');
  }
  return { ids, columns, choose };
}
