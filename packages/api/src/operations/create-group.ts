import { z } from 'zod';
import type { Tag, InsightsConfiguration, Group } from '../control-shapes.ts';
import { NAME_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';
import { tags, insightsConfiguration } from './named-schemas.ts';

export interface CreateGroupInput {
  readonly GroupName: string;
  /** Which traces belong to it; every one without. Its length is the filter language's to judge. */
  readonly FilterExpression?: string | undefined;
  readonly InsightsConfiguration?: InsightsConfiguration | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

export interface CreateGroupOutput {
  readonly Group?: Group;
}

export const createGroup: Operation<'create-group', CreateGroupInput> = {
  name: 'create-group',
  path: '/CreateGroup',
  input: z.object({
    GroupName: text(NAME_CHARS_MAX, 1),
    FilterExpression: optional(z.string()),
    InsightsConfiguration: optional(insightsConfiguration),
    Tags: optional(tags),
  }),
};
