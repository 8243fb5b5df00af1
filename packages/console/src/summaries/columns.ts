import type { SettledOutcome } from '../map/shares.ts';
import type { Cell } from './export.ts';
import type { SummaryRow } from './row.ts';

export type ExportedCell = readonly [name: string, value: (row: SummaryRow) => Cell];

/** What the traces list can show of a trace. */
export interface Column {
  readonly id: string;
  readonly label: string;
  /** Least width in CSS pixels, and the share of what is left; 0: never wider. */
  readonly px: number;
  readonly grow: number;
  /** Figures stand at the right. */
  readonly isFigure: boolean;
  /** Undefined sorts last. */
  readonly key: (row: SummaryRow) => number | string | undefined;
  readonly exported: readonly ExportedCell[];
}

const SEVERITY: Readonly<Record<SettledOutcome, number>> = { ok: 0, error: 1, throttle: 2, fault: 3 };

const KNOWN: readonly Column[] = [
  {
    ...column('outcome', 'Status', 104, (row) => SEVERITY[row.outcome] + (row.partial ? 0.5 : 0)),
    exported: [
      ['outcome', (row) => row.outcome],
      ['partial', (row) => row.partial],
    ],
  },
  { ...column('start', 'Age', 76, (row) => row.startS), exported: [started()] },
  { ...column('time', 'Start time', 166, (row) => row.startS), exported: [started()] },
  {
    ...column('url', 'Request', 220, (row) => row.url, 1.7),
    exported: [
      ['method', (row) => row.method],
      ['url', (row) => row.url],
    ],
  },
  column('entry', 'Entry', 84, (row) => row.entry, 0.6),
  figure('status', 'HTTP', 48, (row) => row.status),
  {
    ...figure('response', 'Response time', 190, (row) => row.responseS),
    exported: [['responseSeconds', (row) => row.responseS]],
  },
  {
    ...figure('duration', 'Duration', 80, (row) => row.durationS),
    exported: [['durationSeconds', (row) => row.durationS]],
  },
  {
    ...column('services', 'Services', 170, (row) => row.services.length, 1.5),
    exported: [['services', (row) => row.services.join(' ')]],
  },
  {
    ...figure('annotations', 'Notes', 52, (row) => row.annotationCount),
    exported: [['annotationCount', (row) => row.annotationCount]],
  },
  column('id', 'Trace id', 272, (row) => row.id),
  column('user', 'User', 110, (row) => row.users.join(', '), 0.5),
  column('client', 'Client address', 120, (row) => row.clientIp),
  column('agent', 'User agent', 160, (row) => row.userAgent, 1),
  column('resource', 'Resource ARN', 160, (row) => row.resources.join(', '), 1),
  column('instance', 'Instance', 140, (row) => row.instances.join(', '), 0.5),
  column('zone', 'Availability zone', 120, (row) => row.zones.join(', ')),
  column('cause.fault', 'Cause of fault', 190, (row) => row.faultCause, 1),
  column('cause.error', 'Cause of error', 190, (row) => row.errorCause, 1),
  column('cause.responsetime', 'Cause of response time', 190, (row) => row.slowCause, 1),
  figure('revision', 'Revision', 66, (row) => row.revision),
];

/** What the live stream does not tell. */
export function isCause({ id }: Column): boolean {
  return id.startsWith('cause.');
}

export const COLUMN_IDS: readonly string[] = KNOWN.map(({ id }) => id);
export const DEFAULT_COLUMNS: readonly string[] = COLUMN_IDS.filter((id) => id !== 'time').slice(0, 9);
/** More fit on no screen. */
export const COLUMNS_MAX = 24;

const BY_ID = new Map(KNOWN.map((it) => [it.id, it]));
const ANNOTATION = 'annotation.';

/** Null: no such column. */
export function columnOf(id: string): Column | null {
  const known = BY_ID.get(id);
  if (known !== undefined) return known;
  if (!id.startsWith(ANNOTATION) || id === ANNOTATION) return null;
  const key = id.slice(ANNOTATION.length);
  return { ...column(id, key, 110, (row) => row.annotations.get(key), 0.6) };
}

/**
 * columns = column *( "," column )     ; percent-encoded where a key has "," or "%"
 * What is no column is left out; nothing left: null.
 */
export function readColumns(text: string): readonly string[] | null {
  const ids = text.split(',').flatMap((part) => {
    try {
      return [decodeURIComponent(part)];
    } catch {
      return [];
    }
  });
  const found = [...new Set(ids)].filter((id) => columnOf(id) !== null).slice(0, COLUMNS_MAX);
  return found.length === 0 ? null : found;
}

export function printColumns(ids: readonly string[]): string {
  return ids.map((id) => id.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
}

/** By a column that may not be shown; what is absent comes last, of equals the newest first. */
export function sortRows(rows: readonly SummaryRow[], sort: string, descending: boolean): readonly SummaryRow[] {
  const { key } = columnOf(sort) ?? column('start', '', 0, (row) => row.startS);
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined) || b.startS - a.startS;
    const order = left < right ? -1 : left > right ? 1 : 0;
    return order * sign || b.startS - a.startS;
  });
}

/** From one place to another. */
export function moved(ids: readonly string[], from: number, to: number): readonly string[] {
  const [id] = ids.slice(from, from + 1);
  if (id === undefined) return ids;
  const others = ids.toSpliced(from, 1);
  return others.toSpliced(Math.min(Math.max(to, 0), others.length), 0, id);
}

function column(
  id: string,
  label: string,
  px: number,
  key: (row: SummaryRow) => number | string | undefined,
  grow = 0,
): Column {
  return { id, label, px, grow, isFigure: false, key, exported: [[id, key]] };
}

function figure(id: string, label: string, px: number, key: (row: SummaryRow) => number | undefined): Column {
  return { ...column(id, label, px, key), isFigure: true };
}

function started(): ExportedCell {
  return ['start', (row) => new Date(row.startS * 1000).toISOString()];
}
