import { z } from 'zod';
import { GROUP_ARN_CHARS_MAX, NAME_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

/** By name or ARN. */
export interface DeleteGroupInput {
  readonly GroupName?: string | undefined;
  readonly GroupARN?: string | undefined;
}

/** No members. */
// oxlint-disable-next-line typescript/no-empty-object-type -- X-Ray's own shape
export interface DeleteGroupOutput {}

export const deleteGroup: Operation<'delete-group', DeleteGroupInput> = {
  name: 'delete-group',
  path: '/DeleteGroup',
  input: z.object({ GroupName: optional(text(NAME_CHARS_MAX, 1)), GroupARN: optional(text(GROUP_ARN_CHARS_MAX, 1)) }),
};
