import { JournalError } from '@fluoroscope/journal';
import type { SentDocument, TimeUs } from '@fluoroscope/model';
import {
  createJaegerReceiver,
  createWorkGate,
  createZipkinReceiver,
  type OtlpEvents,
  type PutOutcome,
  type SpanSink,
} from '@fluoroscope/pipeline';
import type { Events, SpanChannel } from '../events.ts';
import type { SpanReceivers } from '../http/span-routes.ts';
import type { Ingest } from '../ingest.ts';
import { journalRefusal } from '../ingest/journal-refusal.ts';
import { RETRY_AFTER_SECONDS } from '../limits.ts';

export interface ReceiversOptions {
  readonly ingest: Pick<Ingest, 'put'>;
  readonly events: Pick<Events, 'spansRefused' | 'troubleMet'>;
  readonly nowUs: () => TimeUs;
}

/** The receivers of spans, before the journal: one of each dialect, however many ports lead there. */
export function createSpanReceivers({ ingest, events, nowUs }: ReceiversOptions): SpanReceivers {
  function sinkOf(channel: SpanChannel): SpanSink {
    return {
      async put(documents) {
        try {
          await ingest.put(documents, channel);
        } catch (error) {
          throw error instanceof JournalError ? journalRefusal(error) : error;
        }
      },
      nowUs,
      events: {
        // Counted as documents by the ingest.
        spansReceived: () => {},
        spansRefused: (problem) => events.spansRefused(channel, problem, 1),
      },
    };
  }

  // One for all: what they decode lies in the same memory.
  const work = createWorkGate();
  const zipkin = createZipkinReceiver(sinkOf('zipkin'));
  const jaeger = createJaegerReceiver(sinkOf('jaeger'));
  return {
    otlp: { put: (documents) => putOtlp(ingest, documents), indexed: 'all', work, events: otlpEvents(events) },
    zipkin: (request) => work.run(request.body.byteLength, () => zipkin(request)),
    jaeger: {
      receive: (request) => work.run(request.body.byteLength, () => jaeger.receive(request)),
      postSpans: (message) => work.run(message.byteLength, () => jaeger.postSpans(message)),
    },
  };
}

async function putOtlp(ingest: Pick<Ingest, 'put'>, documents: readonly SentDocument[]): Promise<PutOutcome> {
  try {
    return { state: 'kept', refused: await ingest.put(documents, 'otlp') };
  } catch (error) {
    if (!(error instanceof JournalError) || error.code !== 'full') throw error;
    return { state: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
}

function otlpEvents(events: ReceiversOptions['events']): OtlpEvents {
  return {
    requestRefused: (_transport, problem) => events.spansRefused('otlp', problem, 1),
    spansRefused: (_transport, count, [first]) =>
      events.spansRefused('otlp', { code: 'bad-span', message: first?.message ?? '' }, count),
    deliveryFailed: (_transport, error) => events.troubleMet('spans could not be kept', error),
    // Counted as documents by the ingest, and as requests by the server.
    requestReceived: () => {},
    spansAccepted: () => {},
    spansTurnedAway: () => {},
  };
}
