import type { ServerResponse } from 'node:http';
import type { LiveChange } from '@fluoroscope/api';
import {
  LIVE_HEARTBEAT_MS,
  LIVE_INTERVAL_MS,
  LIVE_LISTENERS_MAX,
  LIVE_SETTLED_MS,
  LIVE_UNSENT_BYTES_MAX,
} from '../limits.ts';

/**
 * Tells open consoles that the store has changed:
 *
 *   stream = *( change / heartbeat )
 *   change = "event: change" LF "data: " JSON of LiveChange LF LF     ; the first at once, then one a 250 ms at most
 *   heartbeat = ": still here" LF LF
 */
export interface LiveHub extends Disposable {
  /** No more listeners are taken. */
  readonly isFull: () => boolean;
  /** The hub writes to the response, whose head was sent, until it is closed, or its listener may not listen any more. */
  readonly add: (response: ServerResponse, mayListen?: () => boolean) => void;
  readonly changed: (revision: number) => void;
  /** One listener is told something else, unless it may not listen any more. */
  readonly tell: (response: ServerResponse, event: string) => void;
  readonly listenerCount: () => number;
}

export interface LiveHubOptions {
  readonly revision: number;
  readonly listenersMax?: number;
  readonly intervalMs?: number;
  readonly heartbeatMs?: number;
  readonly settledMs?: number;
}

export function createLiveHub(options: LiveHubOptions): LiveHub {
  const { listenersMax = LIVE_LISTENERS_MAX, intervalMs = LIVE_INTERVAL_MS } = options;
  const { heartbeatMs = LIVE_HEARTBEAT_MS, settledMs = LIVE_SETTLED_MS } = options;
  const listeners = new Map<ServerResponse, () => boolean>();
  let { revision } = options;
  let tellTimer: NodeJS.Timeout | null = null;
  let settledTimer: NodeJS.Timeout | null = null;
  let hasNews = false;

  function send(response: ServerResponse, text: string): void {
    if (response.writableLength > LIVE_UNSENT_BYTES_MAX) response.destroy();
    else if (listeners.get(response)?.() === false) response.end();
    else response.write(text);
  }

  function tellAll(): void {
    tellTimer = null;
    if (!hasNews) return;
    hasNews = false;
    for (const response of listeners.keys()) send(response, printChange({ revision }));
    tellTimer = setTimeout(tellAll, intervalMs);
  }

  function tellSoon(): void {
    hasNews = true;
    if (tellTimer === null && listeners.size > 0) tellAll();
  }

  const heartbeat = setInterval(() => {
    for (const response of listeners.keys()) send(response, ': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();

  return {
    isFull: () => listeners.size >= listenersMax,
    add(response, mayListen = () => true) {
      listeners.set(response, mayListen);
      response.once('close', () => listeners.delete(response));
      send(response, printChange({ revision }));
    },
    changed(newRevision) {
      revision = newRevision;
      tellSoon();
      if (settledTimer !== null) clearTimeout(settledTimer);
      settledTimer = setTimeout(tellSoon, settledMs).unref();
    },
    tell(response, event) {
      if (listeners.has(response)) send(response, event);
    },
    listenerCount: () => listeners.size,
    [Symbol.dispose]() {
      clearInterval(heartbeat);
      if (tellTimer !== null) clearTimeout(tellTimer);
      if (settledTimer !== null) clearTimeout(settledTimer);
      for (const response of listeners.keys()) response.end();
      listeners.clear();
    },
  };
}

function printChange(change: LiveChange): string {
  return `event: change\ndata: ${JSON.stringify(change)}\n\n`;
}
