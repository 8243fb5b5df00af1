import type { Tags } from '../control/tags.ts';
import type { Handler } from './handler.ts';

export interface TagResourceOptions {
  readonly tags: Pick<Tags, 'add'>;
}

export function createTagResource({ tags }: TagResourceOptions): Handler<'tag-resource'> {
  return async ({ ResourceARN, Tags: added }) => {
    await tags.add(ResourceARN, added);
    return {};
  };
}
