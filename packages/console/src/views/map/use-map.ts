import {
  type Boxing,
  collapseServices,
  type LaidOut,
  type MapAnswer,
  type Position,
  type Service,
} from '@fluoroscope/api';
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { layOutMap, putPositions, readMap } from '../../http/operations.ts';
import { type LiveState, useLive } from '../../http/use-live.ts';
import { windowAgainst } from '../../map/against.ts';
import { diffMaps, type MapDiff } from '../../map/diff.ts';
import { focusGraph, isolatedNodes, ofAccount, withoutNodes } from '../../map/focus.ts';
import { EMPTY_GRAPH, mapGraph, type MapGraph, type MapNode } from '../../map/graph.ts';
import { rateSeconds } from '../../map/rate-window.ts';
import { replayAt, stepCount, stepIndex, windowAt } from '../../map/replay.ts';
import { serviceKeyOf, unionServices, withFigures } from '../../map/services.ts';
import { type MapPlace, printAgainst, type Replay } from '../../url/map-place.ts';
import { printRange, windowOf } from '../../url/range.ts';
import { useStable } from '../../widgets/use-stable.ts';

/** Between changes the sliding window still moves on. */
const SLIDE_MS = 5000;
/** A window of the past hardly changes: what it is compared with is asked for less often. */
const AGAINST_SLIDE_MS = 30_000;
/** Steps of a replay are not asked for twice. */
const STEP_KEPT_MS = 600_000;
/** An answer about a large map takes a while to read: the page must have time for other things. */
const NODES_PER_REFRESH_MS = 0.5;
/** The map of a group is summed from its traces anew for every answer: the server must have time, too. */
const GROUP_REFRESH_MS = 2000;

export interface LiveMap {
  readonly query: UseQueryResult<MapAnswer>;
  /** What is drawn: boxes collapsed, account, focus and isolated nodes applied. */
  readonly graph: MapGraph;
  /** Before account, focus and isolated nodes were applied. */
  readonly whole: MapGraph;
  /** What nodes are gathered by; null for nothing. */
  readonly boxing: Boxing | null;
  readonly isolated: readonly MapNode[];
  /** The time that is compared with, as a map with the same nodes and edges. */
  readonly before: MapGraph | null;
  readonly diff: MapDiff | null;
  /** Why nothing can be compared. */
  readonly diffError: Error | null;
  /** What rates are taken over. */
  readonly windowS: number;
  readonly live: LiveState;
  /** The step that is shown is still being asked for. */
  readonly stepping: boolean;
  readonly movePlaces: (places: Readonly<Record<string, Position>>) => Promise<void>;
  readonly layOut: () => Promise<LaidOut>;
  readonly restore: (before: Readonly<Record<string, Position>>) => Promise<void>;
}

