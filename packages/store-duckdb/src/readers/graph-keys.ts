import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';
import { GRAPH_KEYS_CACHE_BYTES_MAX } from '../limits.ts';
import { fillQuery } from '../source-sql.ts';
import type { SliceReader, Source } from '../source.ts';
import { scanColumns, type Statement } from './columns.ts';
import { at } from './graph-scope.ts';
import type { GraphGroup, GraphKey, GraphTotals } from './graph-totals.ts';
import { createSliceCache } from './slice-cache.ts';

/** A key, and the group that it was last added to: pieces mostly come period by period. */
export interface GraphSlot {
  readonly key: GraphKey;
  readonly isWanted: boolean;
  totals: GraphTotals | null;
  group: GraphGroup | null;
}

/** What the pieces of some slices are about; slices go by their place. */
export interface GraphKeys {
  slotAt(sliceNo: number, keyNo: number): GraphSlot;
  /** Only those wanted. */
  slotsAt(sliceNo: number, setNo: number): readonly GraphSlot[];
}

export function groupIn(totals: GraphTotals, slot: GraphSlot): GraphGroup {
  if (slot.totals === totals && slot.group !== null) return slot.group;
  const group = totals.groupOf(slot.key);
  slot.totals = totals;
  slot.group = group;
  return group;
}

/** `serviceIds`: of the nodes, and either end of the edges, that are wanted; null for all. */
export async function readGraphKeys(
  reader: SliceReader,
  slices: readonly Source[],
  serviceIds: readonly number[] | null,
): Promise<GraphKeys> {
  const known = await readSliceKeys(reader, slices);
  const wantedIds = serviceIds === null ? null : new Set(serviceIds);
  const slots = known.map(({ keys }) => keys.map((key) => toSlot(key, wantedIds)));
  const sets: (readonly GraphSlot[])[][] = slices.map(() => []);

  function slotAt(sliceNo: number, keyNo: number): GraphSlot {
    const slot = slots[sliceNo]?.[keyNo];
    if (slot === undefined) throw new StoreError('corrupt', `no graph key has the number ${keyNo}`);
    return slot;
  }

  function slotsAt(sliceNo: number, setNo: number): readonly GraphSlot[] {
    const found = sets[sliceNo]?.[setNo];
    if (found !== undefined) return found;
    const keyNos = known[sliceNo]?.sets.get(setNo);
    if (keyNos === undefined) throw new StoreError('corrupt', `no set of graph keys has the number ${setNo}`);
    const wanted = Array.from(keyNos, (keyNo) => slotAt(sliceNo, keyNo)).filter(({ isWanted }) => isWanted);
    const ofSlice = sets[sliceNo];
    if (ofSlice !== undefined) ofSlice[setNo] = wanted;
    return wanted;
  }

  return { slotAt, slotsAt };
}

function toSlot(key: GraphKey, wantedIds: ReadonlySet<number> | null): GraphSlot {
  const isWanted = wantedIds === null || wantedIds.has(key.target) || wantedIds.has(key.source);
  return { key, isWanted, totals: null, group: null };
}

/** Keys and sets of them by their numbers. */
interface SliceKeys {
  readonly keys: GraphKey[];
  readonly sets: Map<number, Int32Array>;
}

const cache = createSliceCache<SliceKeys>(GRAPH_KEYS_CACHE_BYTES_MAX);

// About what one takes in the cache, in bytes.
const KEY_BYTES = 96;
const SET_BYTES = 160;

async function readSliceKeys(reader: SliceReader, slices: readonly Source[]): Promise<readonly SliceKeys[]> {
  // Taken before anything is awaited: what is held now may be gone then.
  const known = slices.map((slice) => ({ slice, held: cache.get(slice, '') }));
  const missing = known.filter(({ held }) => held === undefined).map(({ slice }) => slice);
  const read = new Map(missing.map((slice): [Source, SliceKeys] => [slice, { keys: [], sets: new Map() }]));
  if (missing.length > 0) {
    await reader.on(missing, async (connection) => {
      await readKeys(connection, missing, [...read.values()]);
      await readSets(connection, missing, [...read.values()]);
    });
  }
  for (const [slice, keys] of read) cache.set(slice, '', keys, sizeOf(keys));
  return known.map(({ slice, held }) => held ?? read.get(slice) ?? { keys: [], sets: new Map() });
}

async function readKeys(
  connection: DuckDBConnection,
  slices: readonly Source[],
  into: readonly SliceKeys[],
): Promise<void> {
  await scanColumns(connection, unionOver(slices, 'graph-keys-of-slice'), (chunk) => {
    const [sliceNos, keyNos] = [chunk.int32(0), chunk.int32(1)];
    const [roles, sources, targets] = [chunk.uint8(2), chunk.int32(3), chunk.int32(4)];
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const [role, source, target] = [at(roles, row), at(sources, row), at(targets, row)];
      const ofSlice = into[at(sliceNos, row)];
      if (ofSlice !== undefined) ofSlice.keys[at(keyNos, row)] = { role, source, target, alias: chunk.text(5, row) };
    }
  });
}

async function readSets(
  connection: DuckDBConnection,
  slices: readonly Source[],
  into: readonly SliceKeys[],
): Promise<void> {
  await scanColumns(connection, unionOver(slices, 'graph-key-sets-of-slice'), (chunk) => {
    const [sliceNos, setNos, lists] = [chunk.int32(0), chunk.int32(1), chunk.int32Lists(2)];
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const first = lists.start(row);
      into[at(sliceNos, row)]?.sets.set(at(setNos, row), lists.items.slice(first, first + lists.length(row)));
    }
  });
}

function sizeOf({ keys, sets }: SliceKeys): number {
  return keys.length * KEY_BYTES + sets.size * SET_BYTES;
}

function unionOver(slices: readonly Source[], name: string): Statement {
  const sql = slices.map(({ prefix }, no) => fillQuery(`read/${name}`, { from: prefix, no })).join('\nUNION ALL\n');
  return { sql, values: [], types: [] };
}
