import { useState } from 'react';
import type { Band } from '../../map/band.ts';
import { isNothing, NOTHING_SELECTED, placeOfSelection, type Selection } from '../../summaries/selection.ts';
import type { TracesPlace } from '../../url/place.ts';
import { printRange } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';

/** The one place that knows what is brushed in the charts of the list, and not yet part of its filter. */
export interface SelectionState {
  readonly selection: Selection;
  readonly isEmpty: boolean;
  readonly setBand: (band: Band | null) => void;
  readonly select: (selection: Selection) => void;
  readonly clear: () => void;
  /** The list becomes what is selected. */
  readonly apply: () => void;
}

/** Another filter or range, another selection. */
export function useSelection(place: TracesPlace): SelectionState {
  const key = `${printRange(place.range)} ${place.filter}`;
  const [kept, setKept] = useState({ key, selection: NOTHING_SELECTED });
  const selection = kept.key === key ? kept.selection : NOTHING_SELECTED;
  const select = (next: Selection): void => setKept({ key, selection: next });
  return {
    selection,
    isEmpty: isNothing(selection),
    setBand: (band) => select({ ...selection, band }),
    select,
    clear: () => select(NOTHING_SELECTED),
    apply: () => go(placeOfSelection(place, selection)),
  };
}
