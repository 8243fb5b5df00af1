import { IconList, IconTopologyStar3 } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { accountsOf } from '../../map/focus.ts';
import type { MapNode } from '../../map/graph.ts';
import type { MapPlace, MapSelection } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { GroupMenu } from '../../widgets/group-menu.tsx';
import { LiveBadge } from '../../widgets/live-badge.tsx';
import { RangePicker } from '../../widgets/range-picker.tsx';
import { Failure } from '../../widgets/state.tsx';
import { ArrivedStrip } from '../first-run/arrived-strip.tsx';
import { useFirstRun } from '../first-run/use-first-run.ts';
import { CompareMenu } from './compare-menu.tsx';
import { DiffBar } from './diff-bar.tsx';
import { DiffList } from './diff-list.tsx';
import { DisplayMenu } from './display-menu.tsx';
import { FindNode } from './find-node.tsx';
import { FocusBar } from './focus-bar.tsx';
import { type CanvasTarget, MapCanvas } from './map-canvas.tsx';
import { MapLegend } from './map-legend.tsx';
import { MapList } from './map-list.tsx';
import { labelOf, MapPanel } from './map-panel.tsx';
import { MapSkeleton } from './map-skeleton.tsx';
import { NoServices } from './no-services.tsx';
import { RelayoutButton } from './relayout-button.tsx';
import { TimeBar } from './time-bar.tsx';
import { type LiveMap, useMap } from './use-map.ts';

export function MapPage({ place }: { readonly place: MapPlace }): ReactNode {
  const [paused, setPaused] = useState(false);
  const [target, setTarget] = useState<CanvasTarget | null>(null);
  const map = useMap(place, paused);
  const { whole, query } = map;
  const select = (selected: MapSelection | null): void => go({ ...place, selected });
  const toggle = (node: MapNode): void => go(toggled(place, map, node));
  const isEmpty = query.data !== undefined && whole.nodes.length === 0;
  const firstRun = useFirstRun(isEmpty && place.range.kind === 'last' && place.group === null);

  return (
    <div className="map-page">
      <div className="map-head">
        <div className="toolbar">
          <h1 className="sr-only">Service map</h1>
          <RangePicker range={place.range} onChange={(range) => go({ ...place, range, replay: null })} />
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
              nodes={whole.nodes}
              onFind={(key) => {
                setTarget({ key });
                select({ kind: 'node', key });
              }}
            />
            <GroupMenu
              group={place.group}
              testId="map-group"
              onChoose={(group) => go({ ...place, group, selected: null })}
            />
            <CompareMenu place={place} />
            <DisplayMenu
              place={place}
              boxing={map.boxing}
              isolatedCount={map.isolated.length}
              accounts={accountsOf(whole)}
            />
            <RelayoutButton key={place.by} map={map} onDone={() => setTarget({ key: null })} />
            <ViewSwitch place={place} />
          </div>
        </div>
        {firstRun.isShown && whole.nodes.length > 0 ? <ArrivedStrip onClose={firstRun.close} /> : null}
        <DiffBar place={place} map={map} />
        <FocusBar place={place} whole={whole} shownCount={map.graph.nodes.length} />
      </div>
      <div className="map-body">
        <div className="map-main">
          <MapBody {...{ place, map, target }} isFirstRun={firstRun.isShown} onSelect={select} onToggle={toggle} />
          {isEmpty ? null : <TimeBar place={place} waiting={map.stepping} paused={paused} />}
        </div>
        <MapPanel {...{ map, place }} onSelect={select} onToggle={toggle} />
      </div>
    </div>
  );
}

/** A box shows its members, or the box of a member comes back. */
function toggled(place: MapPlace, { boxing }: LiveMap, node: MapNode): MapPlace {
  const { open } = place;
  if (boxing === null) return place;
  if (node.box !== null) return { ...place, open: [...open, node.name], selected: null };
  const label = labelOf(node, boxing);
  return label === null ? place : { ...place, open: open.filter((it) => it !== label), selected: null };
}

interface MapBodyProps {
  readonly place: MapPlace;
  readonly map: LiveMap;
  readonly target: CanvasTarget | null;
  readonly isFirstRun: boolean;
  readonly onSelect: (selection: MapSelection | null) => void;
  readonly onToggle: (node: MapNode) => void;
}

function MapBody({ place, map, target, isFirstRun, onSelect, onToggle }: MapBodyProps): ReactNode {
  const { graph, query, movePlaces, windowS, diff } = map;
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
  if (map.whole.nodes.length === 0) return <NoServices place={place} isFirstRun={isFirstRun} />;
  if (place.view === 'list') {
    return (
      <div className="map-list">
        {stale}
        {diff === null ? (
          <MapList graph={graph} windowS={windowS} place={place} onSelect={onSelect} />
        ) : (
          <DiffList diff={diff} place={place} onSelect={onSelect} />
        )}
      </div>
    );
  }
  return (
    <MapCanvas
      key={place.focus?.key}
      graph={graph}
      windowS={windowS}
      selected={place.selected}
      onSelect={onSelect}
      target={target}
      label={`Service map: ${graph.nodes.length} nodes. Arrow keys go from node to node, Enter opens, plus and minus zoom, 0 fits.`}
      onMove={(key, position) => void movePlaces({ [key]: position })}
      onToggle={onToggle}
      onFocusNode={(key) => go({ ...place, focus: { key, hops: 1, way: 'both' } })}
      weigh={place.weigh}
      sizing={place.sizing}
      latency={place.latency}
      changes={diff?.byKey ?? null}
    >
      {stale}
      <MapLegend comparing={diff !== null} weigh={place.weigh} sizing={place.sizing} />
    </MapCanvas>
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
