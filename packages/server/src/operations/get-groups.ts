import type { Groups } from '../control/groups.ts';
import type { Handler } from './handler.ts';
import { refuseNextToken } from './next-token.ts';

export interface GetGroupsOptions {
  readonly groups: Pick<Groups, 'list'>;
}

/** All on one page. */
export function createGetGroups({ groups }: GetGroupsOptions): Handler<'get-groups'> {
  return async ({ NextToken }) => {
    refuseNextToken(NextToken);
    return { Groups: groups.list() };
  };
}
