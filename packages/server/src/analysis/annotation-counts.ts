import type { FieldDifference, SidedCount } from '@fluoroscope/api';
import type { AnnotationValue } from '@fluoroscope/model';
import { COMPARED_VALUES_MAX, PLAIN_NUMBERS_MAX } from './limits.ts';
import { bandAt, bandStarts, floorNumber, printBand, type NumberBand } from './number-bands.ts';
import { createValueCounts, type ShownValue, type Side } from './value-counts.ts';
import { annotationFilter, annotationName, bandFilter } from './value-filter.ts';

/** One annotation in two sets. Values stand for themselves, unless they are many different numbers. */
export interface AnnotationCounts {
  /** What one trace has; some have several values of a key. */
  add(side: Side, values: readonly AnnotationValue[]): void;
  shown(total: SidedCount): Pick<FieldDifference, 'kind'> & {
    readonly counts: { readonly counted: readonly ShownValue[]; readonly uncounted: SidedCount };
  };
}

export function createAnnotationCounts(key: string, valuesMax: number = COMPARED_VALUES_MAX): AnnotationCounts {
  const plain = createValueCounts(valuesMax);
  const floors = createValueCounts(valuesMax);
  const traces = { a: 0, b: 0 };
  let isNumber = true;

  /** Traces without the key: known only when all have been seen. */
  function missing(total: SidedCount): readonly ShownValue[] {
    const counts = { a: total.a - traces.a, b: total.b - traces.b };
    if (counts.a + counts.b === 0) return [];
    return [{ key: '', value: { text: null, filter: annotationFilter(key, null) }, ...counts }];
  }

  return {
    add(side, values) {
      traces[side] += 1;
      isNumber &&= values.every((value) => typeof value === 'number');
      plain.add(
        side,
        values.map((value) => ({
          key: `${typeof value} ${value}`,
          value: () => ({ text: String(value), filter: annotationFilter(key, value) }),
        })),
      );
      if (!isNumber) return;
      const numbers = new Set(values.map((value) => floorNumber(Number(value))));
      floors.add(
        side,
        [...numbers].map((value) => ({ key: String(value), value: () => ({ text: String(value), filter: null }) })),
      );
    },
    shown(total) {
      const { counted, uncounted } = plain;
      const isBands = isNumber && counted.length > PLAIN_NUMBERS_MAX;
      if (!isBands) return { kind: 'values', counts: { counted: [...counted, ...missing(total)], uncounted } };
      const bands = bandsOf(key, floors.counted, total);
      return { kind: 'bands', counts: { counted: [...bands, ...missing(total)], uncounted: floors.uncounted } };
    },
  };
}

interface CountedNumber extends SidedCount {
  readonly key: string;
}

/** Each set counts as much as the other for where bands begin, however few traces it has. */
function bandsOf(key: string, numbers: readonly CountedNumber[], total: SidedCount): readonly ShownValue[] {
  const starts = bandStarts(
    numbers.map(({ key: text, a, b }) => ({
      value: Number(text),
      weight: a / Math.max(1, total.a) + b / Math.max(1, total.b),
    })),
  );
  const name = annotationName(key);
  const bands = starts.map((from, at) => {
    const band: NumberBand = { from, to: starts[at + 1] ?? null };
    const filter = name === null ? null : bandFilter(name, band);
    return { key: String(from), value: { text: printBand(band), filter }, band, a: 0, b: 0 };
  });
  for (const { key: text, a, b } of numbers) {
    const band = bands[bandAt(starts, Number(text))];
    if (band === undefined) continue;
    band.a += a;
    band.b += b;
  }
  return bands;
}
