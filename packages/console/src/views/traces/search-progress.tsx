import type { ReactNode } from 'react';
import { describeSearched, type Searched } from '../../summaries/searched.ts';

/** How much of the time was searched, newest first. Always there, and as wide: nothing moves while it fills. */
export function SearchProgress({ searched }: { readonly searched: Searched }): ReactNode {
  const { share, isRunning } = searched;
  return (
    <span className="search-progress num" data-testid="search-progress" data-running={isRunning}>
      <progress
        max={1}
        {...(share !== null && { value: share })}
        aria-label="Share of the time that was searched, newest first"
      />
      <span className="clip">{describeSearched(searched)}</span>
    </span>
  );
}
