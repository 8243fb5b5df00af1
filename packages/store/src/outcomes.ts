/** What a segment's flags are; a row keeps for each service which of the 16 combinations its segments had. */
export interface SegmentFlags {
  readonly fault: boolean;
  readonly error: boolean;
  readonly throttle: boolean;
  /** In progress, or with a call that waits for its answer. */
  readonly partial: boolean;
}

/** Bit n of a row's outcomes is set when some segment has combination n. */
export const OUTCOME_COMBINATIONS: readonly SegmentFlags[] = Array.from({ length: 16 }, (_, at) => ({
  fault: (at & 1) !== 0,
  error: (at & 2) !== 0,
  throttle: (at & 4) !== 0,
  partial: (at & 8) !== 0,
}));

/** Of every combination. */
export const ALL_OUTCOMES = 0xff_ff;

export function outcomeBit({ fault, error, throttle, partial }: SegmentFlags): number {
  return 1 << (Number(fault) + 2 * Number(error) + 4 * Number(throttle) + 8 * Number(partial));
}

/** The bits of all combinations that satisfy a test. */
export function outcomesWhere(test: (flags: SegmentFlags) => boolean): number {
  return OUTCOME_COMBINATIONS.reduce((bits, flags, at) => (test(flags) ? bits | (1 << at) : bits), 0);
}
