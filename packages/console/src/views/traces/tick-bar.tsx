import { IconArrowsDiff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type SummaryRow, urlParts } from '../../summaries/row.ts';
import { TICKS_MAX } from '../../summaries/ticks.ts';
import { formatClock, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { compareTicked, type Ticks } from './use-ticks.ts';

/** Over the foot of the list: which traces are ticked, and the way to their comparison. */
export function TickBar({ ticks: { ticked, clear } }: { readonly ticks: Ticks }): ReactNode {
  if (ticked.length === 0) return null;
  return (
    <div className="tick-bar" data-testid="tick-bar">
      <ol className="tick-list">
        {Array.from({ length: TICKS_MAX }, (_tick, at) => (
          <li key={at} className="tick-item" data-side={at === 0 ? 'A' : 'B'}>
            <b>{at === 0 ? 'A' : 'B'}</b>
            <Ticked row={ticked[at]} />
          </li>
        ))}
      </ol>
      <button
        type="button"
        className="btn btn-small btn-primary"
        data-testid="compare-ticked"
        title="Compare the two ( c )"
        disabled={ticked.length < TICKS_MAX}
        onClick={() => compareTicked(ticked)}
      >
        <IconArrowsDiff size={14} aria-hidden /> Compare
      </button>
      <button type="button" className="link-button" data-testid="ticks-clear" onClick={clear}>
        Clear
      </button>
    </div>
  );
}

function Ticked({ row }: { readonly row: SummaryRow | undefined }): ReactNode {
  if (row === undefined) return <span className="muted clip">tick another trace</span>;
  return (
    <span className="clip num" title={row.id}>
      {visible(`${row.method} ${urlParts(row.url).path || row.entry || row.id}`.trim(), 120)}{' '}
      <span className="muted">
        {formatDuration(row.responseS ?? row.durationS)}, {formatClock(row.startS).slice(0, 8)}
      </span>
    </span>
  );
}

interface TickBoxProps {
  readonly row: SummaryRow;
  readonly ticks: Ticks;
}

/** Before a trace: whether it is to be compared. */
export function TickBox({ row, ticks: { ticked, toggle } }: TickBoxProps): ReactNode {
  const request = visible(`${row.method} ${urlParts(row.url).path || row.entry || row.id}`.trim(), 120);
  return (
    <div role="cell" className="c-tick">
      <label className="tick" title="Tick two traces to compare them ( x )">
        <input
          type="checkbox"
          aria-label={`Compare ${request}`}
          data-testid={`tick-${row.id}`}
          checked={ticked.some(({ id }) => id === row.id)}
          onChange={() => toggle(row)}
        />
      </label>
    </div>
  );
}
