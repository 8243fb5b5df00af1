import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecentLook } from '@fluoroscope/api';
import { readAcceptedDocument, secondsFromUs, type SubsegmentDocument, type TraceDocument } from '@fluoroscope/model';
import { ALL_TRACES } from '@fluoroscope/query';
import { StoreError, type TraceRow } from '@fluoroscope/store';
import { walkTraces } from '../analysis/walk-traces.ts';
import {
  ORPHAN_ENTITIES_MAX,
  ORPHAN_TRACE_ENTITIES_MAX,
  ORPHAN_TRACES_MAX,
  ORPHAN_TRACES_PER_READ,
  SETTLED_SECONDS,
} from './limits.ts';
import { recentRange, type RecentOptions } from './recent-requests.ts';

export interface Orphans {
  /** By service; null: subsegments sent on their own. */
  readonly services: ReadonlyMap<string | null, OrphanCounts>;
  readonly looked: RecentLook;
}

export interface OrphanCounts {
  readonly count: number;
  readonly orphanCount: number;
}

/** How many documents of the newest settled traces name a parent that has not arrived. */
export async function readOrphans({ store, nowUs }: RecentOptions): Promise<Orphans> {
  const now = nowUs();
  const range = recentRange(now);
  const services = new Map<string | null, OrphanCounts>();
  let entityCount = 0;
  let othersCount = 0;

  function isReadable(row: TraceRow): boolean {
    const isSettled = row.updatedUs <= now - SETTLED_SECONDS * 1e6;
    const isSmall =
      row.entityCount <= ORPHAN_TRACE_ENTITIES_MAX && entityCount + row.entityCount <= ORPHAN_ENTITIES_MAX;
    if (isSettled && isSmall) entityCount += row.entityCount;
    return isSettled && isSmall;
  }

  const options = { store, plan: ALL_TRACES, range, countMax: ORPHAN_TRACES_MAX, countsRest: false };
  const { count, complete } = await walkTraces(options, async (rows) => {
    const readable = rows.filter(isReadable);
    othersCount += rows.length - readable.length;
    for (let at = 0; at < readable.length; at += ORPHAN_TRACES_PER_READ) {
      const ids = readable.slice(at, at + ORPHAN_TRACES_PER_READ).map(({ traceId }) => traceId);
      const documents = await readUnlessSealed(store, ids);
      if (documents === null) othersCount += ids.length;
      else countOrphans(documents, services);
      await nextTurn();
    }
  });
  return {
    services,
    looked: {
      startTime: secondsFromUs(range.startUs),
      endTime: secondsFromUs(range.endUs),
      traceCount: count - othersCount,
      complete,
      othersCount,
    },
  };
}

/** Null: some are encrypted, and their key is missing. */
async function readUnlessSealed(
  store: RecentOptions['store'],
  ids: readonly TraceRow['traceId'][],
): Promise<readonly TraceDocument[] | null> {
  try {
    return (await store.readDocuments(ids)).map(({ text }) => readAcceptedDocument(text));
  } catch (error) {
    if (error instanceof StoreError && error.code === 'sealed') return null;
    throw error;
  }
}

/** Adds what these documents, all there are of their traces, tell of parents. */
export function countOrphans(documents: readonly TraceDocument[], services: Map<string | null, OrphanCounts>): void {
  const known = new Set<string>();
  for (const document of documents) addIds(document, known);
  for (const { name, type, parent_id: parent } of latestOf(documents)) {
    const service = type === 'subsegment' ? null : name;
    const { count, orphanCount } = services.get(service) ?? { count: 0, orphanCount: 0 };
    const isOrphan = parent !== undefined && !known.has(parent);
    services.set(service, { count: count + 1, orphanCount: orphanCount + (isOrphan ? 1 : 0) });
  }
}

/** Sent while it ran and again when it ended: one. */
function latestOf(documents: readonly TraceDocument[]): Iterable<TraceDocument> {
  return new Map(documents.map((document) => [`${document.trace_id} ${document.id}`, document])).values();
}

function addIds({ id, subsegments = [] }: Pick<SubsegmentDocument, 'id' | 'subsegments'>, known: Set<string>): void {
  known.add(id);
  for (const subsegment of subsegments) addIds(subsegment, known);
}
