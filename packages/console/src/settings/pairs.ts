import type { Tag } from '@fluoroscope/api';

/** A line of a form with a key and a value; `id` tells lines apart that say the same. */
export interface PairRow {
  readonly id: number;
  readonly key: string;
  readonly value: string;
}

export function writePairs(pairs: readonly (readonly [string, string])[]): readonly PairRow[] {
  return pairs.map(([key, value], id) => ({ id, key, value }));
}

/** Without the lines that were left empty. */
export function readPairs(rows: readonly PairRow[]): readonly (readonly [string, string])[] {
  return rows.filter(({ key, value }) => key !== '' || value !== '').map(({ key, value }) => [key, value]);
}

export function addPair(rows: readonly PairRow[]): readonly PairRow[] {
  return [...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, key: '', value: '' }];
}

export interface TagChanges {
  readonly added: readonly Tag[];
  readonly removed: readonly string[];
}

export function changedTags(before: readonly Tag[], after: readonly Tag[]): TagChanges {
  return {
    added: after.filter(({ Key, Value }) => !before.some((tag) => tag.Key === Key && tag.Value === Value)),
    removed: before.filter(({ Key }) => !after.some((tag) => tag.Key === Key)).map(({ Key }) => Key),
  };
}

export function tagsOf(rows: readonly PairRow[]): readonly Tag[] {
  return readPairs(rows).map(([Key, Value]) => ({ Key, Value }));
}
