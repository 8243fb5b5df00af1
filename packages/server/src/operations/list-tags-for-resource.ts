import type { Tags } from '../control/tags.ts';
import type { Handler } from './handler.ts';
import { refuseNextToken } from './next-token.ts';

export interface ListTagsForResourceOptions {
  readonly tags: Pick<Tags, 'list'>;
}

/** All on one page. */
export function createListTagsForResource({ tags }: ListTagsForResourceOptions): Handler<'list-tags-for-resource'> {
  return async ({ ResourceARN, NextToken }) => {
    refuseNextToken(NextToken);
    return { Tags: tags.list(ResourceARN) };
  };
}
