import {
  acceptSent,
  bad,
  createHopCollapser,
  textOfSent,
  type AcceptedDocument,
  type DocumentProblem,
  type DocumentProblemCode,
  type ParseDocumentOptions,
  type Result,
  type SentDocument,
  type TimeUs,
  type TraceId,
} from '@fluoroscope/model';
import { findService, type ServiceName } from '../events/find-service.ts';
import { serviceOf } from '../events/service-arrivals.ts';
import type { Channel, Events } from '../events.ts';

/** `InternalFailure`: a fault of ours that this document laid open; it must not cost the others. */
export type Refusal = Omit<DocumentProblem, 'code'> & { readonly code: DocumentProblemCode | 'InternalFailure' };

/** The documents of one call or turn. */
export interface Batch {
  readonly channel: Channel;
  readonly receivedUs: TimeUs;
  /** Beyond it, texts are refused unread. */
  readonly documentsMax: number;
  /** Cleaned, as JSON. */
  readonly accepted: string[];
  /** Of the accepted ones, in the same order. */
  readonly traceIds: TraceId[];
  readonly services: ServiceName[];
  readonly refused: Refusal[];
}

export interface BatchParser {
  readonly start: (channel: Channel, documentsMax: number) => Batch;
  /**
   * Adds these documents to the batch, counts them, and returns how many were added. A document that makes one hop of
   * another's sidecar and application brings that one with it once more (ADR-016).
   */
  readonly parseInto: (batch: Batch, sent: readonly SentDocument[]) => number;
}

export interface BatchParserOptions {
  readonly events: Pick<Events, 'documentsReceived' | 'documentRefused' | 'documentsAccepted' | 'troubleMet'>;
  readonly nowUs: () => TimeUs;
  readonly segmentMaxAgeUs: number;
  readonly segmentMaxFutureUs: number;
  /** Of a document in UTF-8. */
  readonly segmentBytesMax: number;
}

// Hot path: counters are moved once per call, a refusal's once per document. ingest.bench.ts
export function createBatchParser(options: BatchParserOptions): BatchParser {
  const { events, nowUs, segmentMaxAgeUs: pastUsMax, segmentMaxFutureUs: futureUsMax, segmentBytesMax } = options;
  // One for all receivers: the halves of a hop may speak different dialects.
  const hops = createHopCollapser();

  function parseSafely(sent: SentDocument, limits: ParseDocumentOptions): readonly Result<AcceptedDocument, Refusal>[] {
    try {
      return acceptSent(sent, limits);
    } catch (error) {
      events.troubleMet('a document could not be parsed', error);
      return [bad({ code: 'InternalFailure', field: null, message: 'the document could not be read', id: null })];
    }
  }

  function accept(batch: Batch, parsed: readonly AcceptedDocument[]): number {
    const arrived = hops.concerns(parsed) ? collapse(parsed) : parsed;
    events.documentsAccepted(
      arrived.map(({ head }) => head),
      batch.receivedUs,
    );
    for (const { head, text } of arrived) {
      batch.accepted.push(text);
      batch.traceIds.push(head.trace_id);
      batch.services.push(serviceOf(head));
    }
    return arrived.length;
  }

  function collapse(parsed: readonly AcceptedDocument[]): readonly Pick<AcceptedDocument, 'head' | 'text'>[] {
    const texts = new Map(parsed.map(({ document, text }) => [document, text]));
    const collapsed = hops.collapse(parsed.map(({ document }) => document));
    return collapsed.map((head) => ({ head, text: texts.get(head) ?? JSON.stringify(head) }));
  }

  return {
    start: (channel, documentsMax) => ({
      channel,
      receivedUs: nowUs(),
      documentsMax,
      accepted: [],
      traceIds: [],
      services: [],
      refused: [],
    }),
    parseInto(batch, documents) {
      const limits = { nowUs: batch.receivedUs, pastUsMax, futureUsMax, documentBytesMax: segmentBytesMax };
      let chars = 0;
      const accepted: AcceptedDocument[] = [];
      let refusedCount = 0;
      for (const sent of documents) {
        const text = textOfSent(sent);
        chars += text.length;
        const isFull = batch.accepted.length + accepted.length + batch.refused.length >= batch.documentsMax;
        for (const parsed of isFull ? [tooMany(batch)] : parseSafely(sent, limits)) {
          if (parsed.ok) {
            accepted.push(parsed.value);
          } else {
            refusedCount += 1;
            batch.refused.push(parsed.problem);
            events.documentRefused(batch.channel, parsed.problem, isFull ? undefined : serviceIn(text, parsed.problem));
          }
        }
      }
      const acceptedCount = accept(batch, accepted);
      events.documentsReceived(batch.channel, acceptedCount + refusedCount, chars);
      return acceptedCount;
    },
  };
}

/** Undefined for what is no JSON, and for a document in an array of them. */
function serviceIn(text: string, { code }: Refusal): ServiceName | undefined {
  return code === 'ParseError' || code === 'InternalFailure' ? undefined : findService(text);
}

function tooMany({ documentsMax }: Batch): Result<never, Refusal> {
  const message = `document: expected at most ${documentsMax} documents in a call, found more`;
  return bad({ code: 'SegmentTooLarge', field: null, message, id: null });
}
