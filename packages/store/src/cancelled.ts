import { StoreError } from './trace-store.ts';

export function cancelled(): StoreError {
  return new StoreError('cancelled', 'nobody waits for the answer any more');
}

/** Throws `cancelled` once the signal says so. */
export function checkAwaited(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled();
}
