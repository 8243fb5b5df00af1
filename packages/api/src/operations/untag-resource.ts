import { z } from 'zod';
import { RESOURCE_ARN_CHARS_MAX, TAGS_PER_REQUEST_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { text, listOf } from './schema.ts';
import { tagKey } from './named-schemas.ts';

export interface UntagResourceInput {
  readonly ResourceARN: string;
  readonly TagKeys: readonly string[];
}

/** No members. */
// oxlint-disable-next-line typescript/no-empty-object-type -- X-Ray's own shape
export interface UntagResourceOutput {}

export const untagResource: Operation<'untag-resource', UntagResourceInput> = {
  name: 'untag-resource',
  path: '/UntagResource',
  input: z.object({ ResourceARN: text(RESOURCE_ARN_CHARS_MAX, 1), TagKeys: listOf(tagKey, TAGS_PER_REQUEST_MAX) }),
};
