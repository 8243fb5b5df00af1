import { z } from 'zod';
import type { IndexingRule } from '../control-shapes.ts';
import { NEXT_TOKEN_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';

export interface GetIndexingRulesInput {
  readonly NextToken?: string | undefined;
}

export interface GetIndexingRulesOutput {
  readonly IndexingRules?: readonly IndexingRule[];
  readonly NextToken?: string;
}

export const getIndexingRules: Operation<'get-indexing-rules', GetIndexingRulesInput> = {
  name: 'get-indexing-rules',
  path: '/GetIndexingRules',
  input: z.object({ NextToken: optional(text(NEXT_TOKEN_CHARS_MAX)) }),
};
