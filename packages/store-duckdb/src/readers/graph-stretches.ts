import { timeUs } from '@fluoroscope/model';
import { GRAPH_STRETCHES_CACHE_BYTES_MAX, GRAPH_STRETCHES_MAX, GRAPH_STRETCH_IDLE_MS } from '../limits.ts';
import type { Source } from '../source.ts';
import { MINUTE_US, type RollupRange } from './graph-plan.ts';
import { isTouched } from './graph-scope.ts';
import { GraphTotals } from './graph-totals.ts';
import { addPacked, packTotals, type PackedTotals } from './packed-totals.ts';
import { createSliceCache } from './slice-cache.ts';

// A stretch of time that is over changes only when a slice is written that reaches into it, or slices are merged. The more comes,
// the shorter the time that a slice is about, and the more slices have a share in an hour: so what they add up to is held.
//
//   rollups of an hour        each hour
//   rollups of 5 minutes      as a range wants them: at either end of the hours, the same for minutes

const HOUR_MINUTES = 60;

/** A range of five minutes is longer only where nothing but such rollups may be added up. */
const FIVES_MINUTES_MAX: number = 2 * HOUR_MINUTES;

const cache = createSliceCache<PackedTotals>(GRAPH_STRETCHES_CACHE_BYTES_MAX);

/** Adds up what these slices have of a stretch. */
export type SumStretch = (slices: readonly Source[], stretch: RollupRange, into: GraphTotals) => Promise<void>;

/** Whether sums of this range can be held over all slices. */
export function areStretchesHeld({ minutes, firstMinute, endMinute }: RollupRange): boolean {
  const length = endMinute - firstMinute;
  return minutes === 5 ? length <= FIVES_MINUTES_MAX : length <= GRAPH_STRETCHES_MAX * HOUR_MINUTES;
}

/** Adds the range, as all slices have it, to `totals`. */
export async function addStretches(
  slices: readonly Source[],
  range: RollupRange,
  { totals, sum }: { readonly totals: GraphTotals; readonly sum: SumStretch },
): Promise<void> {
  for (const stretch of stretchesOf(range)) {
    const { minutes, firstMinute, endMinute } = stretch;
    const us = { startUs: timeUs(firstMinute * MINUTE_US), endUs: timeUs(endMinute * MINUTE_US) };
    const touched = slices.filter((slice) => isTouched(slice, us));
    const newest = touched.at(-1);
    if (newest === undefined) continue;
    // Slices never change, and neither does what these add up to.
    const name = [minutes, firstMinute, endMinute, ...touched.map(({ prefix }) => prefix)].join(' ');
    const held = cache.get(newest, name);
    if (held !== undefined) {
      addPacked(totals, held);
      continue;
    }
    using ofStretch = new GraphTotals({ isOfPeriod: false });
    await sum(touched, stretch, ofStretch);
    const packed = packTotals(ofStretch);
    addPacked(totals, packed);
    // Hours of a range that is longer than fits would drive each other out, one after another.
    if (cache.hasRoom(packed.sizeBytes, GRAPH_STRETCH_IDLE_MS)) cache.set(newest, name, packed, packed.sizeBytes);
  }
}

function stretchesOf(range: RollupRange): readonly RollupRange[] {
  if (range.minutes === 5) return [range];
  const { firstMinute, endMinute } = range;
  return Array.from({ length: (endMinute - firstMinute) / HOUR_MINUTES }, (_, hour) => {
    const from = firstMinute + hour * HOUR_MINUTES;
    return { minutes: 60, firstMinute: from, endMinute: from + HOUR_MINUTES };
  });
}
