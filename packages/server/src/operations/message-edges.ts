import {
  accountOf,
  inferTarget,
  isBroker,
  latencyBucketUs,
  readReceivedFrom,
  timeUsFromSeconds,
  toLinkSource,
  type EntityDocument,
  type Link,
  type SegmentDocument,
  type ServiceKey,
  type TraceDocument,
  type TraceId,
} from '@fluoroscope/model';
import { documentsOf, mergeStored } from '@fluoroscope/query';
import { StoreError, toHistogram, type EdgeSum } from '@fluoroscope/store';
import type { Events } from '../events.ts';
import { LINKS_DOCUMENTS_MAX } from '../limits.ts';
import type { StoreReader } from '../storage/storage.ts';
import { unlessSealed } from './unless-sealed.ts';

export interface MessageEdgesOptions {
  readonly store: Pick<StoreReader, 'readDocuments' | 'readTraceRows'>;
  readonly events: Pick<Events, 'troubleMet'>;
}

/**
 * Edges from queues to receivers in other traces of these, where only a link says that they belong together: one of the receiver
 * to the sender's call, or one of that call to the receiver's segment. A receiver that names its queue has its edge already.
 * Documents are read as far as `LINKS_DOCUMENTS_MAX` goes, and none for a single trace.
 */
export async function readMessageEdges(
  ids: readonly TraceId[],
  { store, events }: MessageEdgesOptions,
): Promise<readonly EdgeSum[]> {
  if (ids.length < 2) return [];
  const known = new Map<string, Known>();
  let room = LINKS_DOCUMENTS_MAX;
  for (const row of await store.readTraceRows(ids)) {
    if (documentsOf(row) > room) continue;
    room -= documentsOf(row);
    const stored = await unlessSealed(() => store.readDocuments([row.traceId]), events);
    if (stored instanceof StoreError) continue;
    for (const { document } of mergeStored(stored).segments) gather(document, row.traceId, known);
  }
  const edges = new Map<string, EdgeSum>();
  for (const one of known.values()) {
    for (const link of one.entity.links ?? []) {
      const other = known.get(keyOf(link.trace_id, link.id));
      const [call, receiver] = one.broker === null ? [other, one] : [one, other];
      const edge = call === undefined || receiver === undefined ? null : edgeOf(call, receiver);
      if (edge !== null) edges.set(`${call?.entity.id} ${receiver?.segment?.id}`, edge);
    }
  }
  return [...edges.values()];
}

interface Known {
  readonly traceId: TraceId;
  readonly entity: EntityDocument;
  /** Which it is, or is in; null of a subsegment whose segment is missing. */
  readonly segment: SegmentDocument | null;
  /** Of a call that leaves a message. */
  readonly broker: ServiceKey | null;
}

function gather(document: TraceDocument, traceId: TraceId, known: Map<string, Known>): void {
  const segment = document.type === 'subsegment' ? null : document;
  const stack: EntityDocument[] = [document];
  for (let entity = stack.pop(); entity !== undefined; entity = stack.pop()) {
    const node = entity === segment ? undefined : inferTarget(entity)?.node;
    const broker = node !== undefined && isBroker(node) ? node : null;
    known.set(keyOf(traceId, entity.id), { traceId, entity, segment, broker });
    stack.push(...(entity.subsegments ?? []));
  }
}

function keyOf(traceId: TraceId, id: Link['id']): string {
  return `${traceId} ${id ?? ''}`;
}

function edgeOf(call: Known, { traceId, segment }: Known): EdgeSum | null {
  if (call.broker === null || segment === null || call.traceId === traceId) return null;
  if (segment.parent_id !== undefined || segment.inferred === true || readReceivedFrom(segment) !== null) return null;
  const startUs = timeUsFromSeconds(call.entity.start_time);
  const receivedUs = timeUsFromSeconds(segment.start_time);
  const ageUs = Math.max(0, receivedUs - startUs);
  return {
    source: toLinkSource(call.broker),
    target: { name: segment.name, type: segment.origin ?? null, accountId: accountOf(segment.aws ?? {}) },
    aliases: [],
    startUs,
    endUs: ageUs === 0 ? startUs : receivedUs,
    counts: { ok: 1, error: 0, throttle: 0, fault: 0, pending: 0 },
    totalDurationUs: ageUs,
    histogram: toHistogram(new Map([[latencyBucketUs(ageUs), 1]])),
  };
}
