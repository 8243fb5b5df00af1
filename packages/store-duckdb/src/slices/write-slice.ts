import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BIGINT,
  BLOB,
  blobValue,
  INTEGER,
  LIST,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';
import { toOpenError } from '../engine-error.ts';
import { attachNew, attachSealed, detach, type Engine } from '../engine.ts';
import { BLOCK_BYTES, IDS_PER_STATEMENT_MAX, IDS_PER_TURN, SMALL_BLOCK_BYTES, SMALL_SLICE_BYTES } from '../limits.ts';
import type { Source } from '../source.ts';
import { fillQuery, fillSql } from '../source-sql.ts';
import { readSchema } from '../sql-files.ts';
import { bindList, toNumber } from '../values.ts';
import { createBloomFilter, hashWords, type BloomFilter, type IdHash } from './bloom.ts';
import { createRunner } from './build/run-aside.ts';
import { buildSlice, type SliceSummary } from './build-slice.ts';
import { printSliceName, printUnfinishedName, type OrderRange } from './slice-name.ts';
import { databaseNameOf, readSlice, SLICE_FORMAT, type Slice } from './slice.ts';

export interface SliceWork extends OrderRange {
  /** Oldest first. */
  readonly from: readonly (Source & { readonly sizeBytes: number })[];
  /** Slices before them, which may have rows that these replace; null when `replaced` is as short as can be. */
  readonly older: readonly Slice[] | null;
  /** How far each origin is with these sources and all before them. */
  readonly progress: ReadonlyMap<string, number>;
  /** Awaited between steps; rejects to give the work up. */
  readonly pause: () => Promise<void>;
}

/**
 * Makes one slice of these sources. It is whole and on disk under its own name when this resolves, and attached for
 * reading; when this rejects nothing of it is left.
 */
export async function writeSlice(engine: Engine, work: SliceWork): Promise<Slice> {
  const unfinished = join(engine.dir, printUnfinishedName(work));
  try {
    await removeUnfinished(unfinished);
    await onConnection(engine, (connection) => build(connection, unfinished, work));
    await syncFile(unfinished);
    await work.pause();
    await rename(unfinished, join(engine.dir, printSliceName(work)));
    return await onConnection(engine, (connection) => publish(connection, engine.dir, work));
  } catch (error) {
    // On a connection of its own: the one that failed may still hold on to the file.
    await onConnection(engine, (connection) => detach(connection, buildNameOf(work))).catch(() => {});
    await removeUnfinished(unfinished).catch(() => {});
    throw error;
  }
}

async function onConnection<Answer>(
  engine: Engine,
  run: (connection: DuckDBConnection) => Promise<Answer>,
): Promise<Answer> {
  const connection = await engine.connect();
  try {
    return await run(connection);
  } finally {
    engine.disconnect(connection);
  }
}

async function publish(connection: DuckDBConnection, dir: string, range: OrderRange): Promise<Slice> {
  try {
    await syncFolder(dir);
    return await attachSlice(connection, dir, range);
  } catch (error) {
    // Its sources stay in use, so it must not be found in their place.
    await rm(join(dir, printSliceName(range)), { force: true }).catch(() => {});
    throw error;
  }
}

export async function attachSlice(connection: DuckDBConnection, dir: string, range: OrderRange): Promise<Slice> {
  const file = join(dir, printSliceName(range));
  const { size } = await stat(file);
  await attachSealed(connection, file, databaseNameOf(range));
  try {
    return await readSlice(connection, range, size);
  } catch (error) {
    await detach(connection, databaseNameOf(range)).catch(() => {});
    throw error;
  }
}

/** One that was let go of. Its file must be what it was: what is known of it is. */
export async function reattachSlice(connection: DuckDBConnection, dir: string, slice: Slice): Promise<void> {
  const file = join(dir, slice.fileName);
  try {
    const { size } = await stat(file);
    if (size !== slice.sizeBytes) {
      throw new StoreError('corrupt', `${file} has ${size} bytes, it had ${slice.sizeBytes}`);
    }
    // Detaching it may have failed.
    await detach(connection, slice.databaseName);
    await attachSealed(connection, file, slice.databaseName);
  } catch (error) {
    throw toOpenError(file, error);
  }
}

