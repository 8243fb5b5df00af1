import type { SentDocument, TimeUs, TraceDocument } from '@fluoroscope/model';

export interface SpanProblem {
  readonly code: string;
  readonly message: string;
}

/** What a receiver of spans hands on, and to whom. */
export interface SpanSink {
  /** Resolves once those that it accepts are durable. What it rejects with goes to the caller. */
  readonly put: (documents: readonly SentDocument[]) => Promise<unknown>;
  readonly nowUs: () => TimeUs;
  readonly events: SpanEvents;
}

export interface SpanEvents {
  readonly spansReceived: (count: number, bytes: number) => void;
  /** One span, or (`isRequest`) all that a body may have held. */
  readonly spansRefused: (problem: SpanProblem, isRequest: boolean) => void;
}

/** Documents of one call of `put`: well below what the server takes in one. */
export const DOCUMENTS_PER_PUT_MAX = 5_000;

/** For documents that translators made. */
export async function putDocuments({ put }: SpanSink, documents: readonly TraceDocument[]): Promise<void> {
  for (let from = 0; from < documents.length; from += DOCUMENTS_PER_PUT_MAX) {
    const part = documents.slice(from, from + DOCUMENTS_PER_PUT_MAX);
    await put(part.map((document) => ({ text: JSON.stringify(document), document, isClean: true })));
  }
}
