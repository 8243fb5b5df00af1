import { PipelineError } from '../pipeline-error.ts';
import type { Consumer } from '../stage.ts';

export interface MemoryLimiterOptions {
  /** Bytes in use from which on documents are turned away. */
  readonly limitBytes: number;
  readonly checkIntervalMs: number;
  /** What is in use now. */
  readonly usedBytes?: () => number;
  readonly nowMs?: () => number;
}

/** Turns documents away while memory is short, so that what is held can be delivered. */
export function createMemoryLimiter(next: Consumer, options: MemoryLimiterOptions): Consumer {
  const { limitBytes, checkIntervalMs, usedBytes = memoryInUse, nowMs = () => performance.now() } = options;
  let checkedMs = Number.NEGATIVE_INFINITY;
  let isShort = false;
  return {
    async consume(parcels) {
      if (nowMs() - checkedMs >= checkIntervalMs) {
        checkedMs = nowMs();
        isShort = usedBytes() > limitBytes;
      }
      if (isShort) throw new PipelineError('full', `memory_limiter: more than ${limitBytes} bytes in use`);
      await next.consume(parcels);
    },
  };
}

function memoryInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
