import type { RootCause, TraceField, TraceSummary } from '@fluoroscope/api';

export type CauseField = Extract<TraceField, `cause.${string}`>;

export const CAUSE_KIND = {
  'cause.fault': 'fault',
  'cause.error': 'error',
  'cause.responsetime': 'responsetime',
} as const;

export interface CauseEntity {
  readonly Name?: string;
  /** Of response times. */
  readonly Coverage?: number;
  readonly Exceptions?: readonly { readonly Name?: string }[];
}

export function causesIn(summary: TraceSummary, field: CauseField): readonly RootCause<CauseEntity>[] {
  switch (field) {
    case 'cause.fault':
      return summary.FaultRootCauses ?? [];
    case 'cause.error':
      return summary.ErrorRootCauses ?? [];
    case 'cause.responsetime':
      return summary.ResponseTimeRootCauses ?? [];
    default:
      return field satisfies never;
  }
}

/** What causes of different traces have in common: not the coverages, nor the messages. */
export function keyOfCause({ Services = [] }: RootCause<CauseEntity>): string {
  return JSON.stringify(
    Services.map(({ Name, EntityPath = [] }) => [
      Name,
      EntityPath.map((entity) => [entity.Name, entity.Exceptions?.map((exception) => exception.Name)]),
    ]),
  );
}

/** `frontend → order → payment · charge: CardDeclinedError` */
export function printCause({ Services = [] }: RootCause<CauseEntity>): string {
  const path = Services.map(({ Name = '', EntityPath = [] }, at) => {
    const inner = EntityPath.slice(1).map((entity) => entity.Name ?? '');
    // The call that leads on is named like what it calls.
    if (inner.at(-1) === Services[at + 1]?.Name) inner.pop();
    return [Name, ...inner].join(' · ');
  }).join(' → ');
  const exceptions = (Services.at(-1)?.EntityPath?.at(-1)?.Exceptions ?? []).map(({ Name = '' }) => Name);
  return exceptions.length === 0 ? path : `${path}: ${exceptions.join(', ')}`;
}
