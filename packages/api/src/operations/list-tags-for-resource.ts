import { z } from 'zod';
import type { Tag } from '../control-shapes.ts';
import { NEXT_TOKEN_CHARS_MAX, RESOURCE_ARN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface ListTagsForResourceInput {
  readonly ResourceARN: string;
  readonly NextToken?: string | undefined;
}

export interface ListTagsForResourceOutput {
  readonly Tags?: readonly Tag[];
  readonly NextToken?: string;
}

export const listTagsForResource: Operation<'list-tags-for-resource', ListTagsForResourceInput> = {
  name: 'list-tags-for-resource',
  path: '/ListTagsForResource',
  input: z.object({ ResourceARN: text(RESOURCE_ARN_CHARS_MAX, 1), NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)) }),
};
