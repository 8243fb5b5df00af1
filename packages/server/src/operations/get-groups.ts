import type { Groups } from '../control/groups.ts';
import type { Handler } from './handler.ts';

export interface GetGroupsOptions {
  readonly groups: Pick<Groups, 'list'>;
}

/** All on one page, so that no token is ever given out; one that comes is not looked at. */
export function createGetGroups({ groups }: GetGroupsOptions): Handler<'get-groups'> {
  return async () => ({ Groups: groups.list() });
}
