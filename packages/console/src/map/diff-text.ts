import { formatDuration, formatRate, formatShare, NO_VALUE } from '../text/format.ts';
import { type Change, type Figures, type Mark, MARK_LABEL } from './diff.ts';

/** A mark with its number, short enough for a badge. */
export function printMark({ now, before }: Change, mark: Mark): string {
  if (now === null || before === null) return MARK_LABEL[mark];
  switch (mark) {
    case 'slower':
    case 'faster':
      return `${printRatio(movedLatency(now), movedLatency(before))} ${mark}`;
    case 'busier':
    case 'quieter':
      return `${printRatio(now.rate, before.rate)} traffic`;
    case 'faults':
      return `${printPoints(now.faultShare, before.faultShare)} faults`;
    case 'throttles':
      return `${printPoints(now.throttleShare, before.throttleShare)} throttles`;
    case 'errors':
      return `${printPoints(now.errorShare, before.errorShare)} errors`;
    case 'fewer':
      return `${printPoints(notOk(now), notOk(before))} failures`;
    case 'new':
    case 'gone':
      return MARK_LABEL[mark];
    default:
      return mark satisfies never;
  }
}

function movedLatency({ p95, averageS }: Figures): number | undefined {
  return p95 ?? averageS;
}

export function notOk({ faultShare, throttleShare, errorShare }: Figures): number {
  return faultShare + throttleShare + errorShare;
}

/** How much more of it there is: `+35 %`, or `×4.2` from twice as much on. */
export function printRatio(now: number | undefined, before: number | undefined): string {
  if (now === undefined || before === undefined || before <= 0) return NO_VALUE;
  const ratio = now / before;
  if (ratio >= 2) return `×${ratio >= 9.95 ? Math.round(ratio) : ratio.toFixed(1)}`;
  const percent = Math.round((ratio - 1) * 100);
  return percent === 0 ? '±0 %' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
}

/** A difference of shares, in points of a percent. */
export function printPoints(now: number, before: number): string {
  const points = (now - before) * 100;
  const size = Math.abs(points);
  if (size < 0.05) return '±0 pp';
  return `${points > 0 ? '+' : '−'}${size >= 9.95 ? Math.round(size) : size.toFixed(1)} pp`;
}

export interface PrintedChange {
  readonly label: string;
  readonly now: string;
  readonly before: string;
  readonly change: string;
}

/** All figures of a change side by side. */
export function printChange({ now, before }: Change): readonly PrintedChange[] {
  const line = (label: string, print: (figures: Figures) => string, change: (a: Figures, b: Figures) => string) => ({
    label,
    now: now === null ? NO_VALUE : print(now),
    before: before === null ? NO_VALUE : print(before),
    change: now === null || before === null ? NO_VALUE : change(now, before),
  });
  return [
    line(
      'Rate',
      (it) => formatRate(it.rate, 1),
      (a, b) => printRatio(a.rate, b.rate),
    ),
    line(
      'Average',
      (it) => formatDuration(it.averageS),
      (a, b) => printRatio(a.averageS, b.averageS),
    ),
    line(
      'p50',
      (it) => formatDuration(it.p50),
      (a, b) => printRatio(a.p50, b.p50),
    ),
    line(
      'p95',
      (it) => formatDuration(it.p95),
      (a, b) => printRatio(a.p95, b.p95),
    ),
    line(
      'Faults',
      (it) => formatShare(it.faultShare),
      (a, b) => printPoints(a.faultShare, b.faultShare),
    ),
    line(
      'Throttles',
      (it) => formatShare(it.throttleShare),
      (a, b) => printPoints(a.throttleShare, b.throttleShare),
    ),
    line(
      'Errors',
      (it) => formatShare(it.errorShare),
      (a, b) => printPoints(a.errorShare, b.errorShare),
    ),
  ];
}
