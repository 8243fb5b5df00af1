import type { ReactNode } from 'react';

interface SortHeadProps<Column extends string> {
  readonly column: Column;
  readonly label: string;
  readonly sort: { readonly column: Column; readonly descending: boolean };
  readonly onSort: (sort: { readonly column: Column; readonly descending: boolean }) => void;
  readonly isText: boolean;
}

/** A column's head that sorts: figures begin with the greatest, names with the first. */
export function SortHead<Column extends string>(props: SortHeadProps<Column>): ReactNode {
  const { column, label, sort, onSort, isText } = props;
  const isSorted = sort.column === column;
  const order = sort.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isSorted ? order : 'none'} className={isText ? '' : 'num'}>
      <button
        type="button"
        onClick={() => onSort({ column, descending: isSorted ? !sort.descending : !isText })}
        data-testid={`sort-${column}`}
      >
        {label}
        <span aria-hidden>{isSorted ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}
