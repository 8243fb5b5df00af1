import type { KeyScope } from '@fluoroscope/api';
import { useQuery } from '@tanstack/react-query';
import { readSession } from '../../http/administration.ts';

export interface Session {
  readonly keyId: string | null;
  /** Until it is known, it is assumed: the server has the last word. */
  readonly may: (scope: KeyScope) => boolean;
}

export function useSession(): Session {
  const { data } = useQuery({ queryKey: ['session'], queryFn: ({ signal }) => readSession(signal) });
  return {
    keyId: data?.keyId ?? null,
    may: (scope) => data === undefined || data.scopes.includes('admin') || data.scopes.includes(scope),
  };
}
