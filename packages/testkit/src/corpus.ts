import { readFileSync } from 'node:fs';

const TESTDATA = new URL('../../../testdata/', import.meta.url);

/** The cases of `testdata/NAME.txt`: one a line; blank lines and lines that begin with `#` are left out. */
export function readCorpus(name: string): string[] {
  return readFileSync(new URL(`${name}.txt`, TESTDATA), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
