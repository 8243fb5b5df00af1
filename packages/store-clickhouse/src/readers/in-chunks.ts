import type { TraceId } from '@fluoroscope/model';
import { IDS_PER_STATEMENT_MAX } from '../limits.ts';

/** Each id once, so many at a time as one statement takes. */
export async function inChunks<Item>(
  ids: readonly TraceId[],
  read: (chunk: readonly TraceId[]) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const distinct = [...new Set(ids)];
  const items: Item[] = [];
  for (let at = 0; at < distinct.length; at += IDS_PER_STATEMENT_MAX) {
    for (const item of await read(distinct.slice(at, at + IDS_PER_STATEMENT_MAX))) items.push(item);
  }
  return items;
}
