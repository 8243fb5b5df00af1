import { z } from 'zod';
import { POLICY_REVISION_CHARS_MAX } from '../limits.ts';
import type { Operation } from './operation.ts';
import { optional, text } from './schema.ts';
import { policyName } from './named-schemas.ts';

export interface DeleteResourcePolicyInput {
  readonly PolicyName: string;
  /** Only if it is still this one. */
  readonly PolicyRevisionId?: string | undefined;
}

/** No members. */
// oxlint-disable-next-line typescript/no-empty-object-type -- X-Ray's own shape
export interface DeleteResourcePolicyOutput {}

export const deleteResourcePolicy: Operation<'delete-resource-policy', DeleteResourcePolicyInput> = {
  name: 'delete-resource-policy',
  path: '/DeleteResourcePolicy',
  input: z.object({ PolicyName: policyName, PolicyRevisionId: optional(text(POLICY_REVISION_CHARS_MAX)) }),
};
