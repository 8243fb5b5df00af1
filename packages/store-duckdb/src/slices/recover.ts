import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BIGINT, type DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import { toSliceError } from '../engine-error.ts';
import { fillQuery } from '../source-sql.ts';
import { toNumber, toNumberOrNull } from '../values.ts';
import { isUnfinished, orderRangeOf, printSliceName, type OrderRange } from './slice-name.ts';
import type { Attachments } from './attachments.ts';
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

export interface RecoverOptions {
  readonly dir: string;
  readonly retained: Retained;
  readonly attachments: Attachments<Slice>;
}

/** Deletes what a crash left over, then looks at all slices. Refuses a folder that lacks one, or has a damaged one. */
export async function recoverSlices(
  connection: DuckDBConnection,
  { dir, retained: { droppedThroughOrder }, attachments }: RecoverOptions,
): Promise<readonly Slice[]> {
  const names = await readdir(dir);
  const { ranges, leftovers } = sortOut(names, droppedThroughOrder);
  const problem = findGap(ranges, droppedThroughOrder);
  if (problem !== null) throw new StoreError('corrupt', `${dir}: ${problem}`);
  for (const name of leftovers) await rm(join(dir, name), { force: true });
  const slices: Slice[] = [];
  for (const range of ranges) {
    try {
      const slice = await attachSlice(connection, dir, range);
      await loadMemory(connection, slice);
      attachments.add(slice);
      slices.push(slice);
    } catch (error) {
      throw toSliceError(join(dir, printSliceName(range)), error);
    }
    await attachments.settled();
  }
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

/** Services and superseded rows of a slice, where reads and the writer expect them. */
async function loadMemory(connection: DuckDBConnection, { prefix, orderNo }: Slice): Promise<void> {
  await connection.run(fillQuery('load-services', { from: prefix }));
  await connection.run(fillQuery('load-superseded', { from: prefix }), [BigInt(orderNo)], [BIGINT]);
}
