import type { Replay } from '../url/map-place.ts';
import type { TimeWindow } from '../url/range.ts';

/** Lengths of a step that a clock has, in seconds. */
const STEP_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600] as const;
/** So many steps go through a window: fine enough to see a change come, few enough to sit through. */
const STEP_COUNT = 60;
/** How many times as fast as one step a second. */
export const SPEEDS = [0.5, 1, 2, 4] as const;
export type Speed = (typeof SPEEDS)[number];

/** The shortest length that goes through the window in no more than STEP_COUNT steps, or the longest. */
export function stepOf({ startS, endS }: TimeWindow): number {
  return STEP_SECONDS.find((step) => (endS - startS) / step <= STEP_COUNT + 1) ?? (STEP_SECONDS.at(-1) || 1);
}

/** Lengths to choose from for a window: those that leave it more than two steps. */
export function stepChoices({ startS, endS }: TimeWindow): readonly number[] {
  return STEP_SECONDS.filter((step) => {
    const count = (endS - startS) / step;
    return count > 2 && count <= STEP_COUNT * 2;
  });
}

export function stepCount({ startS, endS }: TimeWindow, stepS: number): number {
  return Math.max(1, Math.ceil((endS - startS) / stepS - 1e-6));
}

/** Number of the step that a moment lies in. */
export function stepIndex(window: TimeWindow, { atS, stepS }: Replay): number {
  const index = Math.floor((atS - window.startS) / stepS + 1e-6);
  return Math.min(stepCount(window, stepS) - 1, Math.max(0, index));
}

export function replayAt(window: TimeWindow, stepS: number, index: number): Replay {
  const last = stepCount(window, stepS) - 1;
  const atS = window.startS + Math.min(last, Math.max(0, index)) * stepS;
  return { atS: Math.round(atS * 1000) / 1000, stepS };
}

/** What one step shows; the last may be cut short by the window. */
export function windowAt(window: TimeWindow, { atS, stepS }: Replay): TimeWindow {
  return { startS: atS, endS: Math.min(window.endS, atS + stepS) };
}
