import type { TraceGroup } from '@fluoroscope/api';
import type { SummaryRow } from './row.ts';

type Cell = string | number | boolean | null | undefined;
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export function tracesTable(rows: readonly SummaryRow[]): Table {
  return {
    columns: [
      'id',
      'start',
      'outcome',
      'partial',
      'method',
      'url',
      'status',
      'responseSeconds',
      'durationSeconds',
      'entry',
      'services',
      'annotationCount',
    ],
    rows: rows.map((row) => [
      row.id,
      new Date(row.startS * 1000).toISOString(),
      row.outcome,
      row.partial,
      row.method,
      row.url,
      row.status,
      row.responseS,
      row.durationS,
      row.entry,
      row.services.join(' '),
      row.annotationCount,
    ]),
  };
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

/** RFC 4180, for spreadsheets too: a text that one would take for a formula begins with an apostrophe. */
export function printCsv({ columns, rows }: Table): string {
  return [columns, ...rows].map((cells) => `${cells.map(printCell).join(',')}\r\n`).join('');
}

export function printJson({ columns, rows }: Table): string {
  const objects = rows.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? null])));
  return `${JSON.stringify(objects, null, 2)}\n`;
}

function printCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null || cell === undefined ? '' : String(cell);
  const safe = /^\s*[=+\-@|%]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
