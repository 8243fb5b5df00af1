import type { LiveTraces } from '@fluoroscope/api';
import { useEffect, useEffectEvent, useState } from 'react';

export type LiveState = 'connecting' | 'live' | 'polling' | 'paused';

const POLL_MS = 2000;
const RECONNECT_MS = 4000;

/** Who wants the traces themselves, as they come. */
export interface TailListener {
  readonly filter: string;
  /** Connected, again perhaps: what came until now is in the list, what comes is told. */
  readonly onBegin: () => void;
  readonly onTraces: (arrived: LiveTraces) => void;
}

/**
 * Calls `onChange` when the server has new data; without its event stream, every two seconds. With `tail`, on the same
 * stream, new traces are told instead, and `onChange` is called only while there is no stream.
 */
export function useLive(paused: boolean, onChange: () => void, tail: TailListener | null = null): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const changed = useEffectEvent(onChange);
  const began = useEffectEvent(() => tail?.onBegin());
  const arrived = useEffectEvent((traces: LiveTraces) => tail?.onTraces(traces));
  const filter = tail?.filter ?? null;

  useEffect(() => {
    if (paused) return undefined;
    let source: EventSource | null = null;
    let reconnect: ReturnType<typeof setTimeout> | undefined;
    let poll: ReturnType<typeof setInterval> | undefined;

    function fallBack(): void {
      setState('polling');
      poll ??= setInterval(() => changed(), POLL_MS);
    }
    function connect(): void {
      source = new EventSource(filter === null ? '/api/live' : `/api/live?${new URLSearchParams({ tail: filter })}`);
      let hasBegun = false;
      source.addEventListener('open', () => {
        clearInterval(poll);
        poll = undefined;
        hasBegun = false;
        setState('live');
        if (filter === null) changed();
      });
      if (filter === null) source.addEventListener('change', () => changed());
      source.addEventListener('traces', ({ data }: MessageEvent<string>) => {
        if (!hasBegun) began();
        hasBegun = true;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server
        arrived(JSON.parse(data) as LiveTraces);
      });
      source.addEventListener('error', () => {
        fallBack();
        // The browser tries again by itself unless the answer was not an event stream.
        if (source?.readyState === EventSource.CLOSED) reconnect = setTimeout(connect, RECONNECT_MS);
      });
    }
    connect();
    return () => {
      source?.close();
      clearTimeout(reconnect);
      clearInterval(poll);
    };
  }, [paused, filter]);

  return paused ? 'paused' : state;
}
