import { setImmediate as nextTurn } from 'node:timers/promises';
import { JournalError, type RecordSink } from '@fluoroscope/journal';
import type { SentDocument } from '@fluoroscope/model';
import type { Channel, DropReason, Events } from './events.ts';
import { OPEN_ADMISSION, type Admission } from './ingest/admission.ts';
import { createDatagramQueue } from './ingest/datagram-queue.ts';
import { createBatchParser, type Batch, type BatchParserOptions, type Refusal } from './ingest/parse-batch.ts';
import { encodeRecords } from './ingest/record.ts';
import { turnsOf } from './ingest/turns.ts';
import { DATAGRAMS_WAITING_CHARS_MAX, DOCUMENTS_PER_CALL_MAX } from './limits.ts';

/** The one way into the journal, for every receiver. */
export interface Ingest extends AsyncDisposable {
  /**
   * For senders that wait, by HTTP when no channel is named. Resolves once all accepted documents are durable, with why
   * the others were refused. Rejects with JournalError when nothing of the call was kept.
   */
  put(documents: readonly SentDocument[], channel?: Channel): Promise<readonly Refusal[]>;

  /** For senders that do not: false when too much waits already, or the store is behind. What becomes of it is counted. Never throws. */
  offer(text: string): boolean;

  /** Accepted and on the way to the journal. */
  readonly waitingCount: number;

  /** Resolves when all that was offered is durable or counted as lost. */
  drain(): Promise<void>;
}

export interface IngestOptions extends BatchParserOptions {
  readonly journal: Pick<RecordSink, 'append'>;
  /** Of datagrams. Callers that wait are asked before they are read, where they come in. All are let in when left out. */
  readonly admission?: Pick<Admission, 'ask'>;
  readonly events: BatchParserOptions['events'] &
    Pick<Events, 'documentsTurnedAway' | 'documentsDropped' | 'documentUnread' | 'documentsJournalled'>;
  /** Told after each commit: the storage thread goes on reading. */
  readonly committed: (sequence: number) => void;
  /** Of datagrams; `DATAGRAMS_WAITING_CHARS_MAX` when left out. */
  readonly waitingCharsMax?: number;
}

export function createIngest(options: IngestOptions): Ingest {
  const { journal, events, committed, admission = OPEN_ADMISSION } = options;
  const { waitingCharsMax = DATAGRAMS_WAITING_CHARS_MAX } = options;
  const parser = createBatchParser(options);
  const datagrams = createDatagramQueue({ take: takeDatagrams, waitingCharsMax });
  let waitingCount = 0;
  let isClosed = false;

  async function append({ accepted, traceIds, receivedUs }: Batch): Promise<void> {
    if (accepted.length === 0) return;
    try {
      if (isClosed) throw new JournalError('closed', 'the server is stopping');
      const sequence = await journal.append(encodeRecords(accepted, receivedUs), traceIds);
      events.documentsJournalled(accepted.length);
      committed(sequence);
    } finally {
      waitingCount -= accepted.length;
    }
  }

  async function takeDatagrams(texts: readonly string[]): Promise<void> {
    // Datagrams come from senders of their own: what one holds costs no other.
    const batch = parser.start(DATAGRAMS, Number.POSITIVE_INFINITY);
    waitingCount += parser.parseInto(batch, texts);
    try {
      await append(batch);
    } catch (error) {
      events.documentsDropped(DATAGRAMS, dropReason(error), batch.services);
    }
  }

  /** Null: the datagram is taken. */
  function whyNot(text: string): DropReason | null {
    if (isClosed) return 'closed';
    if (admission.ask() !== null) return 'store-behind';
    return datagrams.offer(text) ? null : 'waiting-full';
  }

  return {
    async put(documents, channel = 'http') {
      const batch = parser.start(channel, DOCUMENTS_PER_CALL_MAX);
      let isFirst = true;
      for (const turn of turnsOf(documents)) {
        if (!isFirst) await nextTurn();
        isFirst = false;
        waitingCount += parser.parseInto(batch, turn);
      }
      try {
        await append(batch);
      } catch (error) {
        events.documentsTurnedAway(channel, dropReason(error), batch.services);
        throw error;
      }
      return batch.refused;
    },
    offer(text) {
      const reason = whyNot(text);
      if (reason !== null) events.documentUnread(DATAGRAMS, reason, text);
      return reason === null;
    },
    get waitingCount() {
      return waitingCount;
    },
    drain: () => datagrams.drain(),
    async [Symbol.asyncDispose]() {
      await datagrams.drain();
      isClosed = true;
    },
  };
}

const DATAGRAMS: Channel = 'udp';

function dropReason(error: unknown): DropReason {
  if (!(error instanceof JournalError)) return 'journal-failed';
  if (error.code === 'full') return 'journal-full';
  return error.code === 'closed' ? 'closed' : 'journal-failed';
}
