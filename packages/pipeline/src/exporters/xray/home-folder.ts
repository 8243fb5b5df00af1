import { homedir } from 'node:os';

/**
 * Where profiles lie. A container's user may have no entry among the users, and no HOME: then there is no such folder, and none
 * is needed. Node throws in that case.
 */
export function findHomeFolder(ask: () => string = homedir): string {
  try {
    return ask();
  } catch {
    return '/';
  }
}
