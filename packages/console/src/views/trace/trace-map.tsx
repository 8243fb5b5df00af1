import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { readTraceGraph } from '../../http/operations.ts';
import { mapGraph } from '../../map/graph.ts';
import type { MapSelection } from '../../url/place.ts';
import { Bone } from '../../widgets/state.tsx';
import { MapCanvas } from '../map/map-canvas.tsx';

interface TraceMapProps {
  readonly traceId: string;
  readonly onService: (name: string) => void;
}

/** The services of this trace; choosing one finds its rows. */
export function TraceMap({ traceId, onService }: TraceMapProps): ReactNode {
  const query = useQuery({
    queryKey: ['trace-graph', traceId],
    queryFn: ({ signal }) => readTraceGraph(traceId, signal),
  });
  const graph = useMemo(() => mapGraph(query.data ?? [], {}), [query.data]);
  function onSelect(selection: MapSelection | null): void {
    const key = selection?.kind === 'edge' ? selection.to : selection?.key;
    const name = graph.nodes.find((it) => it.key === key)?.name;
    if (name !== undefined) onService(name);
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
          selected={null}
          onSelect={onSelect}
          compact
          label="Map of this trace. Choosing a node finds its rows in the timeline."
        />
      )}
    </div>
  );
}
