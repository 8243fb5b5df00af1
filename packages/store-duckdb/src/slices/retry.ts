import { RETRY_FIRST_MS, RETRY_LAST_MS } from '../limits.ts';

/** Work that may fail for reasons that pass, such as a full disk: tried again after ever longer waits. */
export interface Retry extends Disposable {
  /** Runs now, or joins the run under way. After a failure it runs again by itself, until it succeeds. */
  run(): Promise<void>;
}

export interface RetryOptions {
  readonly work: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export function createRetry({ work, failed }: RetryOptions): Retry {
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = RETRY_FIRST_MS;
  let isDisposed = false;

  async function attempt(): Promise<void> {
    clearTimeout(timer);
    try {
      await work();
      waitMs = RETRY_FIRST_MS;
    } catch (error) {
      failed(error);
      if (!isDisposed) timer = setTimeout(() => void run().catch(() => {}), waitMs);
      waitMs = Math.min(2 * waitMs, RETRY_LAST_MS);
      throw error;
    } finally {
      running = null;
    }
  }

  function run(): Promise<void> {
    running ??= attempt();
    return running;
  }

  return {
    run,
    [Symbol.dispose]() {
      isDisposed = true;
      clearTimeout(timer);
    },
  };
}
