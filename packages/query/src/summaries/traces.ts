import type { WireSegment } from '@fluoroscope/api';
import {
  mergeTrace,
  readAcceptedDocument,
  secondsFromUs,
  timeUsFromSeconds,
  type MergedSegment,
  type MergedTrace,
  type TraceId,
} from '@fluoroscope/model';
import type { StoredDocument, TraceRow } from '@fluoroscope/store';

/** Traces in the order of their first document. */
export function groupByTrace(documents: readonly StoredDocument[]): ReadonlyMap<TraceId, readonly StoredDocument[]> {
  const byTrace = new Map<TraceId, StoredDocument[]>();
  for (const document of documents) {
    const siblings = byTrace.get(document.traceId);
    if (siblings === undefined) byTrace.set(document.traceId, [document]);
    else siblings.push(document);
  }
  return byTrace;
}

/** The documents of one trace, in the order of their arrival. */
export function mergeStored(stored: readonly StoredDocument[]): MergedTrace {
  return mergeTrace(stored.map(({ text }) => readAcceptedDocument(text)));
}

/** Seconds, exact to the microsecond. */
export function durationOf({ startTime, endTime }: MergedTrace): number {
  return secondsFromUs(timeUsFromSeconds(endTime) - timeUsFromSeconds(startTime));
}

/**
 * How many documents a trace may have, without reading them: mostly fewer, since entities are embedded. Versions of
 * one entity are not counted in a row, but each makes another revision.
 */
export function documentsOf({ entityCount, revision }: TraceRow): number {
  return Math.max(entityCount, revision);
}

/** Where a segment stands in the order of a merged trace; stays true when others come. */
export interface SegmentPlace {
  readonly isInferred: boolean;
  readonly startTime: number;
  readonly id: string;
}

export interface SegmentsPage {
  readonly segments: readonly WireSegment[];
  /** Of their documents, in UTF-16 units. */
  readonly chars: number;
  /** Where the next page goes on; null when there is none. */
  readonly next: SegmentPlace | null;
}

/** A page is full once it has so many characters, or segments; it holds one segment at least. */
export interface PageSize {
  readonly charsMax: number;
  readonly countMax: number;
}

/** Segments of a merged trace as BatchGetTraces prints them (XRAY-SPEC §7.1), those behind `after` only. */
export function printSegments({ segments }: MergedTrace, after: SegmentPlace | null, size: PageSize): SegmentsPage {
  const first = after === null ? 0 : segments.findIndex((segment) => comparePlaces(placeOf(segment), after) > 0);
  if (first === -1) return { segments: [], chars: 0, next: null };
  const printed: PrintedSegment[] = [];
  let chars = 0;
  for (const { document } of segments.slice(first)) {
    if (printed.length > 0 && isFull({ count: printed.length, chars }, size)) break;
    const segment = { Id: document.id, Document: printDocument(document) };
    printed.push(segment);
    chars += segment.Document.length;
  }
  const last = segments[first + printed.length - 1];
  const isLast = first + printed.length === segments.length;
  return { segments: printed, chars, next: last === undefined || isLast ? null : placeOf(last) };
}

export function isFull({ count, chars }: { count: number; chars: number }, { charsMax, countMax }: PageSize): boolean {
  return count >= countMax || chars >= charsMax;
}

export type PrintedSegment = Required<WireSegment>;

/** A document as it was sent: of a trace that is too large to be merged (ADR-013). */
export function printStored({ text }: StoredDocument): PrintedSegment {
  const document = readAcceptedDocument(text);
  return { Id: document.id, Document: printDocument(document) };
}

function placeOf({ id, document }: MergedSegment): SegmentPlace {
  const isInferred = document.type !== 'subsegment' && document.inferred === true;
  return { isInferred, startTime: document.start_time, id };
}

/** As `mergeTrace` orders them. */
function comparePlaces(a: SegmentPlace, b: SegmentPlace): number {
  if (a.isInferred !== b.isInferred) return a.isInferred ? 1 : -1;
  return a.startTime - b.startTime || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/**
 * Whole seconds are written as floats, as X-Ray does: readers with static types take the first number they see
 * for the type. Inside a string the quotes of such a member are escaped, so that it cannot match.
 */
export function printDocument(document: object): string {
  return JSON.stringify(document).replaceAll(/"(start_time|end_time)":(\d+)(?=[,}])/g, '"$1":$2.0');
}
