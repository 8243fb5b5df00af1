import type { Chosen, Side } from '../../differences/sets.ts';
import type { TracesPlace } from '../../url/place.ts';

/** What can be done with a value, a cause, or a part of a chart. */
export interface SetActions {
  readonly explain: (chosen: Chosen) => void;
  readonly narrow: (side: Side, chosen: Chosen) => void;
  /** For both sets: only these, or none of these. */
  readonly within: (filter: string) => void;
  /** Null: no list has just these. */
  readonly list: (side: Side, filter: string) => TracesPlace | null;
}
