import type { TraceSummary } from '@fluoroscope/api';
import type { SettledOutcome } from '../map/shares.ts';
import { kindOf } from '../map/kind.ts';

/** One line of the traces table; absent figures sort last. */
export interface SummaryRow {
  readonly id: string;
  readonly outcome: SettledOutcome;
  readonly partial: boolean;
  readonly startS: number;
  readonly method: string;
  readonly url: string;
  readonly entry: string;
  readonly status: number | undefined;
  readonly responseS: number | undefined;
  readonly durationS: number | undefined;
  readonly services: readonly string[];
  readonly annotationCount: number;
}

export function summaryRow(summary: TraceSummary): SummaryRow {
  const id = summary.Id ?? '';
  return {
    id,
    outcome: outcomeOfSummary(summary),
    partial: summary.IsPartial === true,
    startS: summary.StartTime ?? 0,
    method: summary.Http?.HttpMethod ?? '',
    url: summary.Http?.HttpURL ?? '',
    entry: summary.EntryPoint?.Name ?? '',
    status: summary.Http?.HttpStatus,
    responseS: summary.ResponseTime,
    durationS: summary.Duration,
    services: (summary.ServiceIds ?? [])
      .filter(({ Type }) => kindOf(Type ?? null) !== 'client')
      .map(({ Name }) => Name ?? ''),
    annotationCount: Object.values(summary.Annotations ?? {}).reduce((all, values) => all + values.length, 0),
  };
}

function outcomeOfSummary(summary: TraceSummary): SettledOutcome {
  if (summary.HasFault === true) return 'fault';
  if (summary.HasThrottle === true) return 'throttle';
  return summary.HasError === true ? 'error' : 'ok';
}

const SORTS = [
  'outcome',
  'start',
  'url',
  'entry',
  'status',
  'response',
  'duration',
  'services',
  'annotations',
] as const;
export type Sort = (typeof SORTS)[number];

const SEVERITY: Readonly<Record<SettledOutcome, number>> = { ok: 0, error: 1, throttle: 2, fault: 3 };

const KEY: Readonly<Record<Sort, (row: SummaryRow) => number | string | undefined>> = {
  outcome: (row) => SEVERITY[row.outcome] + (row.partial ? 0.5 : 0),
  start: (row) => row.startS,
  url: (row) => row.url,
  entry: (row) => row.entry,
  status: (row) => row.status,
  response: (row) => row.responseS,
  duration: (row) => row.durationS,
  services: (row) => row.services.length,
  annotations: (row) => row.annotationCount,
};

export function sortOf(name: string): Sort {
  return SORTS.find((sort) => sort === name) ?? 'start';
}

export function sortRows(rows: readonly SummaryRow[], sort: Sort, descending: boolean): readonly SummaryRow[] {
  const key = KEY[sort];
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    const order = left < right ? -1 : left > right ? 1 : 0;
    return order * sign || b.startS - a.startS;
  });
}

/** The path tells requests apart; the host is nearly always the same. */
export function urlParts(url: string): { readonly host: string; readonly path: string } {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/i.exec(url);
  return match === null
    ? { host: '', path: url }
    : { host: match[1] ?? '', path: match[2] === '' ? '/' : (match[2] ?? '/') };
}
