import { timeUs, type TimeUs, type TraceDocument, type TraceId } from '@fluoroscope/model';
import type { TraceRow } from '@fluoroscope/store';
import { contentHash } from './content-hash.ts';
import { readEntities } from './entity.ts';
import { COUNTED_ANEW_ENTITIES_MAX } from './limits.ts';
import { mergeDocument } from './merge-document.ts';
import type { ServiceRefs } from './service-ref.ts';
import type { Standing } from './standing.ts';
import { TraceEntities, type EmitFact } from './trace-entities.ts';
import { buildTraceRow } from './trace-row.ts';
import { TraceTotals } from './trace-totals.ts';

export interface IncomingDocument {
  readonly document: TraceDocument;
  /** The document as it will be stored; equal texts are one delivery. */
  readonly text: string;
  readonly receivedUs: TimeUs;
}

/** Up to here a list is searched instead of a Set, which takes ten times the memory. */
const LISTED_HASHES_MAX = 16;

/** What the indexer remembers of one trace: all of it follows from the stored documents in their order. */
export class TraceState {
  readonly #trace: TraceEntities;
  readonly #serviceRefs: ServiceRefs;
  /** Of the stored documents; most traces have few. */
  #hashes: number[] | Set<number> = [];
  #documentCount = 0;
  #totals: TraceTotals | null = null;
  #revision: number;
  #updatedUs: TimeUs = timeUs(0);

  constructor(traceId: TraceId, revision: number, serviceRefs: ServiceRefs) {
    this.#trace = new TraceEntities(traceId);
    this.#revision = revision;
    this.#serviceRefs = serviceRefs;
  }

  /** Entities, and parents known by their id only: what the cache's bound counts. */
  get entityCount(): number {
    return this.#trace.slots.size;
  }

  /** Whether the document says something new; if not, it need not be stored. */
  merge({ document, text, receivedUs }: IncomingDocument): boolean {
    const hash = contentHash(text);
    if (this.#hasHash(hash)) return false;
    if (!mergeDocument(this.#trace, readEntities(document, this.#documentCount, this.#serviceRefs))) return false;
    this.#addHash(hash);
    this.#documentCount += 1;
    if (receivedUs > this.#updatedUs) this.#updatedUs = receivedUs;
    return true;
  }

  /** What has changed since the last call, and the row as it is now, one revision on. */
  commit(emit: EmitFact): TraceRow {
    this.#revision += 1;
    const { traceId } = this.#trace;
    const stamp = { traceId, revision: this.#revision, updatedUs: this.#updatedUs };
    return buildTraceRow(stamp, this.#settle(emit), () => this.#standings());
  }

  /** For documents read back from the store: their facts have been emitted. */
  settle(): void {
    this.#trace.settle(ignore, ignore);
  }

  /** Small traces are counted anew each time, which spares the memory of totals that few ever need again. */
  #settle(emit: EmitFact): TraceTotals {
    const kept = this.#totals;
    if (kept !== null) {
      this.#trace.settle(emit, (before, after) => kept.replace(before, after));
      return kept;
    }
    this.#trace.settle(emit, ignore);
    const totals = new TraceTotals();
    for (const standing of this.#standings()) totals.replace(null, standing);
    if (this.#trace.slots.size > COUNTED_ANEW_ENTITIES_MAX) this.#totals = totals;
    return totals;
  }

  #hasHash(hash: number): boolean {
    return Array.isArray(this.#hashes) ? this.#hashes.includes(hash) : this.#hashes.has(hash);
  }

  #addHash(hash: number): void {
    if (!Array.isArray(this.#hashes)) this.#hashes.add(hash);
    else if (this.#hashes.push(hash) > LISTED_HASHES_MAX) this.#hashes = new Set(this.#hashes);
  }

  *#standings(): Generator<Standing> {
    for (const { standing } of this.#trace.slots.values()) if (standing !== null) yield standing;
  }
}

function ignore(): void {}
