import { useCallback, useLayoutEffect, useRef } from 'react';

/** The same function at every render, that does what the newest one does: for parts that are drawn anew only when they must. */
export function useStable<Args extends readonly unknown[], Result>(
  run: (...args: Args) => Result,
): (...args: Args) => Result {
  const latest = useRef(run);
  useLayoutEffect(() => {
    latest.current = run;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}
