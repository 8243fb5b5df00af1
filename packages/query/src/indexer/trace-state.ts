import { timeUs, type TimeUs, type TraceDocument, type TraceId } from '@fluoroscope/model';
import type { LateRow, TraceRow } from '@fluoroscope/store';
import { ApartTrace } from './apart-trace.ts';
import { contentHash } from './content-hash.ts';
import { readEntities, type Entity } from './entity.ts';
import { APART_TRACE_ENTITIES, CHARS_PER_CACHED_ENTITY, COUNTED_ANEW_ENTITIES_MAX } from './limits.ts';
import { mergeDocument } from './merge-document.ts';
import type { ServiceRefs } from './service-ref.ts';
import { emitSolo, isSolo, isWhole, readSoloRow, soloEntityCount, type SoloEntities } from './solo-trace.ts';
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

/** A document read: small, since all of a batch are held at once, and what is held the collector copies. */
export interface ReadDocument {
  readonly traceId: TraceId;
  readonly text: string;
  readonly receivedUs: TimeUs;
  readonly hash: number;
  /** What it counts for in the cache beside its entities, for texts that these hold. */
  readonly surplus: number;
  readonly entities: readonly [Entity, ...Entity[]];
}

/** `arrival` is higher than that of every document of its trace that came before. */
export function readDocument(
  { document, text, receivedUs }: IncomingDocument,
  arrival: number,
  serviceRefs: ServiceRefs,
): ReadDocument {
  const entities = readEntities(document, arrival, serviceRefs);
  const surplus = Math.max(0, Math.floor(text.length / CHARS_PER_CACHED_ENTITY) - entities.length);
  return { traceId: document.trace_id, text, receivedUs, hash: contentHash(text), surplus, entities };
}

/** Up to here a list is searched instead of a Set, which takes ten times the memory. */
const LISTED_HASHES_MAX = 16;

/** Of all traces of one indexer. */
export interface TraceRules {
  readonly linkedEntitiesMax: number;
  /** The row that follows from what is stored of a trace; null when nothing is. */
  readonly readBack: (id: TraceId, revision: number) => Promise<TraceRow | null>;
}

/** What the indexer remembers of one trace: all of it follows from the stored documents in their order. */
export class TraceState implements LateRow {
  readonly traceId: TraceId;
  /** Says more than what was handed out and stored. */
  isAhead = false;
  /** As long as a single document speaks of the trace, and a simple one; until then and from then on null. */
  #solo: SoloEntities | null = null;
  #soloHash = 0;
  #trace: TraceEntities | null = null;
  /** What is remembered has been handed out. */
  #isSaid = false;
  /** Of the stored documents of `#trace`; most traces have few. */
  #hashes: number[] | Set<number> | null = null;
  #totals: TraceTotals | null = null;
  #surplus = 0;
  /** Once the trace is too large to be linked, in place of all of the above. */
  #apart: ApartTrace | null = null;
  /** Came after the document that made it too large, and will be taken apart. */
  #waiting: ReadDocument[] = NONE_WAITING;
  #revision: number;
  #updatedUs: TimeUs = timeUs(0);
  readonly #rules: TraceRules;

  constructor(traceId: TraceId, revision: number, rules: TraceRules) {
    this.traceId = traceId;
    this.#revision = revision;
    this.#rules = rules;
  }

  /** A trace that was forgotten and is too large to be read back: it goes on from its row. */
  static apart(row: TraceRow, rules: TraceRules): TraceState {
    const state = new TraceState(row.traceId, row.revision, rules);
    state.#apart = new ApartTrace(row);
    state.#updatedUs = row.updatedUs;
    return state;
  }

