/** A sliding window that ends now, or a fixed one. Times are float seconds since 1970. */
export type Range =
  | { readonly kind: 'last'; readonly seconds: number }
  | { readonly kind: 'fixed'; readonly startS: number; readonly endS: number };

export interface TimeWindow {
  readonly startS: number;
  readonly endS: number;
}

export const PRESETS: readonly { readonly label: string; readonly long: string; readonly seconds: number }[] = [
  { label: '1m', long: 'Last minute', seconds: 60 },
  { label: '5m', long: 'Last 5 minutes', seconds: 300 },
  { label: '15m', long: 'Last 15 minutes', seconds: 900 },
  { label: '1h', long: 'Last hour', seconds: 3600 },
  { label: '6h', long: 'Last 6 hours', seconds: 21_600 },
];

export const DEFAULT_RANGE: Range = { kind: 'last', seconds: 300 };
/** The widest window X-Ray's console asks for; keeps one answer bounded. */
export const RANGE_SECONDS_MAX = 21_600;

/**
 * range = number unit | seconds "~" seconds      ; unit = "s" | "m" | "h"
 * Anything else is the default: a link from elsewhere must still open.
 */
export function readRange(text: string | null): Range {
  const last = /^(\d{1,5})([smh])$/.exec(text ?? '');
  if (last !== null) {
    const unit = last[2] === 'h' ? 3600 : last[2] === 'm' ? 60 : 1;
    const seconds = Number(last[1]) * unit;
    return seconds > 0 && seconds <= RANGE_SECONDS_MAX ? { kind: 'last', seconds } : DEFAULT_RANGE;
  }
  const fixed = /^(\d{1,11}(?:\.\d{1,6})?)~(\d{1,11}(?:\.\d{1,6})?)$/.exec(text ?? '');
  const startS = Number(fixed?.[1]);
  const endS = Number(fixed?.[2]);
  return endS > startS ? { kind: 'fixed', startS, endS } : DEFAULT_RANGE;
}

export function printRange(range: Range): string {
  if (range.kind === 'fixed') return `${range.startS}~${range.endS}`;
  if (range.seconds % 3600 === 0) return `${range.seconds / 3600}h`;
  return range.seconds % 60 === 0 ? `${range.seconds / 60}m` : `${range.seconds}s`;
}

/** The end is exclusive, hence the small step beyond now: a segment that just came must be inside. */
export function windowOf(range: Range, nowS: number): TimeWindow {
  if (range.kind === 'fixed') return { startS: range.startS, endS: range.endS };
  return { startS: nowS - range.seconds, endS: nowS + 1 };
}

export function windowSeconds(range: Range): number {
  return range.kind === 'fixed' ? range.endS - range.startS : range.seconds;
}