async function build(connection: DuckDBConnection, file: string, work: SliceWork): Promise<void> {
  const name = buildNameOf(work);
  const into = `${name}.main`;
  const bytes = work.from.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const blockBytes = bytes < SMALL_SLICE_BYTES ? SMALL_BLOCK_BYTES : BLOCK_BYTES;
  await attachNew(connection, { file, name, blockBytes, hasLog: false });
  // Names without a database are looked for here, not in memory: a transaction of a minute that has seen memory would keep
  // every head dropped meanwhile.
  await connection.run(`USE ${name}`);
  const summary = await buildSlice(connection, { into, from: work.from, pause: work.pause });
  await work.pause();
  if (work.older !== null) await settleReplaced(connection, into, work.older);
  const filter = await filterOf(connection, into);
  await connection.run(fillSql(readSchema('slice-about'), { into }));
  await writeAbout(connection, into, { work, summary, filter });
  await writeProgress(connection, into, work.progress);
  await work.pause();
  const runner = await createRunner(connection);
  await runner.run(`CHECKPOINT ${name}`);
  await connection.run('USE memory');
  await detach(connection, name);
}

async function filterOf(connection: DuckDBConnection, into: string): Promise<BloomFilter> {
  const [row] = (await connection.runAndReadAll(`SELECT count(*) FROM ${into}.ids`)).getRows();
  const filter = createBloomFilter(toNumber(row?.[0]));
  await eachId(connection, `${into}.ids`, (hash) => filter.add(hash));
  return filter;
}

/** Leaves out of `replaced` what no older slice knows: otherwise it would grow with each merge, for good. */
async function settleReplaced(connection: DuckDBConnection, into: string, older: readonly Slice[]): Promise<void> {
  const gone: bigint[] = [];
  await eachId(connection, `${into}.replaced`, (hash, rowId) => {
    if (!older.some((slice) => slice.mayHold(hash))) gone.push(BigInt(rowId));
  });
  for (let at = 0; at < gone.length; at += IDS_PER_STATEMENT_MAX) {
    await connection.run(
      `DELETE FROM ${into}.replaced WHERE rowid IN (SELECT unnest($1))`,
      [bindList(gone.slice(at, at + IDS_PER_STATEMENT_MAX))],
      [LIST(BIGINT)],
    );
  }
}

/** Of a table with the columns of an id. Gives way between some thousands. */
export async function eachId(
  connection: DuckDBConnection,
  table: string,
  take: (hash: IdHash, rowId: number) => void,
): Promise<void> {
  const words = await connection.stream(fillQuery('id-words', { table }));
  let idCount = 0;
  for await (const rows of words.yieldRows()) {
    for (const [word0, word1, word2, word3, rowId] of rows) {
      take(hashWords(toNumber(word0), toNumber(word1), toNumber(word2), toNumber(word3)), toNumber(rowId));
    }
    idCount += rows.length;
    if (idCount % IDS_PER_TURN < rows.length) await new Promise((resolve) => setImmediate(resolve));
  }
}

interface About {
  readonly work: SliceWork;
  readonly summary: SliceSummary;
  readonly filter: BloomFilter;
}

async function writeAbout(connection: DuckDBConnection, into: string, { work, summary, filter }: About): Promise<void> {
  const { extent } = summary;
  const numbers = [
    work.firstOrder,
    work.lastOrder,
    summary.traceCount,
    summary.documentCount,
    extent?.firstStartUs ?? null,
    extent?.lastStartUs ?? null,
    extent?.firstEndUs ?? null,
    extent?.lastEndUs ?? null,
    summary.firstReceivedUs,
    summary.lastReceivedUs,
  ].map((number): DuckDBValue => (number === null ? null : BigInt(number)));
  await connection.run(
    fillQuery('insert-about', { into }),
    [SLICE_FORMAT, ...numbers, blobValue(filter.toBytes())],
    [INTEGER, ...numbers.map(() => BIGINT), BLOB],
  );
}

async function writeProgress(
  connection: DuckDBConnection,
  into: string,
  progress: ReadonlyMap<string, number>,
): Promise<void> {
  await connection.run(
    `INSERT INTO ${into}.progress SELECT unnest($1), unnest($2)`,
    [bindList([...progress.keys()]), bindList([...progress.values()].map(BigInt))],
    [LIST(VARCHAR), LIST(BIGINT)],
  );
}

function buildNameOf({ firstOrder, lastOrder }: OrderRange): string {
  return `build_${firstOrder}_${lastOrder}`;
}

/** The engine has let go of the file: none of its locks is lost. */
async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Windows has no such thing; there a rename is as safe as the file system makes it. */
export async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeUnfinished(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(`${file}.wal`, { force: true });
}
