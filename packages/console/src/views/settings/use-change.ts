import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export interface Change {
  readonly busy: boolean;
  /** What the server said of the last attempt. */
  readonly problem: string | null;
  /** True: done, and everything that the page shows is asked for anew, but what was of `gone` (an ARN), which is no more. */
  readonly run: (work: () => Promise<unknown>, gone?: string) => Promise<boolean>;
  readonly clear: () => void;
}

export function useChange(): Change {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  return {
    busy,
    problem,
    clear: () => setProblem(null),
    async run(work, gone) {
      setBusy(true);
      setProblem(null);
      try {
        await work();
        await queries.invalidateQueries({
          predicate: ({ queryKey }) => gone === undefined || !queryKey.includes(gone),
        });
        return true;
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
        // A change of several parts may have been made in part.
        void queries.invalidateQueries();
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
