import { createServer } from 'node:net';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder, removeFolder, runProgram, serveFlags, startProgram } from './program.ts';

test('SIGTERM drains and ends with 0; the folder opens again', async () => {
  const dataDir = folder();
  for (let times = 0; times < 2; times += 1) {
    const program = await startProgram(serveFlags(dataDir));
    expect(await program.stop()).toBe(0);
  }
});

test('a port in use: exit 2, one line that names the port and the setting', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const flags = ['serve', '--http-listen', `127.0.0.1:${port}`, '--udp-listen', 'off', '--data-dir', folder()];
  const { code, output } = await runProgram(flags);
  expect(code).toBe(2);
  expect(complaints(output)).toMatchObject([expect.stringMatching(new RegExp(`${port}.*in use.*--http-listen`))]);
});

test('a second process on the same folder: exit 2, one line that says so', async () => {
  const dataDir = folder();
  const first = await startProgram(serveFlags(dataDir));
  const { code, output } = await runProgram(serveFlags(dataDir));
  await first.stop();
  expect(code).toBe(2);
  expect(complaints(output)).toMatchObject([
    expect.stringMatching(/--data-dir: .* is in use by process \d+: stop that one/),
  ]);
});

test('a folder that holds something else: exit 2, untouched', async () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, 'fluoroscope.duckdb'), 'this is not a database'.repeat(1000));
  const { code, output } = await runProgram(serveFlags(dataDir));
  expect(code).toBe(2);
  expect(complaints(output)).toMatchObject([expect.stringContaining('--data-dir')]);
});

test.each([
  ['is a file', (made: string) => join(made, 'plain')],
  ['lies in a file', (made: string) => join(made, 'plain', 'below')],
  ['cannot be made', () => '/proc/nope/nope'],
])('a data folder that %s: exit 2', async (_name, pathIn) => {
  const made = folder();
  writeFileSync(join(made, 'plain'), '');
  const { code, output } = await runProgram(serveFlags(pathIn(made)));
  expect(code).toBe(2);
  expect(complaints(output)).toMatchObject([expect.stringContaining('--data-dir')]);
});

test('a data folder is made with all above it, for its owner alone', async () => {
  const dataDir = join(folder(), 'some', 'where');
  const program = await startProgram(serveFlags(dataDir));
  await program.stop();
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});

test.each([
  ['an unknown flag', ['--no-such-flag', '1'], 'no-such-flag'],
  ['a bad rate', ['--sampling-rate', '7'], 'sampling-rate'],
  ['a bad address', ['--http-listen', 'nowhere'], 'http-listen'],
  ['beyond loopback without saying so', ['--http-listen', '0.0.0.0:0'], 'allow-unauthenticated'],
])('%s: exit 2, one line that names it', async (_name, flags, names) => {
  const { code, output } = await runProgram(['serve', '--data-dir', folder(), ...flags]);
  expect(code).toBe(2);
  expect(complaints(output)).toMatchObject([expect.stringContaining(names)]);
});

test('--help lists every setting and ends with 0', async () => {
  const { code, output } = await runProgram(['serve', '--help']);
  expect(code).toBe(0);
  for (const flag of ['--http-listen', '--udp-listen', '--data-dir', '--durability', '--sampling-rate'])
    expect(output).toContain(flag);
});

function folder(): string {
  const made = makeFolder();
  onTestFinished(() => removeFolder(made));
  return made;
}

function complaints(output: string): readonly string[] {
  return output.split('\n').filter((line) => line.startsWith('fluoroscope: '));
}
