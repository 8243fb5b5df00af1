import type { Tags } from '../control/tags.ts';
import type { Handler } from './handler.ts';

export interface UntagResourceOptions {
  readonly tags: Pick<Tags, 'remove'>;
}

export function createUntagResource({ tags }: UntagResourceOptions): Handler<'untag-resource'> {
  return async ({ ResourceARN, TagKeys }) => {
    await tags.remove(ResourceARN, TagKeys);
    return {};
  };
}