  /** Entities, and parents known by their id only, more for long ones: what the cache's bound counts. */
  get entityCount(): number {
    if (this.#apart !== null) return APART_TRACE_ENTITIES;
    return this.#surplus + (this.#solo === null ? (this.#trace?.slots.size ?? 0) : soloEntityCount(this.#solo));
  }

  /** Whether the document says something new; if not, it need not be stored. */
  merge(document: ReadDocument): boolean {
    const { hash, entities, receivedUs, surplus } = document;
    if (this.#apart !== null || (this.#trace?.slots.size ?? 0) >= this.#rules.linkedEntitiesMax) {
      this.#waiting = appended(this.#waiting, document);
    } else if (this.#solo === null && this.#trace === null && isSolo(entities)) {
      this.#solo = entities;
      this.#soloHash = hash;
    } else {
      if (this.#hasHash(hash)) return false;
      if (!mergeDocument(this.#linked(), entities)) return false;
      this.#addHash(hash);
    }
    this.#surplus += surplus;
    if (receivedUs > this.#updatedUs) this.#updatedUs = receivedUs;
    return true;
  }

  /** What has changed since the last call; the row is one revision on. */
  commit(emit: EmitFact): void {
    this.#revision += 1;
    this.#isSaid = true;
    if (this.#solo !== null) return emitSolo(this.traceId, this.#solo, emit);
    if (this.#apart === null) {
      const trace = this.#linked();
      const kept = this.#totals;
      trace.settle(emit, kept === null ? ignore : (before, after) => kept.replace(before, after));
      if (trace.slots.size < this.#rules.linkedEntitiesMax) return;
      this.#part(trace);
    }
    this.#takeWaiting(emit);
  }

  /** As of the last commit. What was said of a trace apart cannot be taken back: its row may be ahead of what is stored. */
  readRow(): TraceRow | Promise<TraceRow> {
    return this.mustRead ? this.#readBack() : this.row();
  }

  /** A service's own request, complete, and nothing yet that speaks of another: most such traces stay as they are. */
  get isLikelyWhole(): boolean {
    return this.#solo !== null && isWhole(this.#solo);
  }

  get mustRead(): boolean {
    return this.isAhead && this.#apart === null;
  }

  async #readBack(): Promise<TraceRow> {
    return (await this.#rules.readBack(this.traceId, this.#revision)) ?? this.row();
  }

  /** The same of all that is remembered, stored or not. */
  row(): TraceRow {
    const stamp = { traceId: this.traceId, revision: this.#revision, updatedUs: this.#updatedUs };
    if (this.#apart !== null) return this.#apart.row(stamp.revision, stamp.updatedUs);
    if (this.#solo !== null) return readSoloRow(stamp, this.#solo);
    const trace = this.#linked();
    return buildTraceRow(stamp, this.#totalsOf(trace), () => standingsOf(trace), trace);
  }

  /** For documents read back from the store: their facts have been emitted. */
  settle(): void {
    this.#isSaid = true;
    const trace = this.#trace;
    if (trace === null) return;
    if (trace.slots.size < this.#rules.linkedEntitiesMax) {
      trace.settle(ignore, ignore);
      return;
    }
    this.#revision -= 1;
    this.commit(ignore);
  }

  #part(trace: TraceEntities): void {
    const row = this.row();
    const { entry } = this.#totalsOf(trace).readExtremes(() => standingsOf(trace));
    this.#apart = ApartTrace.from(trace, row, entry?.entity ?? null);
    this.#trace = null;
    this.#totals = null;
    this.#hashes = null;
  }

  #takeWaiting(emit: EmitFact): void {
    if (this.#apart === null) throw new Error('the trace is still linked');
    for (const document of this.#waiting) this.#apart.take(document, emit);
    this.#waiting = NONE_WAITING;
  }

  #linked(): TraceEntities {
    if (this.#trace !== null) return this.#trace;
    const trace = new TraceEntities(this.traceId);
    this.#trace = trace;
    if (this.#solo === null) return trace;
    mergeDocument(trace, this.#solo);
    this.#addHash(this.#soloHash);
    this.#solo = null;
    if (this.#isSaid) trace.settle(ignore, ignore);
    return trace;
  }

  /** Small traces are counted anew each time, which spares the memory of totals that few ever need again. */
  #totalsOf(trace: TraceEntities): TraceTotals {
    if (this.#totals !== null) return this.#totals;
    const areKept = trace.slots.size > COUNTED_ANEW_ENTITIES_MAX;
    const totals = new TraceTotals({ areKept });
    for (const standing of standingsOf(trace)) totals.replace(null, standing);
    if (areKept) this.#totals = totals;
    return totals;
  }

  #hasHash(hash: number): boolean {
    if (this.#solo !== null) return this.#soloHash === hash;
    if (this.#hashes === null) return false;
    return Array.isArray(this.#hashes) ? this.#hashes.includes(hash) : this.#hashes.has(hash);
  }

  #addHash(hash: number): void {
    if (this.#hashes === null) this.#hashes = [hash];
    else if (!Array.isArray(this.#hashes)) this.#hashes.add(hash);
    else if (this.#hashes.push(hash) > LISTED_HASHES_MAX) this.#hashes = new Set(this.#hashes);
  }
}

function* standingsOf({ slots }: TraceEntities): Generator<Standing> {
  for (const { standing } of slots.values()) if (standing !== null) yield standing;
}

// Shared by all traces that have none, which are nearly all.
const NONE_WAITING: ReadDocument[] = [];

function appended(list: ReadDocument[], document: ReadDocument): ReadDocument[] {
  if (list === NONE_WAITING) return [document];
  list.push(document);
  return list;
}

function ignore(): void {}
