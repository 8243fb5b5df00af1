import type { OutlineAnswer } from '../trace/outline-worker.ts';
import type { TracePlan } from '../trace/trace-plan.ts';
import { startOutlineWorker } from './outline-ahead.ts';
import { ConsoleError } from './request.ts';
import { feed } from './use-trace-plan.ts';

/**
 * The plan of one trace, once: of all of it, or of what had come when there were more rows than `rowsMax`. Rejects with what stopped
 * it, a ConsoleError of status 404 for a trace that is not stored.
 */
export async function readPlan(traceId: string, rowsMax: number, signal: AbortSignal): Promise<TracePlan> {
  const worker = startOutlineWorker();
  const stop = new AbortController();
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<OutlineAnswer>) => {
        if (data.kind === 'broken') reject(new ConsoleError('failed', data.message));
        else if (data.plan.isComplete || data.plan.count > rowsMax) resolve(data.plan);
      });
      worker.addEventListener('error', () => reject(new ConsoleError('failed', 'The outline cannot be planned.')));
      feed(worker, traceId, AbortSignal.any([signal, stop.signal])).catch(reject);
    });
  } finally {
    stop.abort();
    worker.terminate();
  }
}
