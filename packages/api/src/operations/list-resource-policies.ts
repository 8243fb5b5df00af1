import { z } from 'zod';
import type { ResourcePolicy } from '../control-shapes.ts';
import { SHORT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface ListResourcePoliciesInput {
  readonly NextToken?: string | undefined;
}

export interface ListResourcePoliciesOutput {
  readonly ResourcePolicies?: readonly ResourcePolicy[];
  readonly NextToken?: string;
}

export const listResourcePolicies: Operation<'list-resource-policies', ListResourcePoliciesInput> = {
  name: 'list-resource-policies',
  path: '/ListResourcePolicies',
  input: z.object({ NextToken: optional(text(SHORT_TOKEN_CHARS_MAX, 1)) }),
};
