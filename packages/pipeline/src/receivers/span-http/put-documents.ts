import type { TimeUs, TraceDocument } from '@fluoroscope/model';

export interface SpanProblem {
  readonly code: string;
  readonly message: string;
}

/** What a receiver of spans hands on, and to whom. */
export interface SpanSink {
  /** Takes documents' texts; resolves once those that it accepts are durable. What it rejects with goes to the caller. */
  readonly put: (texts: readonly string[]) => Promise<unknown>;
  /** The documents before they are printed, for what must see several: `createHopCollapser().collapse`. */
  readonly process?: (documents: readonly TraceDocument[]) => readonly TraceDocument[];
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

export async function putDocuments({ put, process }: SpanSink, documents: readonly TraceDocument[]): Promise<void> {
  const processed = process === undefined ? documents : process(documents);
  for (let from = 0; from < processed.length; from += DOCUMENTS_PER_PUT_MAX) {
    await put(processed.slice(from, from + DOCUMENTS_PER_PUT_MAX).map((document) => JSON.stringify(document)));
  }
}
