import type { Groups } from '../control/groups.ts';
import type { Handler } from './handler.ts';

export interface UpdateGroupOptions {
  readonly groups: Pick<Groups, 'update'>;
}

export function createUpdateGroup({ groups }: UpdateGroupOptions): Handler<'update-group'> {
  return async (input) => ({ Group: await groups.update(input) });
}
