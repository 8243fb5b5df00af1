import { z } from 'zod';
import type { InsightsConfiguration, Group } from '../control-shapes.ts';
import { GROUP_ARN_CHARS_MAX, NAME_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';
import { insightsConfiguration } from './named-schemas.ts';

/** By name or ARN; what is left out stays as it is. */
export interface UpdateGroupInput {
  readonly GroupName?: string | undefined;
  readonly GroupARN?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly InsightsConfiguration?: InsightsConfiguration | undefined;
}

export interface UpdateGroupOutput {
  readonly Group?: Group;
}

export const updateGroup: Operation<'update-group', UpdateGroupInput> = {
  name: 'update-group',
  path: '/UpdateGroup',
  input: z.object({
    GroupName: optional(text(NAME_CHARS_MAX, 1)),
    GroupARN: optional(text(GROUP_ARN_CHARS_MAX, 1)),
    FilterExpression: optional(z.string()),
    InsightsConfiguration: optional(insightsConfiguration),
  }),
};
