import { IconArrowRight, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatCount, formatDateTime, formatDuration } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import type { JoinedPart } from '../../trace/joined-plan.ts';
import { nameOfRow } from '../../trace/trace-plan.ts';
import { type TracePlace, tracePlace } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { go } from '../../url/use-place.ts';

interface LinkedHeadPanelProps {
  readonly part: JoinedPart;
  readonly place: TracePlace;
}

/** About a linked trace as a whole, and the way to its own page. */
export function LinkedHeadPanel({ part, place }: LinkedHeadPanelProps): ReactNode {
  const { plan, traceId } = part;
  const close = (): void => go({ ...place, row: null }, 'replace');
  const facts: readonly (readonly [string, string])[] = [
    ['Trace', traceId],
    ['Started', formatDateTime(plan.startUs / 1e6)],
    ['Duration', formatDuration(plan.lengthUs / 1e6)],
    ['Rows', formatCount(plan.count)],
    ['Failed', formatCount(plan.failedCount)],
  ];
  return (
    <aside
      className="panel entity-panel"
      aria-label="Linked trace"
      data-testid="linked-panel"
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <button
        type="button"
        className="btn btn-quiet btn-small btn-icon panel-close"
        aria-label="Close"
        onClick={close}
        data-testid="panel-close"
      >
        <IconX size={16} />
      </button>
      <header className="panel-head">
        <div className="panel-title">
          <h2>{plan.count === 0 ? 'Linked trace' : visible(nameOfRow(plan, 0))}</h2>
          <p className="entity-sub">linked trace</p>
        </div>
      </header>
      <dl className="pairs">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      {plan.isComplete ? null : <p className="notice">It has more rows than are shown beside another trace.</p>}
      <p className="linked-open">
        <PlaceLink to={tracePlace(traceId)} className="btn btn-small" testId="linked-open">
          Open this trace <IconArrowRight size={14} aria-hidden />
        </PlaceLink>
      </p>
    </aside>
  );
}
