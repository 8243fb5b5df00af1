import { andFilter } from '../filter/builder.ts';
import { quoted } from '../summaries/filter-error.ts';
import type { SummaryRow } from '../summaries/row.ts';
import { detailOfRow, nameOfRow, outcomeOfRow, type TracePlan } from './trace-plan.ts';

/** Before and after a trace: where others are looked for that it may be compared with. */
export const LIKENESS_SECONDS = 1800;
const OFFERS_MAX = 8;

type Head = Pick<TracePlan, 'strings' | 'detail'> & Parameters<typeof nameOfRow>[0];

/** Finds traces of the same request: of the service that the trace begins with, the same method and path. */
export function likeFilter(plan: Head): string {
  const [, method, path] = /^([A-Z]+) (\/[^?]*)/.exec(detailOfRow(plan, 0)) ?? [];
  const service = `service(${quoted(nameOfRow(plan, 0))})`;
  if (method === undefined || path === undefined) return service;
  return andFilter(service, `http.method = ${quoted(method)} AND http.url CONTAINS ${quoted(path)}`);
}

/** The nearest in time, and first those that went otherwise: a failure is held against what went well. */
export function offersOf(
  rows: readonly SummaryRow[],
  traceId: string,
  plan: Pick<TracePlan, 'startUs'> & Parameters<typeof outcomeOfRow>[0],
): readonly SummaryRow[] {
  const isOk = outcomeOfRow(plan, 0) === 'ok';
  const far = ({ startS }: SummaryRow): number => Math.abs(startS - plan.startUs / 1e6);
  const alike = ({ outcome }: SummaryRow): number => Number((outcome === 'ok') === isOk);
  return rows
    .filter(({ id }) => id !== traceId)
    .toSorted((a, b) => alike(a) - alike(b) || far(a) - far(b))
    .slice(0, OFFERS_MAX);
}
