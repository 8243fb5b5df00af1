import { timeUs, type TimeUs } from '@fluoroscope/model';

// A range is summed up from as few pieces as possible (ADR-009):
//
//   |··|▪▪▪▪|■■■■■■■■■■■■|▪▪|·|      · facts   ▪ rollups of 5 minutes   ■ rollups of an hour

export const MINUTE_US = 60_000_000;

/** Lengths of rollups, in minutes. */
export type RollupMinutes = 5 | 60;

/** [first, end) of minutes since 1970, both multiples of `minutes`. */
export interface RollupRange {
  readonly minutes: RollupMinutes;
  readonly firstMinute: number;
  readonly endMinute: number;
}

/** [startUs, endUs) of ends. */
export interface FactRange {
  readonly startUs: TimeUs;
  readonly endUs: TimeUs;
}

export interface GraphPlan {
  /** The range as a whole: heads have no rollups. */
  readonly whole: FactRange;
  readonly rollups: readonly RollupRange[];
  readonly facts: readonly FactRange[];
}

/** With rollups of at most this length; null for none. */
export function planGraph(whole: FactRange, longest: RollupMinutes | null): GraphPlan {
  const inner = longest === null ? null : innerRange(whole, 5);
  if (inner === null) return { whole, rollups: [], facts: nonEmpty([whole]) };
  const facts = nonEmpty([
    { startUs: whole.startUs, endUs: minuteUs(inner.firstMinute) },
    { startUs: minuteUs(inner.endMinute), endUs: whole.endUs },
  ]);
  const hours = longest === 60 ? innerRange(whole, 60) : null;
  if (hours === null) return { whole, rollups: [inner], facts };
  const rollups = [{ ...inner, endMinute: hours.firstMinute }, hours, { ...inner, firstMinute: hours.endMinute }];
  return { whole, rollups: rollups.filter(({ firstMinute, endMinute }) => firstMinute < endMinute), facts };
}

/** The whole rollups of this length in a range; null when there are none. */
function innerRange({ startUs, endUs }: FactRange, minutes: RollupMinutes): RollupRange | null {
  const stepUs = minutes * MINUTE_US;
  const firstMinute = Math.ceil(startUs / stepUs) * minutes;
  const endMinute = Math.floor(endUs / stepUs) * minutes;
  return firstMinute < endMinute ? { minutes, firstMinute, endMinute } : null;
}

function minuteUs(minute: number): TimeUs {
  return timeUs(minute * MINUTE_US);
}

function nonEmpty(ranges: readonly FactRange[]): readonly FactRange[] {
  return ranges.filter(({ startUs, endUs }) => startUs < endUs);
}
