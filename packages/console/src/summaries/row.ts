import type { CoverageEntity, ExceptionEntity, RootCause, TraceSummary, ValueWithServiceIds } from '@fluoroscope/api';
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
  /** Values of a key, joined. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly users: readonly string[];
  readonly clientIp: string;
  readonly userAgent: string;
  readonly resources: readonly string[];
  readonly instances: readonly string[];
  readonly zones: readonly string[];
  /** Whether causes are told: a trace that comes live is told without, and they are asked for. */
  readonly hasCauses: boolean;
  /** The first of each kind, `service → service: exception`. */
  readonly faultCause: string;
  readonly errorCause: string;
  readonly slowCause: string;
  readonly revision: number;
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
    annotations: new Map(Object.entries(summary.Annotations ?? {}).map(([key, values]) => [key, textOf(values)])),
    users: (summary.Users ?? []).map(({ UserName }) => UserName ?? ''),
    clientIp: summary.Http?.ClientIp ?? '',
    userAgent: summary.Http?.UserAgent ?? '',
    resources: (summary.ResourceARNs ?? []).map(({ ARN }) => ARN ?? ''),
    instances: (summary.InstanceIds ?? []).map(({ Id }) => Id ?? ''),
    zones: (summary.AvailabilityZones ?? []).map(({ Name }) => Name ?? ''),
    hasCauses: true,
    faultCause: causeOf(summary.FaultRootCauses),
    errorCause: causeOf(summary.ErrorRootCauses),
    slowCause: causeOf(summary.ResponseTimeRootCauses),
    revision: summary.Revision ?? 0,
  };
}

/** Of a trace that the live stream tells of. */
export function liveRow(summary: TraceSummary): SummaryRow {
  return { ...summaryRow(summary), hasCauses: false };
}

function textOf(values: readonly ValueWithServiceIds[]): string {
  const texts = values.map(({ AnnotationValue: it }) =>
    String(it?.StringValue ?? it?.NumberValue ?? it?.BooleanValue ?? ''),
  );
  return [...new Set(texts)].join(', ');
}

type AnyRootCause = RootCause<ExceptionEntity> | RootCause<CoverageEntity>;

function causeOf(causes: readonly AnyRootCause[] | undefined): string {
  const services = causes?.[0]?.Services ?? [];
  const path = services.map(({ Name }) => Name ?? '').join(' → ');
  const entity = services.at(-1)?.EntityPath?.at(-1);
  const exception = entity !== undefined && 'Exceptions' in entity ? entity.Exceptions?.[0]?.Name : undefined;
  return exception === undefined ? path : `${path}: ${exception}`;
}

function outcomeOfSummary(summary: TraceSummary): SettledOutcome {
  if (summary.HasFault === true) return 'fault';
  if (summary.HasThrottle === true) return 'throttle';
  return summary.HasError === true ? 'error' : 'ok';
}

/** The path tells requests apart; the host is nearly always the same. */
export function urlParts(url: string): { readonly host: string; readonly path: string } {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/i.exec(url);
  return match === null
    ? { host: '', path: url }
    : { host: match[1] ?? '', path: match[2] === '' ? '/' : (match[2] ?? '/') };
}
