import type { Tag } from '@fluoroscope/api';
import { useQueries, useQuery } from '@tanstack/react-query';
import { readTags } from '../../http/administration.ts';

/** By ARN; those that are known. */
export function useTagsOf(arns: readonly string[]): ReadonlyMap<string, readonly Tag[]> {
  const answers = useQueries({ queries: arns.map((arn) => tagsQuery(arn)) });
  return new Map(answers.flatMap(({ data }, at) => (data === undefined ? [] : [[arns[at] ?? '', data] as const])));
}

/** Undefined until they are known. */
export function useTags(arn: string | undefined): readonly Tag[] | undefined {
  const { data } = useQuery({ ...tagsQuery(arn ?? ''), enabled: arn !== undefined });
  return arn === undefined ? NO_TAGS : data;
}

const NO_TAGS: readonly Tag[] = [];

function tagsQuery(arn: string) {
  return {
    queryKey: ['tags', arn],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => readTags(arn, signal),
  };
}
