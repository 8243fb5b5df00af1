import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BIGINT, type DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import { toOpenError } from '../engine-error.ts';
import { fillQuery } from '../source-sql.ts';
import { toNumber, toNumberOrNull } from '../values.ts';
import { isUnfinished, orderRangeOf, printSliceName, type OrderRange } from './slice-name.ts';
import type { Slice } from './slice.ts';
import { attachSlice } from './write-slice.ts';

/** What `store.duckdb` says of the slices that were let go. */
export interface Retained {
  readonly droppedThroughOrder: number;
  readonly retainedFromUs: TimeUs | null;
}

export async function readRetained(connection: DuckDBConnection): Promise<Retained> {
  const result = await connection.runAndReadAll(
    'SELECT dropped_through_order, retained_from_us FROM store.main.retention',
  );
  const [dropped, from] = result.getRows()[0] ?? [];
  const fromUs = toNumberOrNull(from);
  return { droppedThroughOrder: toNumber(dropped), retainedFromUs: fromUs === null ? null : timeUs(fromUs) };
}

/** Deletes what a crash left over, then attaches all slices. Refuses a folder that lacks one, or has a damaged one. */
export async function recoverSlices(
  connection: DuckDBConnection,
  dir: string,
  { droppedThroughOrder }: Retained,
): Promise<readonly Slice[]> {
  const names = await readdir(dir);
  const { ranges, leftovers } = sortOut(names, droppedThroughOrder);
  const problem = findGap(ranges, droppedThroughOrder);
  if (problem !== null) throw new StoreError('corrupt', `${dir}: ${problem}`);
  for (const name of leftovers) await rm(join(dir, name), { force: true });
  const slices: Slice[] = [];
  for (const range of ranges) {
    try {
      slices.push(await attachSlice(connection, dir, range));
    } catch (error) {
      throw toSliceError(join(dir, printSliceName(range)), error);
    }
  }
  await loadMemory(connection, slices);
  return slices;
}

/** Files that are in use, oldest first, and those of no use: unfinished, let go, or merged into another. */
export function sortOut(
  names: readonly string[],
  droppedThroughOrder: number,
): { readonly ranges: readonly OrderRange[]; readonly leftovers: readonly string[] } {
  const all = names.map(orderRangeOf).filter((range) => range !== null);
  const isLeftover = (range: OrderRange): boolean =>
    range.lastOrder <= droppedThroughOrder || all.some((other) => other !== range && contains(other, range));
  return {
    ranges: all.filter((range) => !isLeftover(range)).sort((a, b) => a.firstOrder - b.firstOrder),
    leftovers: [...all.filter(isLeftover).map(printSliceName), ...names.filter(isUnfinished)],
  };
}

/** Slices follow each other without a gap: one that is missing must not be taken for nothing written. */
export function findGap(ranges: readonly OrderRange[], droppedThroughOrder: number): string | null {
  let expected = droppedThroughOrder + 1;
  for (const range of ranges) {
    const name = printSliceName(range);
    if (range.firstOrder > expected) return `the slice of order ${expected} is missing, ${name} follows`;
    if (range.firstOrder < expected) return `${name} overlaps the one before it`;
    expected = range.lastOrder + 1;
  }
  return null;
}

function contains(outer: OrderRange, inner: OrderRange): boolean {
  return outer.firstOrder <= inner.firstOrder && outer.lastOrder >= inner.lastOrder;
}

/** Services and superseded rows of all slices, where reads and the writer expect them. */
async function loadMemory(connection: DuckDBConnection, slices: readonly Slice[]): Promise<void> {
  for (const { prefix, orderNo, fileName } of slices) {
    try {
      await connection.run(fillQuery('load-services', { from: prefix }));
      await connection.run(fillQuery('load-superseded', { from: prefix }), [BigInt(orderNo)], [BIGINT]);
    } catch (error) {
      throw toSliceError(fileName, error);
    }
  }
}

/** Whatever the engine does not understand of a file that we wrote is damage. */
export function toSliceError(file: string, error: unknown): StoreError {
  const known = toOpenError(file, error);
  if (error instanceof StoreError || known.code !== 'unreadable') return known;
  return new StoreError('corrupt', `${file} is damaged: ${known.message}`, { cause: error });
}
