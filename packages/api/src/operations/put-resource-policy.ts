import { z } from 'zod';
import type { ResourcePolicy } from '../control-shapes.ts';
import { POLICY_DOCUMENT_CHARS_MAX, POLICY_REVISION_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';
import { policyName } from './named-schemas.ts';

export interface PutResourcePolicyInput {
  readonly PolicyName: string;
  /** JSON text. */
  readonly PolicyDocument: string;
  /** Only if it is still this one; `0`: only if there is none of this name. */
  readonly PolicyRevisionId?: string | undefined;
  readonly BypassPolicyLockoutCheck?: boolean | undefined;
}

export interface PutResourcePolicyOutput {
  readonly ResourcePolicy?: ResourcePolicy;
}

export const putResourcePolicy: Operation<'put-resource-policy', PutResourcePolicyInput> = {
  name: 'put-resource-policy',
  path: '/PutResourcePolicy',
  input: z.object({
    PolicyName: policyName,
    PolicyDocument: text(POLICY_DOCUMENT_CHARS_MAX),
    PolicyRevisionId: optional(text(POLICY_REVISION_CHARS_MAX)),
    BypassPolicyLockoutCheck: optional(z.boolean()),
  }),
};
