import type { ResourcePolicies } from '../control/resource-policies.ts';
import type { Handler } from './handler.ts';
import { refuseNextToken } from './next-token.ts';

export interface ListResourcePoliciesOptions {
  readonly policies: Pick<ResourcePolicies, 'list'>;
}

/** All on one page. */
export function createListResourcePolicies({
  policies,
}: ListResourcePoliciesOptions): Handler<'list-resource-policies'> {
  return async ({ NextToken }) => {
    refuseNextToken(NextToken);
    return { ResourcePolicies: policies.list() };
  };
}
