import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { groupByNode } from '../../trace/grouped-plan.ts';
import { failedRows, nextRow, searchRows } from '../../trace/search.ts';
import {
  fitWindow,
  panWindow,
  printWindow,
  readWindow,
  type TimeWindow,
  wholeWindow,
  zoomWindow,
} from '../../trace/time-window.ts';
import { idOfRow, rowOfId, type TracePlan } from '../../trace/trace-plan.ts';
import { carriedOver, type Folding, foldedAtLevel, NOTHING_FOLDED, revealed } from '../../trace/visible-rows.ts';
import type { TracePlace } from '../../url/place.ts';
import { go } from '../../url/use-place.ts';
import { TimelineTools, type TimelineActions } from './timeline-tools.tsx';
import { useTimelineKeys } from './use-timeline-keys.ts';
import { Minimap } from './waterfall/minimap.tsx';
import { Waterfall } from './waterfall/waterfall.tsx';

interface TimelineViewProps {
  readonly plan: TracePlan;
  readonly place: TracePlace;
  /** The chosen row; −1 for none. */
  readonly row: number;
  /** Among the tools. */
  readonly linked: ReactNode;
}

/** Links follow the zoom this long after it stops. */
const LINK_MS = 300;

/** As the place says: in the order of calls, or by node. Rows are chosen by their ids, which are the same in both. */
export function TimelineView(props: TimelineViewProps): ReactNode {
  const { plan, place, row } = props;
  const grouped = useMemo(() => (place.grouped ? groupByNode(plan) : null), [plan, place.grouped]);
  const groupedRow = useMemo(() => (grouped === null ? -1 : rowOfId(grouped, place.row)), [grouped, place.row]);
  return <OrderedTimeline {...props} plan={grouped ?? plan} row={grouped === null ? row : groupedRow} />;
}

function OrderedTimeline({ plan, place, row, linked }: TimelineViewProps): ReactNode {
  const [folding, setFolding] = useFolding(plan);
  const [shown, setShown] = useState<{ readonly row: number } | null>(null);
  const [window, setWindow] = useZoom(plan, place);
  const hits = useMemo(() => searchRows(plan, place.find), [plan, place.find]);
  const hitSet = useMemo(() => new Set(hits), [hits]);

  function show(target: number): void {
    setFolding(revealed(plan, folding, target));
    setShown({ row: target });
  }
  // A link to a row shows the row.
  const opened = useRef(false);
  const showFirst = useEffectEvent(show);
  useEffect(() => {
    if (opened.current || row < 0) return;
    opened.current = true;
    showFirst(row);
  }, [row]);
  function choose(target: number): void {
    opened.current = true;
    go({ ...place, row: target < 0 ? null : idOfRow(plan, target) }, 'replace');
  }
  function jump(rows: Uint32Array, step: 1 | -1): void {
    const next = nextRow(rows, row, step);
    if (next < 0) return;
    show(next);
    choose(next);
  }
  const actions: TimelineActions = {
    ...zoomActions(plan, row, window, setWindow),
    ...useJumps(plan, hits, jump),
    foldTo: (level) => setFolding(foldedAtLevel(plan, level)),
    toggleCritical: () => go({ ...place, critical: !place.critical }, 'replace'),
    toggleGrouped: () => go({ ...place, grouped: !place.grouped }, 'replace'),
    toggleLinked: () => linked !== null && go({ ...place, linked: !place.linked }, 'replace'),
    toggleClocks: () => go({ ...place, clocks: place.clocks === 'corrected' ? 'recorded' : 'corrected' }, 'replace'),
  };
  useTimelineKeys(actions);
  const onFind = (find: string): void => go({ ...place, find }, 'replace');
  return (
    <div className="timeline-view">
      <TimelineTools {...{ plan, place, hits, row, actions, onFind, linked }} />
      <Minimap plan={plan} window={window} onWindow={setWindow} />
      <Waterfall
        plan={plan}
        folding={folding}
        onFold={setFolding}
        window={window}
        onWindow={setWindow}
        selected={row}
        onSelect={choose}
        shown={shown}
        hits={hitSet}
        showCritical={place.critical}
      />
    </div>
  );
}

