/**
 * How a segment or call ended. Buckets are disjoint: flags may be combined in a document, then the
 * first of fault, throttle, error counts (XRAY-SPEC §6.5, ADR-005). `pending` is not counted.
 */
export type Outcome = 'ok' | 'error' | 'throttle' | 'fault' | 'pending';

export interface OutcomeFlags {
  readonly in_progress?: boolean | undefined;
  readonly fault?: boolean | undefined;
  readonly throttle?: boolean | undefined;
  readonly error?: boolean | undefined;
}

export function outcomeOf(flags: OutcomeFlags): Outcome {
  if (flags.in_progress === true) return 'pending';
  if (flags.fault === true) return 'fault';
  if (flags.throttle === true) return 'throttle';
  return flags.error === true ? 'error' : 'ok';
}
