// Hot path: runs once per span. What a translator printed is not parsed again: that took a quarter of the receiving thread.
import {
  acceptDocument,
  earliestSeconds,
  isLongerThan,
  latestSeconds,
  parseDocument,
  readAcceptedDocument,
  tooLarge,
  type AcceptedDocument,
  type DocumentHead,
  type ParseDocumentOptions,
} from './parse-document.ts';
import type { DocumentProblem } from './document-problem.ts';
import { ok, type Result } from './result.ts';
import type { Json, TraceDocument } from './segment-document.ts';
import type { SentSpan } from './translate/otlp/span.ts';

/** A document on its way in: a sender's text, or what a translator made of a span. */
export type SentDocument = string | PrintedDocument | WrittenDocument;

/** Printed by a translator whose texts `parseDocument` takes as they are, but for what is too large, too old or yet to come. */
export interface PrintedDocument {
  readonly text: string;
  readonly head: PrintedHead;
  readonly sentSpan?: SentSpan | null;
}

export interface PrintedHead extends DocumentHead {
  /** Seconds since 1970. */
  readonly start_time: number;
}

/** Made by a translator, and its JSON. */
export interface WrittenDocument {
  readonly text: string;
  readonly document: TraceDocument;
  /** `parseDocument` takes the text as it is, but for what is too large, too old or yet to come. */
  readonly isClean: boolean;
}

/** As `parseDocument`, which only a sender's own text has to go through. */
export function acceptSent(
  sent: SentDocument,
  options: ParseDocumentOptions,
): readonly Result<AcceptedDocument, DocumentProblem>[] {
  if (typeof sent === 'string') return parseDocument(sent, options);
  if ('head' in sent) {
    return isUsual(sent, options) ? [ok(new PrintedAndAccepted(sent))] : parseDocument(sent.text, options);
  }
  const { text, document, isClean } = sent;
  if (isClean && isUsual({ text, head: document }, options)) return [ok({ head: document, document, text })];
  if (isLongerThan(text, options.documentBytesMax)) return [tooLarge(document.id, options.documentBytesMax)];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a document is JSON
  return [acceptDocument(document as unknown as Json, text, options)];
}

export function textOfSent(sent: SentDocument): string {
  return typeof sent === 'string' ? sent : sent.text;
}

function isUsual({ text, head }: PrintedDocument, options: ParseDocumentOptions): boolean {
  const { start_time: start, end_time: end = start } = head;
  return (
    start >= earliestSeconds(options) &&
    start <= latestSeconds(options) &&
    end <= latestSeconds(options) &&
    !isLongerThan(text, options.documentBytesMax)
  );
}

/** Parsed when somebody looks at more than its head. */
class PrintedAndAccepted implements AcceptedDocument {
  readonly head: DocumentHead;
  readonly text: string;
  readonly sentSpan: SentSpan | null | undefined;
  #document: TraceDocument | undefined;

  constructor({ text, head, sentSpan }: PrintedDocument) {
    this.text = text;
    this.head = head;
    this.sentSpan = sentSpan;
  }

  get document(): TraceDocument {
    return (this.#document ??= readAcceptedDocument(this.text));
  }
}
