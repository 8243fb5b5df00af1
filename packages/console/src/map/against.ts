import type { Against } from '../url/map-place.ts';
import type { TimeWindow } from '../url/range.ts';

const DAY_S = 86_400;

export const AGAINST_LABEL: Readonly<Record<Against['kind'], string>> = {
  before: 'The window before',
  day: 'Same time yesterday',
  week: 'Same time last week',
  fixed: 'Another time',
};

/** The times that a window is compared with. */
export function windowAgainst({ startS, endS }: TimeWindow, against: Against): TimeWindow {
  if (against.kind === 'fixed') return { startS: against.startS, endS: against.endS };
  const shift = { before: endS - startS, day: DAY_S, week: 7 * DAY_S }[against.kind];
  return { startS: startS - shift, endS: endS - shift };
}
