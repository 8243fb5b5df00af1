import { z } from 'zod';
import type { Tag } from '../control-shapes.ts';
import { RESOURCE_ARN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { text } from './schema.ts';
import { tags } from './named-schemas.ts';

/** A tag replaces the one of its key. */
export interface TagResourceInput {
  readonly ResourceARN: string;
  readonly Tags: readonly Tag[];
}

/** No members. */
// oxlint-disable-next-line typescript/no-empty-object-type -- X-Ray's own shape
export interface TagResourceOutput {}

export const tagResource: Operation<'tag-resource', TagResourceInput> = {
  name: 'tag-resource',
  path: '/TagResource',
  input: z.object({ ResourceARN: text(RESOURCE_ARN_CHARS_MAX, 1), Tags: tags }),
};
