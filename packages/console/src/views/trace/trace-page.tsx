import { parseTraceId, toW3cTraceId } from '@fluoroscope/model';
import { IconRouteOff } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { useLinkedTraces } from '../../http/use-linked-traces.ts';
import { useTracePlan } from '../../http/use-trace-plan.ts';
import { joinPlans, type JoinedPlan, locateRow } from '../../trace/joined-plan.ts';
import { hasFlag, rowOfId, type TracePlan } from '../../trace/trace-plan.ts';
import { type TracePlace, TRACES_PLACE } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { go } from '../../url/use-place.ts';
import { Failure, State } from '../../widgets/state.tsx';
import { EntityPanel } from './entity-panel.tsx';
import { LinkedHeadPanel } from './linked-head-panel.tsx';
import { LinkedToggle } from './linked-toggle.tsx';
import { TimelineView } from './timeline-view.tsx';
import { TraceHeader } from './trace-header.tsx';
import { TraceSkeleton } from './trace-skeleton.tsx';
import { ViewTabs } from './view-tabs.tsx';

// What is not looked at first is loaded when it is.
const FlameView = lazy(async () => ({ default: (await import('./flame-view.tsx')).FlameView }));
const StatisticsView = lazy(async () => ({ default: (await import('./statistics-view.tsx')).StatisticsView }));
const SpansView = lazy(async () => ({ default: (await import('./spans-view.tsx')).SpansView }));
const RawTrace = lazy(async () => ({ default: (await import('./raw-trace.tsx')).RawTrace }));
const TraceMap = lazy(async () => ({ default: (await import('./trace-map.tsx')).TraceMap }));

export function TracePage({ place }: { readonly place: TracePlace }): ReactNode {
  const { plan, error, isMissing, retry } = useTracePlan(place.traceId, place.clocks === 'corrected');
  if (isMissing) return <UnknownTrace traceId={place.traceId} retry={retry} />;
  if (plan === null) {
    return error === null ? (
      <TraceSkeleton />
    ) : (
      <Failure title="The trace cannot be shown" error={error} retry={retry} />
    );
  }
  return (
    <div className="trace-page">
      <TraceHeader traceId={place.traceId} plan={plan} />
      <ViewTabs place={place} plan={plan} error={error} />
      <ViewBody place={place} plan={plan} />
    </div>
  );
}

interface ViewProps {
  readonly place: TracePlace;
  readonly plan: TracePlan;
}

function ViewBody({ place, plan }: ViewProps): ReactNode {
  const query = useLinkedTraces(place.traceId, plan, place.linked && place.view === 'timeline');
  const { traces } = query.linked;
  const joined = useMemo(() => joinPlans(place.traceId, plan, traces), [place.traceId, plan, traces]);
  const row = useMemo(() => rowOfId(joined.plan, place.row), [joined, place.row]);
  const hasLinks = useMemo(() => plan.flags.some((_, at) => hasFlag(plan, at, 'hasLinks')), [plan]);
  const toggle = hasLinks || place.linked ? <LinkedToggle place={place} query={query} /> : null;
  return (
    <div className="trace-body">
      <div className="trace-main">
        <Suspense fallback={<TraceSkeleton />}>
          <View place={place} plan={joined.plan} row={row} linked={toggle} />
        </Suspense>
      </div>
      <RowPanel place={place} joined={joined} row={row} />
    </div>
  );
}

interface RowPanelProps {
  readonly place: TracePlace;
  readonly joined: JoinedPlan;
  readonly row: number;
}

/** About the chosen row, whichever trace it is of. */
function RowPanel({ place, joined, row }: RowPanelProps): ReactNode {
  const located = locateRow(joined, row);
  if (located === null) return null;
  const { part, row: own } = located;
  if (own < 0) return <LinkedHeadPanel part={part} place={place} />;
  return <EntityPanel key={part.traceId} traceId={part.traceId} plan={part.plan} row={own} place={place} />;
}

interface OpenViewProps extends ViewProps {
  readonly row: number;
  /** Among the timeline's tools. */
  readonly linked: ReactNode;
}

function View({ place, plan, row, linked }: OpenViewProps): ReactNode {
  const choose = (id: string | null): void => go({ ...place, row: id }, 'replace');
  switch (place.view) {
    case 'timeline':
      return <TimelineView key={place.traceId} place={place} plan={plan} row={row} linked={linked} />;
    case 'map':
      return <TraceMap traceId={place.traceId} onService={(find) => go({ ...place, view: 'timeline', find })} />;
    case 'flame':
      return <FlameView place={place} plan={plan} onFind={(find) => go({ ...place, view: 'timeline', find })} />;
    case 'statistics':
      return <StatisticsView place={place} plan={plan} onChoose={choose} />;
    case 'spans':
      return <SpansView place={place} plan={plan} row={row} onChoose={choose} />;
    case 'raw':
    case 'otlp':
      return <RawTrace traceId={place.traceId} plan={plan} format={place.view} />;
    default:
      return place.view satisfies never;
  }
}

function UnknownTrace({ traceId, retry }: { readonly traceId: string; readonly retry: () => void }): ReactNode {
  const id = parseTraceId(traceId);
  return (
    <State icon={<IconRouteOff size={24} stroke={1.6} />} title="This trace is not here" testId="unknown-trace">
      <p className="mono">{traceId}</p>
      {id.ok ? <p className="mono muted">W3C {toW3cTraceId(id.value)}</p> : null}
      <p>It may not have arrived yet, or it was not sampled.</p>
      <button type="button" className="btn" onClick={retry}>
        Look again
      </button>
      <p>
        <PlaceLink to={TRACES_PLACE}>All traces</PlaceLink>
      </p>
    </State>
  );
}
