import type { ResourcePolicies } from '../control/resource-policies.ts';
import type { Handler } from './handler.ts';

export interface DeleteResourcePolicyOptions {
  readonly policies: Pick<ResourcePolicies, 'remove'>;
}

export function createDeleteResourcePolicy({
  policies,
}: DeleteResourcePolicyOptions): Handler<'delete-resource-policy'> {
  return async ({ PolicyName, PolicyRevisionId }) => {
    await policies.remove(PolicyName, PolicyRevisionId);
    return {};
  };
}
