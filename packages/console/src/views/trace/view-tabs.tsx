import { Popover } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { parseTraceIdAnySpelling } from '@fluoroscope/model';
import { type FormEvent, type ReactNode, useState } from 'react';
import { formatCount, formatShare } from '../../text/format.ts';
import type { TracePlan } from '../../trace/trace-plan.ts';
import type { TracePlace } from '../../url/place.ts';
import { TRACE_VIEWS, type TraceView } from '../../url/trace-place.ts';
import { go } from '../../url/use-place.ts';

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
      <CompareWith traceId={place.traceId} />
      <Progress plan={plan} error={error} />
    </div>
  );
}

function CompareWith({ traceId }: { readonly traceId: string }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const other = parseTraceIdAnySpelling(text);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (other.ok) go({ page: 'compare', a: traceId, b: other.value });
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" withinPortal trapFocus>
      <Popover.Target>
        <button type="button" className="btn" onClick={() => setOpen((was) => !was)} data-testid="compare-with">
          <IconArrowsDiff size={15} aria-hidden />
          Compare
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <form className="pop" onSubmit={submit} aria-label="Compare with another trace">
          <h2>Compare with another trace</h2>
          <label className="form-row">
            Trace id, in any spelling
            <input
              className="field mono"
              value={text}
              onChange={(event) => setText(event.target.value)}
              aria-invalid={text !== '' && !other.ok}
              data-testid="compare-id"
            />
          </label>
          <button type="submit" className="btn btn-primary" disabled={!other.ok}>
            Compare
          </button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function Progress({ plan, error }: { readonly plan: TracePlan; readonly error: Error | null }): ReactNode {
  if (error !== null) return <span className="trace-progress o-fault">{error.message}</span>;
  if (plan.isComplete) return null;
  const share = plan.totalCount > 0 ? formatShare(plan.readCount / plan.totalCount) : '';
  return (
    <span className="trace-progress" role="status">
      Reading: {formatCount(plan.count)} rows {share === '' ? '' : `· ${share}`}
    </span>
  );
}
