import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readStatus } from '../../http/operations.ts';

export interface FirstRunState {
  readonly isShown: boolean;
  readonly close: () => void;
}

/** From when a list is empty, on a server that never had a trace, until its reader closes it. */
export function useFirstRun(isEmpty: boolean): FirstRunState {
  const [state, setState] = useState<'unknown' | 'shown' | 'closed'>('unknown');
  const status = useQuery({ queryKey: ['status'], queryFn: ({ signal }) => readStatus(signal), enabled: isEmpty });
  // What was read for another page may be of before the first trace.
  const isNew = status.isFetchedAfterMount && status.data?.traceCount === 0;
  if (state === 'unknown' && isEmpty && isNew) setState('shown');
  return { isShown: state === 'shown', close: () => setState('closed') };
}
