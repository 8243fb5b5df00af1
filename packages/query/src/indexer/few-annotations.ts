// Hot path: runs once for each changed trace of a batch, over all of its annotations. Counting them instead made ten
// objects a pair, which was most of what indexing leaves to the collector. indexer.bench.ts
import type { AnnotationValue } from '@fluoroscope/model';
import type { TraceAnnotation } from '@fluoroscope/store';
import type { Annotations } from './entity.ts';
import type { Standing } from './standing.ts';

interface Borne {
  readonly key: string;
  readonly value: AnnotationValue;
  /** Shared by all that one owner bears; replaced where several bear the same pair. */
  services: readonly number[];
}

const NOWHERE: readonly number[] = [];

/**
 * The annotations of a trace that is counted anew: what `TraceTotals` would count them to, but in the order they come. Null when
 * there are more than `pairsMax`, of which a choice must be made.
 */
export function gatherAnnotations(
  standings: Iterable<Standing>,
  placeOf: (service: string) => number | undefined,
  pairsMax: number,
): readonly TraceAnnotation[] | null {
  const gathered = new GatheredAnnotations();
  const listed: (readonly number[])[] = [];
  let count = 0;
  for (const { entity, owner } of standings) {
    const place = owner === null ? undefined : placeOf(owner.text);
    const services = place === undefined ? NOWHERE : (listed[place] ??= [place]);
    count += gathered.addAll(entity.annotations, services);
    if (count > pairsMax) return null;
  }
  return gathered.pairs;
}

/** For pairs that are known to be distinct. */
export class ListedAnnotations {
  readonly pairs: Borne[] = [];

  /** How many there were. */
  addAll(annotations: Annotations, services: readonly number[]): number {
    const keys = Object.keys(annotations);
    for (const key of keys) {
      const value = annotations[key];
      if (value !== undefined) this.add(key, value, services);
    }
    return keys.length;
  }

  protected add(key: string, value: AnnotationValue, services: readonly number[]): void {
    this.pairs.push({ key, value, services });
  }
}

/** Each pair once. Sorting them to find equal ones took four times as long as looking through those of a key. */
export class GatheredAnnotations extends ListedAnnotations {
  /** Where the last pair of a key stands, and for each pair the one of its key before it. */
  readonly #lastOf = new Map<string, number>();
  readonly #before: (number | undefined)[] = [];

  protected override add(key: string, value: AnnotationValue, services: readonly number[]): void {
    const last = this.#lastOf.get(key);
    for (let at = last; at !== undefined; at = this.#before[at]) {
      const pair = this.pairs[at];
      if (pair?.value !== value) continue;
      pair.services = joined(pair.services, services);
      return;
    }
    this.#lastOf.set(key, this.pairs.length);
    this.#before.push(last);
    super.add(key, value, services);
  }
}

/** Both ascending; one of them at most one long. */
function joined(all: readonly number[], added: readonly number[]): readonly number[] {
  const [place] = added;
  if (place === undefined || all.includes(place)) return all;
  return [...all, place].sort((a, b) => a - b);
}
