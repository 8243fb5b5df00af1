import type { SegmentId, ServiceKey } from '@fluoroscope/model';

/** A trace's entities as far as the rules of ADR-013 look at them: made of documents, or of what the indexer remembers. */
export interface CauseTree {
  /** The segment that speaks for the trace, as in its row; null when there is none. */
  readonly entry: CauseEntity | null;
  /** False only if no entity has the flag: spares looking for one. */
  mayFail(flag: FailingFlag): boolean;
  /** Embedded or answering, a made-up far end too; in any order, and the caller's own list. */
  childrenOf(entity: CauseEntity): CauseEntity[];
  /** By its id; of all that was sent. */
  entityOf(id: string): CauseEntity | undefined;
  entities(): Iterable<CauseEntity>;
}

export type FailingFlag = 'fault' | 'error';

/** A segment or subsegment; `inferred`: the far end made up for a call that nobody answered. */
export interface CauseEntity {
  readonly id: SegmentId;
  readonly kind: 'segment' | 'call' | 'local' | 'inferred';
  readonly name: string;
  /** Of a segment and of a far end: its node in the graph. */
  readonly service: { readonly key: ServiceKey } | null;
  readonly startUs: number;
  /** Not before the start; the start while in progress. */
  readonly endUs: number;
  readonly fault: boolean;
  readonly error: boolean;
  /** A call that leaves the service other than through an AWS SDK. */
  readonly remote: boolean;
  readonly cause: EntityCause | null;
}

/** As documents have it: exceptions, or the id of one, or of the subsegment that holds them (XRAY-SPEC §2.6). */
export type EntityCause = string | { readonly id?: string; readonly exceptions?: readonly CauseException[] };

export interface CauseException {
  readonly id?: string;
  readonly type?: string;
  readonly message?: string;
}

export function isSegment({ kind }: CauseEntity): boolean {
  return kind === 'segment' || kind === 'inferred';
}

export function byStart(a: CauseEntity, b: CauseEntity): number {
  return a.startUs - b.startUs || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** The far end of an unanswered call, with the call's times, flags and cause. */
export function farEndOf(call: CauseEntity, id: SegmentId): CauseEntity {
  const { name, service, startUs, endUs, fault, error, cause } = call;
  return { id, kind: 'inferred', name, service, startUs, endUs, fault, error, remote: false, cause };
}
