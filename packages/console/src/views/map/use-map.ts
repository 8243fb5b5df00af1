import type { MapAnswer, Position } from '@fluoroscope/api';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { putPositions, readMap } from '../../http/operations.ts';
import { type LiveState, useLive } from '../../http/use-live.ts';
import { EMPTY_GRAPH, mapGraph, type MapGraph } from '../../map/graph.ts';
import { rateSeconds } from '../../map/rate-window.ts';
import { printRange, type Range, windowOf } from '../../url/range.ts';

/** Between changes the sliding window still moves on. */
const SLIDE_MS = 5000;

export interface LiveMap {
  readonly query: UseQueryResult<MapAnswer>;
  readonly graph: MapGraph;
  /** What rates are taken over. */
  readonly windowS: number;
  readonly live: LiveState;
  readonly movePlaces: (places: Readonly<Record<string, Position>>, replace: boolean) => Promise<void>;
}

export function useMap(range: Range, paused: boolean): LiveMap {
  const fixed = range.kind === 'fixed';
  const query = useQuery({
    queryKey: ['map', printRange(range)],
    queryFn: ({ signal }) => readMap(windowOf(range, Date.now() / 1000), signal),
    placeholderData: keepPreviousData,
    refetchInterval: paused || fixed ? false : SLIDE_MS,
  });
  const refresh = useCoalesced(query.isFetching, () => void query.refetch({ cancelRefetch: false }));
  const live = useLive(paused || fixed, refresh);

  // Places the user just chose, until the server's answer has them.
  const [chosen, setChosen] = useState<Readonly<Record<string, Position>>>({});
  const graph = useMemo(
    () =>
      query.data === undefined ? EMPTY_GRAPH : mapGraph(query.data.services, { ...query.data.positions, ...chosen }),
    [query.data, chosen],
  );

  async function movePlaces(places: Readonly<Record<string, Position>>, replace: boolean): Promise<void> {
    setChosen((before) => ({ ...before, ...places }));
    try {
      await putPositions({ positions: places, replace });
      await query.refetch();
    } finally {
      setChosen((before) => Object.fromEntries(Object.entries(before).filter(([key, at]) => places[key] !== at)));
    }
  }
  const windowS = rateSeconds(range, query.data?.services ?? [], query.data?.endTime ?? 0);
  return { query, graph, windowS, live, movePlaces };
}

/** A change during a running request asks once more after it: its answer may be older than the change. */
function useCoalesced(busy: boolean, run: () => void): () => void {
  const again = useRef(false);
  useEffect(() => {
    if (busy || !again.current) return;
    again.current = false;
    run();
  });
  return () => {
    if (busy) again.current = true;
    else run();
  };
}
