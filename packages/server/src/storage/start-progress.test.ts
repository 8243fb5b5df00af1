import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError, type StoreProgress } from '@fluoroscope/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FromWorker } from './messages.ts';
import { findStart } from './start-progress.ts';

let folder = '';
let storedFile = '';
let said: FromWorker[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluoroscope-start-'));
  storedFile = join(folder, 'stored-sequence');
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const THERE: StoreProgress = { sequence: 9, durableSequence: 9, unfinishedSequence: 12 };
const away = () => new StoreError('away', 'nobody there');

function start(...answers: (StoreProgress | StoreError)[]) {
  const readProgress = async (): Promise<StoreProgress> => {
    const answer = answers.shift() ?? THERE;
    if (answer instanceof StoreError) throw answer;
    return answer;
  };
  const credentials = { username: 'a', password: 'b' };
  return findStart({
    store: { readProgress },
    origin: 'journal',
    choice: { kind: 'clickhouse', url: 'http://db', credentials, dir: folder, storedFile },
    say: (message) => said.push(message),
  });
}

test('a store that is there says where to go on', async () => {
  const { known, followFrom } = await start(THERE);
  expect(known).toEqual(THERE);
  expect(await followFrom(async (progress) => progress)).toEqual(THERE);
  expect(said).toEqual([]);
});

test('one that is away: numbers go on behind what is remembered, and following waits', async () => {
  await writeFile(storedFile, '7\n');
  const { known, followFrom } = await start(away(), away());
  expect(known).toEqual({ sequence: 7, durableSequence: 7, unfinishedSequence: null });
  expect(await followFrom(async (progress) => progress)).toEqual(THERE);
  expect(said).toMatchObject([{ kind: 'failing', message: '[away] nobody there' }]);
});

test.each(['', 'x', '7', '-1\n'])('a file that holds %j remembers nothing', async (text) => {
  await writeFile(storedFile, text);
  expect((await start(away())).known.sequence).toBe(0);
});

test('closing ends the waiting', async () => {
  const { followFrom, stopWaiting } = await start(away(), away(), away());
  const following = followFrom(async (progress) => progress);
  stopWaiting();
  expect(await following).toBeNull();
});

test('another error than being away is not waited out', async () => {
  await expect(start(new StoreError('corrupt', 'broken'))).rejects.toMatchObject({ code: 'corrupt' });
});

test('what is durable is in the file before it is said, in order', async () => {
  const { say } = await start(THERE);
  for (const sequence of [10, 11, 12]) say({ kind: 'durable', sequence });
  await expect.poll(() => said.length).toBe(3);
  expect(said).toEqual([10, 11, 12].map((sequence) => ({ kind: 'durable', sequence })));
  expect(await readFile(storedFile, 'utf8')).toBe('12\n');
});

test('what cannot be remembered is not said: the journal keeps its records', async () => {
  const { say } = await start(THERE);
  await rm(folder, { recursive: true });
  say({ kind: 'durable', sequence: 10 });
  await expect.poll(() => said).toMatchObject([{ kind: 'failing' }]);
});