/** What is folded, in the numbers of this plan's rows. */
function useFolding(plan: TracePlan): readonly [Folding, (folding: Folding) => void] {
  const [own, setOwn] = useState({ plan, folding: NOTHING_FOLDED });
  const folding = useMemo(
    () => (own.plan === plan ? own.folding : carriedOver(own.plan, plan, own.folding)),
    [own, plan],
  );
  return [folding, (next) => setOwn({ plan, folding: next })];
}

type Jumps = Pick<TimelineActions, 'nextError' | 'previousError' | 'nextHit' | 'previousHit'>;

function useJumps(plan: TracePlan, hits: Uint32Array, jump: (rows: Uint32Array, step: 1 | -1) => void): Jumps {
  const failed = useMemo(() => failedRows(plan), [plan]);
  return {
    nextError: () => jump(failed, 1),
    previousError: () => jump(failed, -1),
    nextHit: () => jump(hits, 1),
    previousHit: () => jump(hits, -1),
  };
}

type Zooms = Pick<TimelineActions, 'zoomIn' | 'zoomOut' | 'zoomAll' | 'zoomRow' | 'panLeft' | 'panRight'>;

const ZOOM_FACTOR = 0.6;
const PAN_SHARE = 0.2;

/** Zooming keeps the chosen row where it is, as long as it is in view. */
function zoomActions(plan: TracePlan, row: number, window: TimeWindow, onWindow: (window: TimeWindow) => void): Zooms {
  function zoom(factor: number): void {
    const middle = (window.fromUs + window.toUs) / 2;
    const wanted = row < 0 ? middle : (plan.start[row] ?? 0) + (plan.length[row] ?? 0) / 2;
    const anchor = wanted >= window.fromUs && wanted <= window.toUs ? wanted : middle;
    onWindow(zoomWindow(window, factor, anchor, plan.lengthUs));
  }
  return {
    zoomIn: () => zoom(ZOOM_FACTOR),
    zoomOut: () => zoom(1 / ZOOM_FACTOR),
    zoomAll: () => onWindow(wholeWindow(plan.lengthUs)),
    zoomRow: () => {
      if (row >= 0) onWindow(around(plan, row));
    },
    panLeft: () => onWindow(panWindow(window, -PAN_SHARE, plan.lengthUs)),
    panRight: () => onWindow(panWindow(window, PAN_SHARE, plan.lengthUs)),
  };
}

/** A row with some room on both sides. */
function around(plan: TracePlan, row: number): TimeWindow {
  const [start, length] = [plan.start[row] ?? 0, plan.length[row] ?? 0];
  return fitWindow({ fromUs: start - length * 0.1, toUs: start + length * 1.1 }, plan.lengthUs);
}

/** What is in view, kept in the link. As long as nobody zoomed, a trace that grows is seen whole. */
function useZoom(plan: TracePlan, place: TracePlace): readonly [TimeWindow, (window: TimeWindow) => void] {
  const [own, setOwn] = useState<TimeWindow | null>(() => readWindow(place.zoom));
  const window = useMemo(() => {
    return own === null ? wholeWindow(plan.lengthUs) : fitWindow(own, plan.lengthUs);
  }, [own, plan.lengthUs]);
  const newest = useRef(place);
  useEffect(() => {
    newest.current = place;
  }, [place]);
  const zoom = own === null || isWhole(own, plan.lengthUs) ? null : printWindow(own);
  useEffect(() => {
    if (zoom === newest.current.zoom) return undefined;
    const timer = setTimeout(() => go({ ...newest.current, zoom }, 'replace'), LINK_MS);
    return () => clearTimeout(timer);
  }, [zoom]);
  return [window, setOwn];
}

function isWhole({ fromUs, toUs }: TimeWindow, lengthUs: number): boolean {
  return fromUs <= 0 && toUs >= lengthUs;
}
