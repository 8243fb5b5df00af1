import type { Subsegment } from '../document/subsegment.ts';
import { getCauseTypeFromHttpStatus } from '../http-facts.ts';
import { getLogger } from '../logger.ts';

const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

export function flagStatus(subsegment: Subsegment, status: number): void {
  if (status === 429) subsegment.addThrottleFlag();
  const kind = getCauseTypeFromHttpStatus(status);
  if (kind === 'error') subsegment.addErrorFlag();
  if (kind === 'fault') subsegment.addFaultFlag();
}

/** The other side never saw the request: it will send no segment. */
export function wasUnreached(error: unknown): boolean {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < CAUSES_MAX; depth += 1) {
    if ('code' in at && UNREACHED.has(String(at.code))) return true;
    at = 'cause' in at ? at.cause : undefined;
  }
  return false;
}

/** `fetch failed` has the socket's error as its cause; that one may be of several addresses. */
const CAUSES_MAX = 3;

/** Runs the application's callback; its errors are logged. */
export function guardCallback(run: () => void): void {
  try {
    run();
  } catch (error) {
    getLogger().error('The callback of an outgoing request failed:', error);
  }
}
