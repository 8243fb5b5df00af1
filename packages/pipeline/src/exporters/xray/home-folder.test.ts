import { expect, test } from 'vitest';
import { findHomeFolder } from './home-folder.ts';

test.each<[string, () => string, string]>([
  ['the folder that the system knows', () => '/home/ann', '/home/ann'],
  ['a user without an entry', () => fail('ENOENT, no such file or directory'), '/'],
])('%s', (_name, ask, folder) => {
  expect(findHomeFolder(ask)).toBe(folder);
});

function fail(message: string): never {
  throw new Error(message);
}
