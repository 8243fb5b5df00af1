import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { AGAINST_LABEL, windowAgainst } from '../../map/against.ts';
import { countMarks, MARK_LABEL } from '../../map/diff.ts';
import { formatDateTime } from '../../text/format.ts';
import type { MapPlace } from '../../url/map-place.ts';
import { windowOf } from '../../url/range.ts';
import { go } from '../../url/use-place.ts';
import { useNow } from '../../widgets/use-now.ts';
import type { LiveMap } from './use-map.ts';

/** The times that are told have minutes only. */
const NOW_MS = 10_000;

/** What the map is compared with, and how much is different. */
export function DiffBar({ place, map }: { readonly place: MapPlace; readonly map: LiveMap }): ReactNode {
  const { against } = place;
  const now = useNow(NOW_MS);
  if (against === null) return null;
  const { startS, endS } = windowAgainst(windowOf(place.range, now), against);
  return (
    <div className="strip" data-testid="diff-bar" role="status">
      <span className="strip-title">
        Against {AGAINST_LABEL[against.kind].toLowerCase()}
        <span className="muted num">
          {' '}
          {formatDateTime(startS).slice(5, 16)}–{formatDateTime(endS).slice(11, 16)}
        </span>
      </span>
      <Counts map={map} />
      <button
        type="button"
        className="btn btn-quiet btn-small btn-icon strip-close"
        aria-label="Stop comparing"
        data-testid="diff-close"
        onClick={() => go({ ...place, against: null })}
      >
        <IconX size={14} />
      </button>
    </div>
  );
}

function Counts({ map: { diff, diffError } }: { readonly map: LiveMap }): ReactNode {
  if (diffError !== null) return <span className="notice o-fault">{diffError.message}</span>;
  if (diff === null) return <span className="muted">Asking the server…</span>;
  const before = diff.nodes.some((change) => change.before !== null);
  if (!before) return <span className="notice">Nothing was recorded then: everything is new.</span>;
  const counts = countMarks(diff);
  if (counts.length === 0) return <span className="muted">No difference that is more than chance.</span>;
  return (
    <ul className="mark-counts">
      {counts.map(([mark, { nodes, edges }]) => (
        <li key={mark} className={`mark-chip mark-${mark}`} title={`${nodes} nodes, ${edges} connections`}>
          {MARK_LABEL[mark]} <span className="num">{nodes + edges}</span>
        </li>
      ))}
    </ul>
  );
}
