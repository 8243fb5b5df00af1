import { z } from 'zod';
import type { Group } from '../control-shapes.ts';
import { GROUP_ARN_CHARS_MAX, NAME_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

/** By name or ARN. */
export interface GetGroupInput {
  readonly GroupName?: string | undefined;
  readonly GroupARN?: string | undefined;
}

export interface GetGroupOutput {
  readonly Group?: Group;
}

export const getGroup: Operation<'get-group', GetGroupInput> = {
  name: 'get-group',
  path: '/GetGroup',
  input: z.object({ GroupName: optional(text(NAME_CHARS_MAX, 1)), GroupARN: optional(text(GROUP_ARN_CHARS_MAX, 1)) }),
};
