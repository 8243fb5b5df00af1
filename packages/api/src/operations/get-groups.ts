import { z } from 'zod';
import type { Group } from '../control-shapes.ts';
import { SHORT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface GetGroupsInput {
  readonly NextToken?: string | undefined;
}

/** X-Ray names the items GroupSummary; they have the members of a Group. */
export interface GetGroupsOutput {
  readonly Groups?: readonly Group[];
  readonly NextToken?: string;
}

export const getGroups: Operation<'get-groups', GetGroupsInput> = {
  name: 'get-groups',
  path: '/Groups',
  input: z.object({ NextToken: optional(text(SHORT_TOKEN_CHARS_MAX, 1)) }),
};
