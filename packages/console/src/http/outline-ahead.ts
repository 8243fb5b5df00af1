import { openStream } from './request.ts';

export type Outline = ReadableStream<Uint8Array<ArrayBuffer>>;

/** What the page of a trace needs, begun while its program is still being loaded. Each is taken once, by whoever shows the trace first. */
export interface OutlineAhead {
  /** Null: not asked for ahead, or taken already. `signal` stops it from then on. */
  readonly takeOutline: (traceId: string, signal: AbortSignal) => Promise<Outline> | null;
  readonly takeWorker: () => Worker | null;
  /** Lets go of what nobody took. */
  readonly drop: () => void;
}

interface Started {
  readonly traceId: string;
  readonly outline: Promise<Outline>;
  readonly stop: AbortController;
}

/** `open` and `startWorker` are called at once. */
export function beginOutline(
  traceId: string,
  open: (traceId: string, signal: AbortSignal) => Promise<Outline>,
  startWorker: () => Worker,
): OutlineAhead {
  const stop = new AbortController();
  let started: Started | null = { traceId, outline: open(traceId, stop.signal), stop };
  let worker: Worker | null = startWorker();
  // Whoever takes it is told; a refusal that nobody waits for is no fault of the page.
  started.outline.catch(() => {});
  return {
    takeOutline(wanted, signal) {
      if (started?.traceId !== wanted) return null;
      const { outline } = started;
      started = null;
      if (signal.aborted) stop.abort();
      signal.addEventListener('abort', () => stop.abort(), { once: true });
      return outline;
    },
    takeWorker() {
      const taken = worker;
      worker = null;
      return taken;
    },
    drop() {
      if (started !== null) stop.abort();
      worker?.terminate();
      started = null;
      worker = null;
    },
  };
}

let ahead: OutlineAhead | null = null;

/** A link to a trace was opened: asks for it before there is a page to show it. */
export function readAhead(traceId: string): OutlineAhead {
  ahead = beginOutline(traceId, fetchOutline, newWorker);
  return ahead;
}

export function openOutline(traceId: string, signal: AbortSignal): Promise<Outline> {
  return ahead?.takeOutline(traceId, signal) ?? fetchOutline(traceId, signal);
}

export function startOutlineWorker(): Worker {
  return ahead?.takeWorker() ?? newWorker();
}

function fetchOutline(traceId: string, signal: AbortSignal): Promise<Outline> {
  return openStream(`/api/traces/${traceId}/outline`, signal);
}

function newWorker(): Worker {
  return new Worker(new URL('../trace/outline-worker.ts', import.meta.url), { type: 'module' });
}
