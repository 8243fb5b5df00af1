import { IconFocus2, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { MapGraph } from '../../map/graph.ts';
import { clipMiddle } from '../../text/visible.ts';
import { type Focus, FOCUS_WAYS, type FocusWay, type MapPlace } from '../../url/map-place.ts';
import { go } from '../../url/use-place.ts';

const HOPS = [1, 2, Number.POSITIVE_INFINITY] as const;
const WAY_LABEL: Readonly<Record<FocusWay, string>> = { both: 'Both ways', callers: 'Callers', callees: 'Callees' };

interface FocusBarProps {
  readonly place: MapPlace;
  /** The map without the focus. */
  readonly whole: MapGraph;
  readonly shownCount: number;
}

/** Says that only a part is shown, and how far it reaches. */
export function FocusBar({ place, whole, shownCount }: FocusBarProps): ReactNode {
  const { focus } = place;
  if (focus === null) return null;
  const node = whole.nodes.find(({ key }) => key === focus.key);
  const set = (changed: Partial<Focus>): void => go({ ...place, focus: { ...focus, ...changed } }, 'replace');
  return (
    <div className="strip" data-testid="focus-bar" role="group" aria-label="Focus">
      <span className="strip-title">
        <IconFocus2 size={15} aria-hidden />
        {node === undefined ? 'The focused node is not in this window' : clipMiddle(node.shortName, 30)}
        <span className="muted num">
          {shownCount} of {whole.nodes.length}
        </span>
      </span>
      <div className="seg seg-small" role="group" aria-label="How far">
        {HOPS.map((hops) => (
          <button key={hops} type="button" aria-pressed={focus.hops === hops} onClick={() => set({ hops })}>
            {hops === 1 ? '1 hop' : hops === 2 ? '2 hops' : 'All'}
          </button>
        ))}
      </div>
      <div className="seg seg-small" role="group" aria-label="Which way">
        {FOCUS_WAYS.map((way) => (
          <button key={way} type="button" aria-pressed={focus.way === way} onClick={() => set({ way })}>
            {WAY_LABEL[way]}
          </button>
        ))}
      </div>
      <button
        type="button"
        className="btn btn-quiet btn-small btn-icon strip-close"
        aria-label="Show the whole map"
        data-testid="focus-close"
        onClick={() => go({ ...place, focus: null })}
      >
        <IconX size={14} />
      </button>
    </div>
  );
}
