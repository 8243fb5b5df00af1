import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';
import { fillQuery } from '../source-sql.ts';
import type { Source } from '../source.ts';
import { scanColumns } from './columns.ts';
import { at } from './graph-scope.ts';
import type { GraphGroup, GraphKey, GraphTotals } from './graph-totals.ts';

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
  connection: DuckDBConnection,
  slices: readonly Source[],
  serviceIds: readonly number[] | null,
): Promise<GraphKeys> {
  const slots = await readSlots(connection, slices, serviceIds === null ? null : new Set(serviceIds));
  const slotAt = (sliceNo: number, keyNo: number): GraphSlot => {
    const slot = slots[sliceNo]?.[keyNo];
    if (slot === undefined) throw new StoreError('corrupt', `no graph key has the number ${keyNo}`);
    return slot;
  };
  const sets: (readonly GraphSlot[])[][] = slices.map(() => []);
  await scanColumns(connection, unionOver(slices, 'graph-key-sets-of-slice'), (chunk) => {
    const [sliceNos, setNos, lists] = [chunk.int32(0), chunk.int32(1), chunk.int32Lists(2)];
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const sliceNo = at(sliceNos, row);
      const keyNos = lists.items.subarray(lists.start(row), lists.start(row) + lists.length(row));
      const wanted = Array.from(keyNos, (keyNo) => slotAt(sliceNo, keyNo)).filter(({ isWanted }) => isWanted);
      const ofSlice = sets[sliceNo];
      if (ofSlice !== undefined) ofSlice[at(setNos, row)] = wanted;
    }
  });
  return {
    slotAt,
    slotsAt(sliceNo, setNo) {
      const set = sets[sliceNo]?.[setNo];
      if (set === undefined) throw new StoreError('corrupt', `no set of graph keys has the number ${setNo}`);
      return set;
    },
  };
}

async function readSlots(
  connection: DuckDBConnection,
  slices: readonly Source[],
  wantedIds: ReadonlySet<number> | null,
): Promise<readonly (readonly GraphSlot[])[]> {
  const slots: GraphSlot[][] = slices.map(() => []);
  await scanColumns(connection, unionOver(slices, 'graph-keys-of-slice'), (chunk) => {
    const [sliceNos, keyNos] = [chunk.int32(0), chunk.int32(1)];
    const [roles, sources, targets] = [chunk.uint8(2), chunk.int32(3), chunk.int32(4)];
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const [role, source, target] = [at(roles, row), at(sources, row), at(targets, row)];
      const isWanted = wantedIds === null || wantedIds.has(target) || wantedIds.has(source);
      const key = { role, source, target, alias: chunk.text(5, row) };
      const ofSlice = slots[at(sliceNos, row)];
      if (ofSlice !== undefined) ofSlice[at(keyNos, row)] = { key, isWanted, totals: null, group: null };
    }
  });
  return slots;
}

function unionOver(slices: readonly Source[], name: string): { sql: string; values: []; types: [] } {
  const sql = slices.map(({ prefix }, no) => fillQuery(`read/${name}`, { from: prefix, no })).join('\nUNION ALL\n');
  return { sql, values: [], types: [] };
}
