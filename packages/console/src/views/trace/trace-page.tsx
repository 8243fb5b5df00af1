import type { Trace } from '@fluoroscope/api';
import { toW3cTraceId, parseTraceId } from '@fluoroscope/model';
import { IconBinaryTree, IconRouteOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { readTrace, readTraceGraph } from '../../http/operations.ts';
import { mapGraph } from '../../map/graph.ts';
import { type Entity, readEntities } from '../../trace/entity.ts';
import { planTimeline, type Timeline } from '../../trace/timeline.ts';
import { type MapSelection, type TracePlace, TRACES_PLACE } from '../../url/place.ts';
import { PlaceLink } from '../../url/place-link.tsx';
import { go } from '../../url/use-place.ts';
import { Bone, Failure, State } from '../../widgets/state.tsx';
import { MapCanvas } from '../map/map-canvas.tsx';
import { EntityPanel } from './entity-panel.tsx';
import { RawTrace } from './raw-trace.tsx';
import { TimelineView } from './timeline-view.tsx';
import { TraceHeader } from './trace-header.tsx';

/** While something is still running, the page looks again. */
const PARTIAL_REFRESH_MS = 2000;

export function TracePage({ place }: { readonly place: TracePlace }): ReactNode {
  const query = useQuery({
    queryKey: ['trace', place.traceId],
    queryFn: ({ signal }) => readTrace(place.traceId, signal),
    refetchInterval: ({ state }) =>
      state.data != null && hasPending(readEntities(state.data)) ? PARTIAL_REFRESH_MS : false,
  });
  if (query.data === undefined) {
    if (query.isError)
      return <Failure title="The trace cannot be shown" error={query.error} retry={() => void query.refetch()} />;
    return <TraceSkeleton />;
  }
  if (query.data === null) return <UnknownTrace traceId={place.traceId} retry={() => void query.refetch()} />;
  return <TraceBody trace={query.data} place={place} />;
}

function TraceBody({ trace, place }: { readonly trace: Trace; readonly place: TracePlace }): ReactNode {
  const entities = useMemo(() => readEntities(trace), [trace]);
  const timeline = useMemo(() => planTimeline(entities), [entities]);
  const [service, setService] = useState<string | null>(null);
  const [mapOpen, setMapOpen] = useState(() => window.innerHeight > 700 && window.innerWidth > 760);
  const selected = timeline.rows.find((row) => row.key === place.row);
  const all = useMemo(() => timeline.rows.map((row) => row.entity), [timeline]);
  return (
    <div className="trace-page">
      <TraceHeader trace={trace} timeline={timeline} pending={hasPending(entities)} />
      <div className="trace-tabs">
        <div className="seg" role="group" aria-label="View">
          {(['timeline', 'raw'] as const).map((view) => (
            <button
              key={view}
              type="button"
              aria-pressed={place.view === view}
              data-testid={`view-${view}`}
              onClick={() => go({ ...place, view }, 'replace')}
            >
              {view === 'timeline' ? 'Timeline' : 'Raw JSON'}
            </button>
          ))}
        </div>
        {place.view === 'timeline' ? (
          <button
            type="button"
            className="btn"
            aria-pressed={mapOpen}
            data-testid="toggle-map"
            onClick={() => setMapOpen(!mapOpen)}
          >
            <IconBinaryTree size={15} aria-hidden />
            Map
          </button>
        ) : null}
        {service === null ? null : (
          <button type="button" className="btn btn-quiet" onClick={() => setService(null)}>
            Highlighting one service · clear
          </button>
        )}
      </div>
      {place.view === 'raw' ? (
        <RawTrace trace={trace} />
      ) : (
        <TimelineArea place={place} timeline={timeline} mapOpen={mapOpen} service={service} onService={setService}>
          {selected === undefined ? null : <EntityPanel row={selected} timeline={timeline} all={all} place={place} />}
        </TimelineArea>
      )}
    </div>
  );
}

interface TimelineAreaProps {
  readonly place: TracePlace;
  readonly timeline: Timeline;
  readonly mapOpen: boolean;
  readonly service: string | null;
  readonly onService: (name: string | null) => void;
  readonly children: ReactNode;
}

function TimelineArea({ place, timeline, mapOpen, service, onService, children }: TimelineAreaProps): ReactNode {
  return (
    <div className="trace-body">
      <div className="trace-main">
        {mapOpen ? <TraceMap traceId={place.traceId} service={service} onService={onService} /> : null}
        <TimelineView
          timeline={timeline}
          selected={place.row}
          highlight={service}
          onSelect={(row) => go({ ...place, row }, 'replace')}
        />
      </div>
      {children}
    </div>
  );
}

interface TraceMapProps {
  readonly traceId: string;
  readonly service: string | null;
  readonly onService: (name: string | null) => void;
}

function TraceMap({ traceId, service, onService }: TraceMapProps): ReactNode {
  const query = useQuery({
    queryKey: ['trace-graph', traceId],
    queryFn: ({ signal }) => readTraceGraph(traceId, signal),
  });
  const graph = useMemo(() => mapGraph(query.data ?? [], {}), [query.data]);
  const node = graph.nodes.find((it) => it.name === service && it.type !== 'client');
  const selected: MapSelection | null = node === undefined ? null : { kind: 'node', key: node.key };
  function onSelect(selection: MapSelection | null): void {
    const key = selection?.kind === 'edge' ? selection.to : selection?.key;
    onService(graph.nodes.find((it) => it.key === key)?.name ?? null);
  }
  return (
    <div className="trace-map" data-testid="trace-map">
      {query.isError ? (
        <p className="notice o-fault">{query.error.message}</p>
      ) : query.data === undefined ? (
        <Bone width="100%" height={180} />
      ) : (
        <MapCanvas
          graph={graph}
          windowS={60}
          selected={selected}
          onSelect={onSelect}
          compact
          label="Map of this trace. Choosing a node highlights its rows."
        />
      )}
    </div>
  );
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

function TraceSkeleton(): ReactNode {
  return (
    <div className="trace-skeleton" role="status" aria-label="Loading the trace" data-testid="loading">
      <Bone width={360} height={20} />
      <Bone width="70%" height={14} />
      <Bone width="100%" height={150} />
      {Array.from({ length: 12 }, (_, index) => (
        <Bone key={index} width={`${96 - index * 5}%`} height={16} />
      ))}
    </div>
  );
}

function hasPending(entities: readonly Entity[]): boolean {
  return entities.some((entity) => entity.outcome === 'pending');
}
