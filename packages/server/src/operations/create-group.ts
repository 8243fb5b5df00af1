import type { Groups } from '../control/groups.ts';
import type { Handler } from './handler.ts';

export interface CreateGroupOptions {
  readonly groups: Pick<Groups, 'create'>;
}

export function createCreateGroup({ groups }: CreateGroupOptions): Handler<'create-group'> {
  return async (input) => ({ Group: await groups.create(input) });
}