export function useMap(place: MapPlace, paused: boolean): LiveMap {
  const { range, by, open, group } = place;
  const fixed = range.kind === 'fixed';
  const choice = useMemo(() => ({ by, open, group }), [by, open, group]);
  const query = useQuery({
    queryKey: ['map', printRange(range), choice],
    queryFn: ({ signal }) => readMap(windowOf(range, Date.now() / 1000), choice, signal),
    placeholderData: keepPreviousData,
    refetchInterval: paused || fixed ? false : SLIDE_MS,
  });
  const nodeCount = query.data?.services.length ?? 0;
  const refresh = useCoalesced(
    query.isFetching,
    Math.max(group === null ? 0 : GROUP_REFRESH_MS, nodeCount * NODES_PER_REFRESH_MS),
    () => void query.refetch({ cancelRefetch: false }),
  );
  const live = useLive(paused || fixed, refresh);
  const step = useStep(place);
  const against = useAgainst(place, paused);

  // Places the user just chose, until the server's answer has them.
  const [chosen, setChosen] = useState<Readonly<Record<string, Position>>>({});
  const { whole, boxing, graph, before, isolated } = useGraphs(
    place,
    { now: query.data, other: against.data, step: step.data },
    chosen,
  );

  const stepS = place.replay === null || step.data === undefined ? null : place.replay.stepS;
  const windowS = stepS ?? rateSeconds(range, query.data?.services ?? [], query.data?.endTime ?? 0);
  const diff = useMemo(() => {
    if (before === null || query.data === undefined || against.data === undefined) return null;
    const then = { graph: before, windowS: secondsOf(against.data), present: presentIn(before, against.data.services) };
    return diffMaps({ graph: whole, windowS, present: presentIn(whole, query.data.services) }, then);
  }, [before, query.data, against.data, whole, windowS]);

  async function movePlaces(moved: Readonly<Record<string, Position>>): Promise<void> {
    setChosen((earlier) => ({ ...earlier, ...moved }));
    try {
      await putPositions({ positions: moved, by: by ?? undefined });
      await query.refetch();
    } finally {
      setChosen((earlier) => Object.fromEntries(Object.entries(earlier).filter(([key, at]) => moved[key] !== at)));
    }
  }
  async function layOut(): Promise<LaidOut> {
    const { startS, endS } = windowOf(range, Date.now() / 1000);
    const laidOut = await layOutMap({ startTime: startS, endTime: endS, by: by ?? undefined, open });
    await query.refetch();
    return laidOut;
  }
  async function restore(kept: Readonly<Record<string, Position>>): Promise<void> {
    await putPositions({ positions: kept, replace: true, by: by ?? undefined });
    await query.refetch();
  }
  return {
    query,
    graph,
    whole,
    boxing,
    isolated,
    before,
    diff,
    diffError: against.error,
    windowS,
    live,
    stepping: step.isOld,
    movePlaces,
    layOut,
    restore,
  };
}

interface Answers {
  readonly now: MapAnswer | undefined;
  /** Of the time that is compared with. */
  readonly other: MapAnswer | undefined;
  /** Of the step that a replay is at. */
  readonly step: MapAnswer | undefined;
}

type Graphs = Pick<LiveMap, 'whole' | 'boxing' | 'graph' | 'before' | 'isolated'>;

/** What is drawn, from what the server answered and where the user put nodes. */
function useGraphs(place: MapPlace, { now, other, step }: Answers, chosen: Readonly<Record<string, Position>>): Graphs {
  const { by, open } = place;
  const groups = now?.groups;
  const boxing = useMemo(() => (by === null ? null : { by, groups: groups ?? [] }), [by, groups]);
  const boxes = useMemo(() => ({ boxing, open }), [boxing, open]);
  const shape = useMemo(() => shapeOf(now, other), [now, other]);
  const services = useMemo(
    () => (step === undefined ? (shape.now ?? []) : withFigures(shape.union, step.services)),
    [shape, step],
  );
  const places = useMemo(() => ({ ...other?.positions, ...now?.positions, ...chosen }), [other, now, chosen]);
  const whole = useMemo(() => {
    if (now === undefined) return EMPTY_GRAPH;
    return mapGraph(shownServices(services, boxes), places);
  }, [now, services, boxes, places]);
  const before = useMemo(
    () => (shape.before === null ? null : mapGraph(shownServices(shape.before, boxes), places)),
    [shape, boxes, places],
  );
  const isolated = useMemo(() => isolatedNodes(whole), [whole]);
  const graph = useMemo(() => {
    const own = place.account === null ? whole : ofAccount(whole, place.account);
    const near = place.focus === null ? own : focusGraph(own, place.focus);
    return place.isolated ? near : withoutNodes(near, isolated);
  }, [whole, isolated, place.account, place.focus, place.isolated]);

  return { whole, boxing, graph, before, isolated };
}

interface Shape {
  readonly union: readonly Service[];
  readonly now: readonly Service[] | null;
  /** Null unless two windows are compared. */
  readonly before: readonly Service[] | null;
}

/** With two windows, both have the nodes and edges of either: what is gone keeps its place. */
function shapeOf(now: MapAnswer | undefined, before: MapAnswer | undefined): Shape {
  if (now === undefined) return { union: [], now: null, before: null };
  if (before === undefined) return { union: now.services, now: now.services, before: null };
  const union = unionServices(now.services, before.services);
  return { union, now: withFigures(union, now.services), before: withFigures(union, before.services) };
}

