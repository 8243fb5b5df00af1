import { IconLink } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { LinkedQuery } from '../../http/use-linked-traces.ts';
import { formatCount } from '../../text/format.ts';
import type { TracePlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';

interface LinkedToggleProps {
  readonly place: TracePlace;
  readonly query: LinkedQuery;
}

/** Shows the traces that this one links to below it, on one axis; and says what of them cannot be shown. */
export function LinkedToggle({ place, query }: LinkedToggleProps): ReactNode {
  return (
    <>
      <button
        type="button"
        className="btn btn-small"
        aria-pressed={place.linked}
        title="Linked traces (L): those that this one links to, such as a queue's, on the same axis"
        onClick={() => go({ ...place, linked: !place.linked }, 'replace')}
        data-testid="linked-traces"
      >
        <IconLink size={14} aria-hidden />
        Linked traces
      </button>
      {place.linked ? (
        <span className="muted" role="status" data-testid="linked-status">
          {statusOf(query)}
        </span>
      ) : null}
    </>
  );
}

function statusOf({ linked: { traces, missing, leftOutCount }, isLoading, error }: LinkedQuery): string {
  if (error !== null) return error.message;
  if (isLoading) return 'Reading…';
  const parts = [
    `${formatCount(traces.length)} shown`,
    missing.length === 0 ? '' : `${formatCount(missing.length)} not stored`,
    leftOutCount === 0 ? '' : `${formatCount(leftOutCount)} more left out`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
