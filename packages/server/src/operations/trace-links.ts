import type { GraphLink, Service } from '@fluoroscope/api';
import { accountOf, printServiceKey, type EntityDocument, type MergedTrace, type TraceId } from '@fluoroscope/model';
import { documentsOf, mergeStored } from '@fluoroscope/query';
import { StoreError, type TraceRow } from '@fluoroscope/store';
import type { Events } from '../events.ts';
import { LINKED_DESTINATIONS_MAX, LINKS_DOCUMENTS_MAX, SERVICE_LINKS_MAX } from '../limits.ts';
import type { StoreReader } from '../storage/storage.ts';
import { unlessSealed } from './unless-sealed.ts';

export interface TraceLinksOptions {
  readonly store: Pick<StoreReader, 'readDocuments'>;
  readonly events: Pick<Events, 'troubleMet'>;
  /** Instead of `LINKS_DOCUMENTS_MAX`. */
  readonly documentsMax?: number;
}

/** Of a service of the graph of the same traces. */
export type LinksOf = (service: Service<unknown>) => readonly GraphLink[];

/**
 * The links of these traces to others, by the service whose segments and subsegments have them. Documents are read trace by trace,
 * as far as the limit goes; a larger trace, and one that is encrypted and cannot be opened, has no links here.
 */
export async function readTraceLinks(rows: readonly TraceRow[], options: TraceLinksOptions): Promise<LinksOf> {
  const { store, events, documentsMax = LINKS_DOCUMENTS_MAX } = options;
  const linksByService = new Map<string, GrowingLinks>();
  let room = documentsMax;
  for (const row of rows) {
    if (documentsOf(row) > room) continue;
    room -= documentsOf(row);
    const stored = await unlessSealed(() => store.readDocuments([row.traceId]), events);
    if (!(stored instanceof StoreError)) gatherLinks(mergeStored(stored), row.traceId, linksByService);
  }
  return ({ Name = '', Type = null, AccountId = null }) => {
    const key = printServiceKey({ name: Name, type: Type, accountId: AccountId });
    return [...(linksByService.get(key)?.values() ?? [])].map(printLink);
  };
}

interface GrowingLink {
  readonly from: TraceId;
  /** As the sender calls it; null when it does not. */
  readonly kind: string | null;
  readonly to: Set<TraceId>;
}

/** By source and kind. */
type GrowingLinks = Map<string, GrowingLink>;

function gatherLinks({ segments }: MergedTrace, from: TraceId, linksByService: Map<string, GrowingLinks>): void {
  for (const { document } of segments) {
    // Of a subsegment without its segment nobody knows the service.
    if (document.type === 'subsegment') continue;
    const { name, origin = null, aws = {} } = document;
    const service = printServiceKey({ name, type: origin, accountId: accountOf(aws) });
    const links = linksByService.get(service) ?? new Map<string, GrowingLink>();
    addLinks(document, from, links);
    if (links.size > 0) linksByService.set(service, links);
  }
}

function addLinks(segment: EntityDocument, from: TraceId, links: GrowingLinks): void {
  const stack = [segment];
  for (let entity = stack.pop(); entity !== undefined; entity = stack.pop()) {
    stack.push(...(entity.subsegments ?? []));
    for (const { trace_id: to, attributes } of entity.links ?? []) {
      const given = attributes?.[REFERENCE_TYPE];
      const kind = typeof given === 'string' ? given : null;
      const key = JSON.stringify([from, kind]);
      const link = links.get(key) ?? { from, kind, to: new Set<TraceId>() };
      if (link.to.size < LINKED_DESTINATIONS_MAX) link.to.add(to);
      if (links.size < SERVICE_LINKS_MAX) links.set(key, link);
    }
  }
}

/** The attribute of a link by which senders say what it is, such as `parent`. */
const REFERENCE_TYPE = 'aws.xray.reference_type';

function printLink({ from, kind, to }: GrowingLink): GraphLink {
  return { ...(kind !== null && { ReferenceType: kind }), SourceTraceId: from, DestinationTraceIds: [...to] };
}
