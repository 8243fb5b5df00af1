import type { FilterCheck } from '@fluoroscope/api';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Words } from '../../filter/complete.ts';
import { checkFilter, readFilterWords } from '../../http/analysis.ts';
import { printRange, type Range, windowOf } from '../../url/range.ts';

/** The writer's pause after which the server is asked. */
const CHECK_MS = 350;
const WORDS_STALE_MS = 60_000;
/** While there are none at all: a first sender may just have begun. */
const NO_WORDS_STALE_MS = 5_000;

/** Names, keys and values of the newest traces; null until they are there. */
export function useFilterWords(range: Range): Words | null {
  const { data } = useQuery({
    queryKey: ['filter-words', printRange(range)],
    queryFn: ({ signal }) => readFilterWords(windowOf(range, Date.now() / 1000), signal),
    staleTime: WORDS_STALE_MS,
    refetchInterval: ({ state }) => (state.data?.looked.count === 0 ? NO_WORDS_STALE_MS : WORDS_STALE_MS),
    retry: false,
  });
  return data ?? null;
}

/** What the server says of the expression as it stands, a moment after it was last changed. */
export function useFilterCheck(text: string): FilterCheck['problem'] {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), CHECK_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data } = useQuery({
    queryKey: ['filter-check', settled],
    queryFn: ({ signal }) => checkFilter(settled, signal),
    enabled: settled.trim() !== '',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: CHECK_MS,
    retry: false,
  });
  return settled === text && settled.trim() !== '' ? (data?.problem ?? null) : null;
}
