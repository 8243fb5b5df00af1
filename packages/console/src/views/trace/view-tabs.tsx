import type { ReactNode } from 'react';
import { formatCountOf, formatShare } from '../../text/format.ts';
import type { TracePlan } from '../../trace/trace-plan.ts';
import type { TracePlace } from '../../url/place.ts';
import { TRACE_VIEWS, type TraceView } from '../../url/trace-place.ts';
import { go } from '../../url/use-place.ts';
import { CompareWith } from './compare-with.tsx';

const LABEL: Readonly<Record<TraceView, string>> = {
  timeline: 'Timeline',
  map: 'Map',
  flame: 'Flame graph',
  statistics: 'Statistics',
  spans: 'Spans',
  raw: 'JSON',
  otlp: 'OTLP',
};

interface ViewTabsProps {
  readonly place: TracePlace;
  readonly plan: TracePlan;
  readonly error: Error | null;
}

export function ViewTabs({ place, plan, error }: ViewTabsProps): ReactNode {
  return (
    <div className="trace-tabs">
      <div className="seg" role="group" aria-label="View">
        {TRACE_VIEWS.map((view) => (
          <button
            key={view}
            type="button"
            aria-pressed={place.view === view}
            data-testid={`view-${view}`}
            onClick={() => go({ ...place, view }, 'replace')}
          >
            {LABEL[view]}
          </button>
        ))}
      </div>
      <CompareWith traceId={place.traceId} plan={plan} />
      <Progress plan={plan} error={error} />
    </div>
  );
}

function Progress({ plan, error }: { readonly plan: TracePlan; readonly error: Error | null }): ReactNode {
  if (error !== null) return <span className="trace-progress o-fault">{error.message}</span>;
  if (plan.isComplete) return null;
  const share = plan.totalCount > 0 ? formatShare(plan.readCount / plan.totalCount) : '';
  return (
    <span className="trace-progress" role="status">
      Reading: {formatCountOf(plan.count, 'row')} {share === '' ? '' : `· ${share}`}
    </span>
  );
}
