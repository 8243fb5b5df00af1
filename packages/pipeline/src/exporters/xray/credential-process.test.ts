import { expect, test } from 'vitest';
import { runCredentialProcess, splitCommand } from './credential-process.ts';

const node = (script: string): readonly string[] => [process.execPath, '-e', script];

test.each<[string, readonly string[] | null]>([
  ['a b  c', ['a', 'b', 'c']],
  ['"C:\\my tool" --x', ['C:\\my tool', '--x']],
  ["a 'b c'd", ['a', 'b cd']],
  ['a "b \\"c\\""', ['a', 'b "c"']],
  ['a ""', ['a', '']],
  ['a; b | $(c) > d', ['a;', 'b', '|', '$(c)', '>', 'd']],
  ['a "b', null],
  ['  ', null],
])('%s', (line, words) => {
  expect(splitCommand(line)).toEqual(words);
});

test('what it prints, and nothing of a shell', async () => {
  expect(await runCredentialProcess([...node('console.log(process.argv[1])'), '$HOME; ls'])).toBe('$HOME; ls\n');
});

test.each([
  ['process.exit(3)', 'it ended with 3'],
  ['console.error("secret"); process.exit(1)', 'it ended with 1'],
  ['setTimeout(() => {}, 60_000)', 'it did not end within 300 ms'],
  ['process.stdout.write("x".repeat(70_000))', 'it printed more than 65536 bytes'],
])('%s: %s', async (script, message) => {
  const msMax = message.includes('300 ms') ? 300 : 20_000;
  const running = runCredentialProcess(node(script), msMax);
  await expect(running).rejects.toThrow(`credential_process ${process.execPath}: ${message}`);
});

test('a program that is not there', async () => {
  await expect(runCredentialProcess(['/nowhere/tool'])).rejects.toThrow('/nowhere/tool: it could not be run (ENOENT)');
});
