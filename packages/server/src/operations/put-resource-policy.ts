import type { ResourcePolicies } from '../control/resource-policies.ts';
import type { Handler } from './handler.ts';

export interface PutResourcePolicyOptions {
  readonly policies: Pick<ResourcePolicies, 'put'>;
}

export function createPutResourcePolicy({ policies }: PutResourcePolicyOptions): Handler<'put-resource-policy'> {
  return async (input) => ({ ResourcePolicy: await policies.put(input) });
}
