import { useEffect, useMemo, useRef, useState } from 'react';
import type { OutlineAnswer, OutlineRequest } from '../trace/outline-worker.ts';
import type { TracePlan } from '../trace/trace-plan.ts';
import { openOutline, startOutlineWorker } from './outline-ahead.ts';
import { ConsoleError } from './request.ts';

export interface TracePlanQuery {
  /** Of what has come so far. */
  readonly plan: TracePlan | null;
  readonly error: Error | null;
  /** The server does not have this trace. */
  readonly isMissing: boolean;
  readonly retry: () => void;
}

/** While something is still running, the page looks again; not at traces that take long to read. */
const PENDING_REFRESH_MS = 2000;
const REFRESHED_COUNT_MAX = 20_000;

interface Known {
  readonly plan: TracePlan | null;
  readonly error: Error | null;
}

/** Reads a trace's outline and has a worker plan it, which keeps what it read while the page shows it. */
export function useTracePlan(traceId: string, correctClocks: boolean): TracePlanQuery {
  const [{ plan, error }, setKnown] = useState<Known>({ plan: null, error: null });
  const [turn, setTurn] = useState(0);
  const request = useMemo(() => ({ traceId, turn }), [traceId, turn]);
  const worker = useRef<Worker | null>(null);
  const retry = (): void => setTurn((was) => was + 1);

  useEffect(() => {
    const started = startOutlineWorker();
    worker.current = started;
    started.addEventListener('message', ({ data }: MessageEvent<OutlineAnswer>) => {
      if (data.kind === 'plan') setKnown({ plan: data.plan, error: null });
      else setKnown((was) => ({ ...was, error: new ConsoleError('failed', data.message) }));
    });
    return () => started.terminate();
  }, []);

  useEffect(() => {
    if (worker.current !== null) send(worker.current, { kind: 'clocks', correctClocks });
  }, [correctClocks]);

  useEffect(() => {
    const abort = new AbortController();
    const { current } = worker;
    if (current === null) return undefined;
    feed(current, request.traceId, abort.signal).catch((cause: unknown) => {
      if (abort.signal.aborted) return;
      const failure = cause instanceof Error ? cause : new Error(String(cause));
      setKnown((was) => ({ ...was, error: failure }));
    });
    return () => abort.abort();
  }, [request]);

  useEffect(() => {
    if (plan === null || !looksAgain(plan)) return undefined;
    const timer = setTimeout(() => setTurn((was) => was + 1), PENDING_REFRESH_MS);
    return () => clearTimeout(timer);
  }, [plan]);

  return { plan, error, isMissing: error instanceof ConsoleError && error.status === 404, retry };
}

function looksAgain({ isComplete, pendingCount, count }: TracePlan): boolean {
  return isComplete && pendingCount > 0 && count <= REFRESHED_COUNT_MAX;
}

/** The bytes of an outline, as they come, to a worker that plans them. */
export async function feed(worker: Worker, traceId: string, signal: AbortSignal): Promise<void> {
  const stream = (await openOutline(traceId, signal)).getReader();
  send(worker, { kind: 'begin' });
  for (let part = await stream.read(); !part.done; part = await stream.read()) {
    send(worker, { kind: 'bytes', bytes: part.value }, [part.value.buffer]);
  }
}

function send(worker: Worker, request: OutlineRequest, transfer: Transferable[] = []): void {
  worker.postMessage(request, transfer);
}
