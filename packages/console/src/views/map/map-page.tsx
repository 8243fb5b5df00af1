import { IconLayoutDistributeHorizontal, IconList, IconTopologyStar3 } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { MapPlace, MapSelection } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { LiveBadge } from '../../widgets/live-badge.tsx';
import { RangePicker } from '../../widgets/range-picker.tsx';
import { Bone, Failure } from '../../widgets/state.tsx';
import { FindNode } from './find-node.tsx';
import { type CanvasTarget, MapCanvas } from './map-canvas.tsx';
import { MapLegend } from './map-legend.tsx';
import { MapList } from './map-list.tsx';
import { MapPanel } from './map-panel.tsx';
import { NoServices } from './no-services.tsx';
import { type LiveMap, useMap } from './use-map.ts';

export function MapPage({ place }: { readonly place: MapPlace }): ReactNode {
  const [paused, setPaused] = useState(false);
  const [target, setTarget] = useState<CanvasTarget | null>(null);
  const map = useMap(place.range, paused);
  const { graph, query } = map;
  const select = (selected: MapSelection | null): void => go({ ...place, selected });

  return (
    <div className="map-page">
      <div className="toolbar">
        <h1 className="sr-only">Service map</h1>
        <RangePicker range={place.range} onChange={(range) => go({ ...place, range })} />
        {place.range.kind === 'last' ? (
          <LiveBadge
            state={map.live}
            error={query.error}
            updatedAtMs={query.dataUpdatedAt}
            onToggle={() => setPaused(!paused)}
          />
        ) : null}
        <div className="toolbar-end">
          <FindNode
            nodes={graph.nodes}
            onFind={(key) => {
              setTarget({ key });
              select({ kind: 'node', key });
            }}
          />
          <RelayoutButton map={map} onDone={() => setTarget({ key: null })} />
          <ViewSwitch place={place} />
        </div>
      </div>
      <div className="map-body">
        <MapBody place={place} map={map} target={target} onSelect={select} />
        <MapPanel graph={graph} windowS={map.windowS} place={place} onSelect={select} />
      </div>
    </div>
  );
}

interface MapBodyProps {
  readonly place: MapPlace;
  readonly map: LiveMap;
  readonly target: CanvasTarget | null;
  readonly onSelect: (selection: MapSelection | null) => void;
}

function MapBody({ place, map, target, onSelect }: MapBodyProps): ReactNode {
  const { graph, query, movePlaces } = map;
  const { windowS } = map;
  // Every new try forgets the error; without this, failure and skeleton would take turns.
  const [lastError, setLastError] = useState<Error | null>(null);
  if (query.error !== null && query.error !== lastError) setLastError(query.error);
  if (query.data === undefined) {
    if (lastError !== null) {
      return <Failure title="The map cannot be shown" error={lastError} retry={() => void query.refetch()} />;
    }
    return <MapSkeleton />;
  }
  const stale = query.isError ? (
    <p className="notice o-fault map-stale" role="alert">
      {query.error.message} This map is from the last good answer.
    </p>
  ) : null;
  if (graph.nodes.length === 0) return <NoServices place={place} />;
  if (place.view === 'list') {
    return (
      <>
        {stale}
        <MapList graph={graph} windowS={windowS} selected={place.selected} onSelect={onSelect} />
      </>
    );
  }
  return (
    <MapCanvas
      graph={graph}
      windowS={windowS}
      selected={place.selected}
      onSelect={onSelect}
      target={target}
      label={`Service map: ${graph.nodes.length} nodes. Arrow keys move it, plus and minus zoom, 0 fits it.`}
      onMove={(key, position) => void movePlaces({ [key]: position }, false)}
    >
      {stale}
      <MapLegend />
    </MapCanvas>
  );
}

function RelayoutButton({ map, onDone }: { readonly map: LiveMap; readonly onDone: () => void }): ReactNode {
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  async function run(): Promise<void> {
    setState('busy');
    try {
      const { relayout } = await import('../../map/relayout.ts');
      await map.movePlaces(await relayout(map.graph), true);
      setState('idle');
      onDone();
    } catch {
      setState('failed');
    }
  }
  const title =
    state === 'failed' ? 'The layout could not be made or kept. Try again.' : 'Place all nodes anew, for everyone';
  return (
    <button
      type="button"
      className="btn"
      data-testid="relayout"
      aria-label="Re-layout"
      disabled={state === 'busy' || map.graph.nodes.length === 0}
      title={title}
      onClick={() => void run()}
    >
      <IconLayoutDistributeHorizontal size={15} aria-hidden />
      <span className="wide-only">{{ idle: 'Re-layout', busy: 'Placing…', failed: 'Failed, again' }[state]}</span>
    </button>
  );
}

function ViewSwitch({ place }: { readonly place: MapPlace }): ReactNode {
  return (
    <div className="seg" role="group" aria-label="View">
      <button
        type="button"
        aria-pressed={place.view === 'map'}
        title="Map"
        aria-label="Map"
        data-testid="view-map"
        onClick={() => go({ ...place, view: 'map' })}
      >
        <IconTopologyStar3 size={15} />
      </button>
      <button
        type="button"
        aria-pressed={place.view === 'list'}
        title="List"
        aria-label="List"
        data-testid="view-list"
        onClick={() => go({ ...place, view: 'list' })}
      >
        <IconList size={15} />
      </button>
    </div>
  );
}

function MapSkeleton(): ReactNode {
  return (
    <div className="map-skeleton" role="status" aria-label="Loading the service map" data-testid="loading">
      {[0, 1, 2, 3].map((column) => (
        <div key={column}>
          {Array.from({ length: [1, 1, 3, 2][column] ?? 1 }, (_, row) => (
            <div key={row} className="map-skeleton-node">
              <div className="bone" />
              <Bone width={84} height={10} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
