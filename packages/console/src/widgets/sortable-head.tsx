import type { ReactNode } from 'react';

interface Sort<Column extends string> {
  readonly column: Column;
  readonly descending: boolean;
}

interface SortableHeadProps<Column extends string> {
  readonly head: readonly (readonly [Column, string])[];
  readonly sort: Sort<Column>;
  readonly onSort: (sort: Sort<Column>) => void;
  /** Those that begin with A when they are first sorted by. */
  readonly textColumns: readonly Column[];
  /** Columns behind them that nothing is sorted by. */
  readonly rest?: readonly string[];
}

/** A table's head whose columns sort it; a second press turns the order. */
export function SortableHead<Column extends string>(props: SortableHeadProps<Column>): ReactNode {
  const { head, sort, onSort, textColumns, rest = [] } = props;
  return (
    <thead>
      <tr>
        {head.map(([column, label]) => {
          const current = sort.column === column;
          const descending = current ? !sort.descending : !textColumns.includes(column);
          return (
            <th key={column} scope="col" aria-sort={!current ? 'none' : sort.descending ? 'descending' : 'ascending'}>
              <button type="button" onClick={() => onSort({ column, descending })}>
                {label}
                <span aria-hidden>{!current ? '' : sort.descending ? ' ↓' : ' ↑'}</span>
              </button>
            </th>
          );
        })}
        {rest.map((label) => (
          <th key={label} scope="col">
            {label}
          </th>
        ))}
      </tr>
    </thead>
  );
}
