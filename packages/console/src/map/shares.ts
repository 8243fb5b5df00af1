import type { SummaryStatistics } from '@fluoroscope/api';

/** Counts of completed requests by how they ended; disjoint. */
export interface Shares {
  readonly ok: number;
  readonly error: number;
  readonly throttle: number;
  readonly fault: number;
  readonly total: number;
  /** Seconds; undefined when nothing completed. */
  readonly averageS: number | undefined;
}

export type SettledOutcome = 'ok' | 'error' | 'throttle' | 'fault';
export const SETTLED: readonly SettledOutcome[] = ['ok', 'error', 'throttle', 'fault'];

export const OUTCOME_LABEL: Readonly<Record<SettledOutcome | 'pending', string>> = {
  ok: 'OK',
  error: 'Error',
  throttle: 'Throttle',
  fault: 'Fault',
  pending: 'Pending',
};

export function sharesOf(statistics: SummaryStatistics | undefined): Shares {
  const ok = statistics?.OkCount ?? 0;
  const error = statistics?.ErrorStatistics?.OtherCount ?? 0;
  const throttle = statistics?.ErrorStatistics?.ThrottleCount ?? 0;
  const fault = statistics?.FaultStatistics?.TotalCount ?? statistics?.FaultStatistics?.OtherCount ?? 0;
  const total = statistics?.TotalCount ?? ok + error + throttle + fault;
  const averageS = total > 0 ? (statistics?.TotalResponseTime ?? 0) / total : undefined;
  return { ok, error, throttle, fault, total, averageS };
}

/** What to name when there is room for one figure: the first of fault, throttle, error that occurs. */
export function worstOf(shares: Shares): { readonly outcome: SettledOutcome; readonly share: number } | null {
  for (const outcome of ['fault', 'throttle', 'error'] as const) {
    if (shares[outcome] > 0) return { outcome, share: shares[outcome] / Math.max(1, shares.total) };
  }
  return null;
}

export interface Arc {
  readonly outcome: SettledOutcome;
  /** Parts of the whole ring, 0 to 1, from twelve o'clock clockwise. */
  readonly from: number;
  readonly length: number;
}

/** A rare fault must stay visible: an arc is never shorter than this part of the ring. */
const ARC_SHARE_MIN = 0.025;

export function ringArcs(shares: Shares): readonly Arc[] {
  const present = SETTLED.filter((outcome) => shares[outcome] > 0);
  const sum = present.reduce((all, outcome) => all + shares[outcome], 0);
  const raised = present.map((outcome) => Math.max(ARC_SHARE_MIN, shares[outcome] / sum));
  const scale = raised.reduce((all, length) => all + length, 0);
  let from = 0;
  return present.map((outcome, index) => {
    const length = (raised[index] ?? 0) / scale;
    const arc = { outcome, from, length };
    from += length;
    return arc;
  });
}
