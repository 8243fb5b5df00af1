import type { Groups } from '../control/groups.ts';
import type { Handler } from './handler.ts';

export interface GetGroupOptions {
  readonly groups: Pick<Groups, 'get'>;
}

export function createGetGroup({ groups }: GetGroupOptions): Handler<'get-group'> {
  return async (input) => ({ Group: groups.get(input) });
}
