import type { TraceGroup } from '@fluoroscope/api';
import type { Column, ExportedCell } from './columns.ts';
import type { SummaryRow } from './row.ts';

export type Cell = string | number | boolean | null | undefined;
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The id, and what each of these columns is made of. */
export function tracesTable(rows: readonly SummaryRow[], columns: readonly Column[]): Table {
  const cells: readonly ExportedCell[] = [['id', (row) => row.id], ...columns.flatMap((column) => column.exported)];
  const distinct = [...new Map(cells).entries()];
  return { columns: distinct.map(([name]) => name), rows: rows.map((row) => distinct.map(([, value]) => value(row))) };
}

export function groupsTable(groups: readonly TraceGroup[]): Table {
  return {
    columns: [
      'value',
      'type',
      'filter',
      'count',
      'faultCount',
      'errorCount',
      'throttleCount',
      'p50Seconds',
      'p95Seconds',
      'p99Seconds',
    ],
    rows: groups.map(({ value, count, faultCount, errorCount, throttleCount, p50, p95, p99 }) => [
      value.text,
      value.type,
      value.filter,
      count,
      faultCount,
      errorCount,
      throttleCount,
      p50,
      p95,
      p99,
    ]),
  };
}

/** As `printCsv`, in pieces: the head comes with the first. */
export function csvPiece({ columns, rows }: Table, isFirst: boolean): string {
  return isFirst ? printCsv({ columns, rows }) : rows.map(printLine).join('');
}

/** Pieces of one array, which `JSON_END` ends. */
export function jsonPiece(table: Table, isFirst: boolean): string {
  const lines = objectsOf(table).map((it) => `  ${JSON.stringify(it)}`);
  if (lines.length === 0) return isFirst ? '[' : '';
  return `${isFirst ? '[\n' : ',\n'}${lines.join(',\n')}`;
}

export const JSON_END = '\n]\n';

/** RFC 4180, for spreadsheets too: a text that one would take for a formula begins with an apostrophe. */
export function printCsv({ columns, rows }: Table): string {
  return [columns, ...rows].map(printLine).join('');
}

export function printJson(table: Table): string {
  return `${JSON.stringify(objectsOf(table), null, 2)}\n`;
}

function objectsOf({ columns, rows }: Table): readonly Readonly<Record<string, Cell>>[] {
  return rows.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? null])));
}

function printLine(cells: readonly Cell[]): string {
  return `${cells.map(printCell).join(',')}\r\n`;
}

function printCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null || cell === undefined ? '' : String(cell);
  const safe = /^\s*[=+\-@|%]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
