import type { FieldValue, SidedCount } from '@fluoroscope/api';
import { COMPARED_VALUES_MAX } from './limits.ts';
import type { NumberBand } from './number-bands.ts';
import type { KeyedValue } from './trace-fields.ts';

export type Side = 'a' | 'b';

interface CountedValue extends SidedCount {
  readonly key: string;
  readonly value: FieldValue;
}

/** A value as it is shown, with the ends of its band. */
export interface ShownValue extends CountedValue {
  readonly band?: NumberBand;
}

/** How many traces of each set have each value of a field. */
export interface ValueCounts {
  /** The values of one trace, each once. */
  add(side: Side, values: readonly KeyedValue[]): void;
  readonly counted: readonly CountedValue[];
  /** Traces with a value that there was no room for. */
  readonly uncounted: SidedCount;
}

export function createValueCounts(valuesMax: number = COMPARED_VALUES_MAX): ValueCounts {
  const kept = new Map<string, { readonly value: FieldValue; a: number; b: number }>();
  const uncounted = { a: 0, b: 0 };
  return {
    add(side, values) {
      // The second set finds room, whatever the first one has.
      const room = side === 'a' ? Math.ceil(valuesMax / 2) : valuesMax;
      let isBeyond = false;
      for (const { key, value } of values) {
        let known = kept.get(key);
        if (known === undefined && kept.size >= room) {
          isBeyond = true;
          continue;
        }
        if (known === undefined) kept.set(key, (known = { value: value(), a: 0, b: 0 }));
        known[side] += 1;
      }
      if (isBeyond) uncounted[side] += 1;
    },
    get counted() {
      return [...kept].map(([key, { value, a, b }]) => ({ key, value, a, b }));
    },
    uncounted,
  };
}