type Boxes = Pick<LiveMap, 'boxing'> & Pick<MapPlace, 'open'>;

function shownServices(services: readonly Service[], { boxing, open }: Boxes): readonly Service[] {
  return boxing === null ? services : collapseServices(services, boxing, new Set(open));
}

/** Keys of nodes and edges that an answer had; of a box, when any request went through it. */
function presentIn(graph: MapGraph, services: readonly Service[]): ReadonlySet<string> {
  const keys = new Set(services.map(serviceKeyOf));
  const isThere = ({ key, box, shares }: MapNode): boolean => (box === null ? keys.has(key) : shares.total > 0);
  const edges = graph.edges.filter((edge) =>
    edge.shares.total > 0 ? true : edge.link && isThere(edge.from) && isThere(edge.to),
  );
  return new Set([...graph.nodes.filter(isThere), ...edges].map(({ key }) => key));
}

function secondsOf({ startTime, endTime }: MapAnswer): number {
  return endTime - startTime;
}

/** The step of a replay, and the next one ahead of time. */
function useStep({ range, replay, group }: MapPlace): SideAnswer {
  const queries = useQueryClient();
  const window = range.kind === 'fixed' ? range : null;
  const optionsOf = (at: Replay | null) => ({
    queryKey: ['map-step', at?.atS, at?.stepS, window?.endS, group],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      readMap(
        windowAt(window ?? { startS: 0, endS: 0 }, at ?? { atS: 0, stepS: 1 }),
        { by: null, open: [], group },
        signal,
      ),
    staleTime: STEP_KEPT_MS,
  });
  const query = useQuery({
    ...optionsOf(replay),
    enabled: replay !== null && window !== null,
    placeholderData: keepPreviousData,
  });
  const ahead = useStable(() => {
    if (replay === null || window === null) return;
    const next = stepIndex(window, replay) + 1;
    if (next < stepCount(window, replay.stepS))
      void queries.prefetchQuery(optionsOf(replayAt(window, replay.stepS, next)));
  });
  const [atS, stepS] = [replay?.atS, replay?.stepS];
  useEffect(() => {
    if (atS !== undefined && stepS !== undefined) ahead();
  }, [ahead, atS, stepS]);
  return {
    data: replay === null ? undefined : query.data,
    error: query.error,
    isOld: replay !== null && (query.isPlaceholderData || query.data === undefined),
  };
}

interface SideAnswer {
  readonly data: MapAnswer | undefined;
  readonly error: Error | null;
  /** It is of what was asked for before. */
  readonly isOld: boolean;
}

function useAgainst({ range, against, by, open, group }: MapPlace, paused: boolean): SideAnswer {
  const query = useQuery({
    queryKey: ['map-against', printRange(range), against === null ? null : printAgainst(against), by, open, group],
    queryFn: ({ signal }) => {
      const window = windowOf(range, Date.now() / 1000);
      return readMap(against === null ? window : windowAgainst(window, against), { by, open, group }, signal);
    },
    enabled: against !== null,
    placeholderData: keepPreviousData,
    refetchInterval: paused || range.kind === 'fixed' ? false : AGAINST_SLIDE_MS,
  });
  return {
    data: against === null ? undefined : query.data,
    error: against === null ? null : query.error,
    isOld: query.isPlaceholderData,
  };
}

/** A change during a running request asks once more after it: its answer may be older than the change. */
function useCoalesced(busy: boolean, leastMs: number, run: () => void): () => void {
  const again = useRef(false);
  const lastMs = useRef(0);
  useEffect(() => {
    if (busy || !again.current) return undefined;
    const timer = setTimeout(
      () => {
        again.current = false;
        lastMs.current = performance.now();
        run();
      },
      Math.max(0, lastMs.current + leastMs - performance.now()),
    );
    return () => clearTimeout(timer);
  });
  return () => {
    if (busy || performance.now() - lastMs.current < leastMs) again.current = true;
    else {
      lastMs.current = performance.now();
      run();
    }
  };
}
