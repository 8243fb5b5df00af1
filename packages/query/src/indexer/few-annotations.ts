// Hot path: runs once for each changed trace of a batch, over all of its annotations. Counting them instead made ten
// objects a pair, which was most of what indexing leaves to the collector. indexer.bench.ts
import type { AnnotationValue } from '@fluoroscope/model';
import type { TraceAnnotation } from '@fluoroscope/store';
import type { Standing } from './standing.ts';
import { printValue } from './trace-totals.ts';

interface Borne {
  readonly key: string;
  readonly value: AnnotationValue;
  /** Shared by all that one owner bears; replaced where several bear the same pair. */
  services: readonly number[];
}

const NOWHERE: readonly number[] = [];

/**
 * The annotations of a trace that is counted anew: what `TraceTotals` would count them to, in the same order. Null when
 * there are more than `pairsMax`, of which a choice must be made.
 */
export function gatherAnnotations(
  standings: Iterable<Standing>,
  placeOf: (service: string) => number | undefined,
  pairsMax: number,
): readonly TraceAnnotation[] | null {
  const borne: Borne[] = [];
  const listed: (readonly number[])[] = [];
  for (const { entity, owner } of standings) {
    const { annotations } = entity;
    const place = owner === null ? undefined : placeOf(owner.text);
    const services = place === undefined ? NOWHERE : (listed[place] ??= [place]);
    for (const key of Object.keys(annotations)) {
      const value = annotations[key];
      if (value !== undefined) borne.push({ key, value, services });
    }
    if (borne.length > pairsMax) return null;
  }
  return joinEqual(borne.sort(byKeyAndValue));
}

/** In place. Of equal pairs the first, borne by all. */
function joinEqual(sorted: Borne[]): readonly Borne[] {
  let last: Borne | undefined;
  let count = 0;
  for (const one of sorted) {
    if (last !== undefined && byKeyAndValue(last, one) === 0) {
      last.services = joined(last.services, one.services);
      continue;
    }
    last = one;
    sorted[count] = one;
    count += 1;
  }
  sorted.length = count;
  return sorted;
}

/** Both ascending; one of them at most one long. */
function joined(all: readonly number[], added: readonly number[]): readonly number[] {
  const [place] = added;
  if (place === undefined || all.includes(place)) return all;
  return [...all, place].sort((a, b) => a - b);
}

export function byKeyAndValue(a: Omit<Borne, 'services'>, b: Omit<Borne, 'services'>): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.value === b.value) return 0;
  const isText = typeof a.value === 'string' && typeof b.value === 'string';
  const textA = isText ? a.value : printValue(a.value);
  const textB = isText ? b.value : printValue(b.value);
  return textA < textB ? -1 : Number(textA > textB);
}
