import { toCountsArray, type CountsArray } from './counts-array.ts';
import { growHistogram, type GraphGroup, type GraphKey, type GraphTotals } from './graph-totals.ts';

/** Sums that are added to others as they stand: what `GraphTotals` has, without the room to grow. */
export interface PackedTotals {
  readonly groups: readonly PackedGroup[];
  /** Of all groups, one behind the other. */
  readonly buckets: Uint16Array;
  readonly bucketCounts: CountsArray;
  /** About what all of it takes. */
  readonly sizeBytes: number;
}

interface PackedGroup extends Pick<GraphGroup, 'counts' | 'totalDurationUs' | 'startUs' | 'endUs'> {
  readonly key: GraphKey;
  readonly aliases: readonly (readonly [string, number])[];
  /** Where its buckets end. */
  readonly end: number;
}

// About what one takes beside its buckets, in bytes.
const GROUP_BYTES = 320;
const ALIAS_BYTES = 96;

export function packTotals(totals: GraphTotals): PackedTotals {
  const buckets: number[] = [];
  const counts: number[] = [];
  const groups: PackedGroup[] = [];
  let sizeBytes = 0;
  for (const group of totals.groups()) {
    const { key, histogram } = group;
    for (let bucket = 0; bucket < histogram.length; bucket += 1) {
      const count = histogram[bucket] ?? 0;
      if (count === 0) continue;
      buckets.push(bucket);
      counts.push(count);
    }
    const { totalDurationUs, startUs, endUs } = group;
    const aliases = [...group.aliases];
    groups.push({ key, counts: group.counts.slice(), totalDurationUs, startUs, endUs, aliases, end: buckets.length });
    sizeBytes += GROUP_BYTES + aliases.length * ALIAS_BYTES;
  }
  const packed = { groups, buckets: Uint16Array.from(buckets), bucketCounts: toCountsArray(counts) };
  return { ...packed, sizeBytes: sizeBytes + packed.buckets.byteLength + packed.bucketCounts.byteLength };
}

export function addPacked(totals: GraphTotals, { groups, buckets, bucketCounts }: PackedTotals): void {
  let from = 0;
  for (const { key, counts, totalDurationUs, startUs, endUs, aliases, end } of groups) {
    const group = totals.groupOf(key);
    for (let outcome = 0; outcome < counts.length; outcome += 1) {
      group.counts[outcome] = (group.counts[outcome] ?? 0) + (counts[outcome] ?? 0);
    }
    group.totalDurationUs += totalDurationUs;
    if (startUs < group.startUs) group.startUs = startUs;
    if (endUs > group.endUs) group.endUs = endUs;
    for (const [alias, count] of aliases) group.aliases.set(alias, (group.aliases.get(alias) ?? 0) + count);
    if (end > from) growHistogram(group, buckets[end - 1] ?? 0);
    const { histogram } = group;
    for (let at = from; at < end; at += 1) {
      const bucket = buckets[at] ?? 0;
      histogram[bucket] = (histogram[bucket] ?? 0) + (bucketCounts[at] ?? 0);
    }
    from = end;
  }
}
