import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  acceptSent,
  type AcceptedDocument,
  type DocumentProblem,
  type ParseDocumentOptions,
  type SentSpan,
  type SentDocument,
  type TimeUs,
  type TraceDocument,
} from '@fluoroscope/model';
import type { Consumer, Parcel } from './stage.ts';

export interface IntakeOptions extends Omit<ParseDocumentOptions, 'nowUs'> {
  /** Asked at each call: a reload may have put another in its place. */
  readonly next: () => Consumer;
  readonly nowUs: () => TimeUs;
  readonly events: IntakeEvents;
}

export interface IntakeEvents {
  readonly accepted: (count: number) => void;
  readonly refused: (problem: Pick<DocumentProblem, 'code' | 'message'>) => void;
  /** Not taken because something was full; the sender was told, if it listens. */
  readonly turnedAway: (count: number) => void;
}

/** Documents parsed in one go: a turn of a few milliseconds. */
const TURN_DOCUMENTS = 512;

/**
 * From documents to a pipeline. Resolves with why documents were refused, once the others are taken; rejects with
 * PipelineError `full`, and what else the pipeline rejects with, when none was.
 */
export function createIntake({
  next,
  nowUs,
  events,
  ...limits
}: IntakeOptions): (documents: readonly SentDocument[]) => Promise<readonly DocumentProblem[]> {
  return async (documents) => {
    const options: ParseDocumentOptions = { ...limits, nowUs: nowUs() };
    const parcels: Parcel[] = [];
    const refused: DocumentProblem[] = [];
    for (const [index, sent] of documents.entries()) {
      if (index > 0 && index % TURN_DOCUMENTS === 0) await nextTurn();
      for (const parsed of acceptSent(sent, options)) {
        if (parsed.ok) parcels.push(new ReceivedParcel(parsed.value));
        else refused.push(parsed.problem);
      }
    }
    try {
      if (parcels.length > 0) await next().consume(parcels);
    } catch (error) {
      events.turnedAway(parcels.length);
      throw error;
    }
    events.accepted(parcels.length);
    for (const problem of refused) events.refused(problem);
    return refused;
  };
}

/** A class for its getter: a document that passes unchanged is never read. */
class ReceivedParcel implements Parcel {
  readonly bytes: number;
  readonly #accepted: AcceptedDocument;

  constructor(accepted: AcceptedDocument) {
    this.bytes = accepted.text.length;
    this.#accepted = accepted;
  }

  get document(): TraceDocument {
    return this.#accepted.document;
  }

  get text(): string | undefined {
    const { text } = this.#accepted;
    return text.includes('\n') ? undefined : text;
  }

  get sentSpan(): SentSpan | null | undefined {
    return this.#accepted.sentSpan;
  }
}
