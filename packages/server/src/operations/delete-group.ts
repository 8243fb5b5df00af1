import type { Groups } from '../control/groups.ts';
import type { Handler } from './handler.ts';

export interface DeleteGroupOptions {
  readonly groups: Pick<Groups, 'remove'>;
}

export function createDeleteGroup({ groups }: DeleteGroupOptions): Handler<'delete-group'> {
  return async (input) => {
    await groups.remove(input);
    return {};
  };
}
