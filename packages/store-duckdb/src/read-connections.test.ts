import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEngine, type Engine } from './engine.ts';
import { READ_CONNECTIONS_MAX } from './limits.ts';
import { createReadConnections, type ReadConnections } from './read-connections.ts';
import type { BeginRead } from './source.ts';

/** Days of work, in steps that look whether they are to stop. */
const ENDLESS = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = -1';

let dir: string;
let engine: Engine;
let reads: ReadConnections;

const begin: BeginRead = async ({ connection, slices }) => {
  await connection.run('BEGIN TRANSACTION READ ONLY');
  return { sources: [], retainedFromUs: null, slices, hold: async () => {}, [Symbol.dispose]: () => {} };
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fluoroscope-reads-'));
  engine = await openEngine({ dir, memoryBytesMax: 128 * 2 ** 20, threads: 2 });
  const sliceReaderOn = (connection: DuckDBConnection) => ({
    on: <Answer>(_slices: unknown, run: (own: DuckDBConnection) => Promise<Answer>) => run(connection),
  });
  reads = createReadConnections(engine, { begin, beginRows: begin, sliceReaderOn });
});

afterEach(async () => {
  reads[Symbol.dispose]();
  engine[Symbol.dispose]();
  await rm(dir, { recursive: true });
});

/** Resolves `begun` once the statement is about to run. */
function readEndlessly(signal: AbortSignal): { readonly begun: Promise<void>; readonly read: Promise<unknown> } {
  let tell = (): void => {};
  const begun = new Promise<void>((resolve) => (tell = resolve));
  const read = reads.read(async (connection) => {
    tell();
    return connection.run(ENDLESS);
  }, signal);
  return { begun, read };
}

async function readOne(): Promise<unknown> {
  return reads.readRows(async (connection) => (await connection.runAndReadAll('SELECT 42')).getRows());
}

test('a read that nobody waits for is given up, and its connection serves the next', async () => {
  for (let count = 0; count < 2 * READ_CONNECTIONS_MAX; count += 1) {
    const stop = new AbortController();
    const { begun, read } = readEndlessly(stop.signal);
    await begun;
    stop.abort();
    await expect(read).rejects.toThrow('[cancelled]');
    expect(await readOne()).toEqual([[42]]);
  }
});

test('one that waits for its turn is given up at once; those behind it have theirs', async () => {
  const stops = Array.from({ length: READ_CONNECTIONS_MAX }, () => new AbortController());
  const endless = stops.map(({ signal }) => readEndlessly(signal));
  await Promise.all(endless.map(({ begun }) => begun));
  const waiting = new AbortController();
  const given = expect(readEndlessly(waiting.signal).read).rejects.toThrow('[cancelled]');
  const behind = readOne();
  waiting.abort();
  await given;
  const all = endless.map(({ read }) => expect(read).rejects.toThrow('[cancelled]'));
  for (const stop of stops) stop.abort();
  await Promise.all(all);
  expect(await behind).toEqual([[42]]);
});

test('statements that follow one that was stopped are stopped too', async () => {
  const stop = new AbortController();
  let count = 0;
  const read = reads.read(async (connection) => {
    for (;;) {
      count += 1;
      if (count === 2) stop.abort();
      await connection.run('SELECT 1');
      if (count === 3) await connection.run(ENDLESS);
    }
  }, stop.signal);
  await expect(read).rejects.toThrow('[cancelled]');
});

test('what is asked beside a read is stopped with it', async () => {
  const stop = new AbortController();
  const read = reads.read(
    () =>
      reads.besideOf(stop.signal)(async (second) => {
        if (second === null) throw new Error('no second way');
        setTimeout(() => stop.abort(), 20);
        return second.on([], (connection) => connection.run(ENDLESS));
      }),
    stop.signal,
  );
  await expect(read).rejects.toThrow('[cancelled]');
  expect(await readOne()).toEqual([[42]]);
});

test('a signal that comes after the answer stops nothing', async () => {
  const stop = new AbortController();
  expect(
    await reads.read(async (connection) => (await connection.runAndReadAll('SELECT 7')).getRows(), stop.signal),
  ).toEqual([[7]]);
  stop.abort();
  expect(await readOne()).toEqual([[42]]);
});

test('one that was given up before does not begin', async () => {
  await expect(reads.read(async () => 'begun', AbortSignal.abort())).rejects.toThrow('[cancelled]');
});
