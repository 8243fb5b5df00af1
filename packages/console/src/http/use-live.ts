import { useEffect, useEffectEvent, useState } from 'react';

export type LiveState = 'connecting' | 'live' | 'polling' | 'paused';

const POLL_MS = 2000;
const RECONNECT_MS = 4000;

/** Calls `onChange` when the server has new data; without its event stream, every two seconds. */
export function useLive(paused: boolean, onChange: () => void): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const changed = useEffectEvent(onChange);

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
      source = new EventSource('/api/live');
      source.addEventListener('open', () => {
        clearInterval(poll);
        poll = undefined;
        setState('live');
        changed();
      });
      source.addEventListener('change', () => changed());
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
  }, [paused]);

  return paused ? 'paused' : state;
}
