import { planAll, type FilterPlan } from '@fluoroscope/query';
import type { TimeRange } from '../operations/time-range.ts';
import type { SetPiece } from './sample-set.ts';

/** A part of the whole as it was asked for. */
export interface AskedPart {
  readonly plan: FilterPlan;
  /** What does not satisfy the expression; null: everything does. */
  readonly opposite: FilterPlan | null;
  readonly range: TimeRange;
}

export interface Whole {
  readonly plan: FilterPlan;
  readonly range: TimeRange;
}

export function piecesOf(part: AskedPart, whole: Whole): readonly SetPiece[] {
  return [{ plan: planAll([whole.plan, part.plan]), range: part.range }].filter(isSome);
}

/** All of the whole but the part: what is outside of its time, and inside of it what its expression does not find. */
export function restOf({ opposite, range }: AskedPart, whole: Whole): readonly SetPiece[] {
  const { startUs, endUs } = whole.range;
  const outside: readonly TimeRange[] = [
    { startUs, endUs: range.startUs },
    { startUs: range.endUs, endUs },
  ];
  const pieces = outside.map((time) => ({ plan: whole.plan, range: time }));
  if (opposite !== null) pieces.push({ plan: planAll([whole.plan, opposite]), range });
  return pieces.filter(isSome);
}

function isSome({ range }: SetPiece): boolean {
  return range.startUs < range.endUs;
}
