import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  toPrintedDocuments,
  type IndexedAttributes,
  type OtlpSpanGroup,
  type PrintedDocument,
  type Result,
  type ToDocumentsOptions,
} from '@fluoroscope/model';
import type { WorkGate } from '../work-gate.ts';
import { PUT_DOCUMENTS_MAX, RETRY_AFTER_SECONDS, TURN_SPANS_MAX } from './limits.ts';
import type { OtlpRequest, OtlpRequestProblem, OtlpSpanProblem } from './problem.ts';

/** What becomes of the documents of one request. */
export type PutOutcome =
  | { readonly state: 'kept'; readonly refused: readonly { readonly message: string }[] }
  /** Nothing of it was kept; the sender may come again. */
  | { readonly state: 'busy'; readonly retryAfterSeconds?: number };

export interface OtlpReceiverOptions {
  /** Resolves once what was accepted is durable, with why other documents were refused. Rejects for a fault of ours. */
  readonly put: (documents: readonly PrintedDocument[]) => Promise<PutOutcome>;
  readonly indexed: IndexedAttributes;
  /** Documents have their spans beside them. */
  readonly keepsSpans?: boolean;
  /** Requests wait here before they are decoded; none does when left out. */
  readonly work?: WorkGate;
  readonly events: OtlpEvents;
}

export interface OtlpEvents {
  readonly requestReceived: (transport: OtlpTransport, sizeBytes: number) => void;
  readonly requestRefused: (transport: OtlpTransport, problem: OtlpRequestProblem) => void;
  readonly spansAccepted: (transport: OtlpTransport, count: number) => void;
  readonly spansRefused: (transport: OtlpTransport, count: number, problems: readonly OtlpSpanProblem[]) => void;
  /** Turned away because something was full: not lost, the sender is told to come again. */
  readonly spansTurnedAway: (transport: OtlpTransport, count: number) => void;
  readonly deliveryFailed: (transport: OtlpTransport, error: unknown) => void;
}

export type OtlpTransport = 'otlp-grpc' | 'otlp-http';

/** How a request is answered, whatever the transport. */
export type OtlpAnswer =
  | { readonly state: 'taken'; readonly rejectedSpans: number; readonly message: string }
  | { readonly state: 'malformed'; readonly message: string }
  | { readonly state: 'busy'; readonly retryAfterSeconds: number }
  | { readonly state: 'failed' };

const PROBLEMS_TOLD_MAX = 3;

export type DecodeRequest = (
  bytes: Uint8Array,
  options: { readonly keepsWire: boolean },
) => Result<OtlpRequest, OtlpRequestProblem>;

/** One request from bytes to its answer. Never rejects. */
export function receiveOtlp(
  bytes: Uint8Array,
  decode: DecodeRequest,
  transport: OtlpTransport,
  options: OtlpReceiverOptions,
): Promise<OtlpAnswer> {
  const take = (): Promise<OtlpAnswer> => takeRequest(bytes, decode, transport, options);
  return options.work === undefined ? take() : options.work.run(bytes.byteLength, take);
}

async function takeRequest(
  bytes: Uint8Array,
  decode: DecodeRequest,
  transport: OtlpTransport,
  { put, indexed, keepsSpans = false, events }: OtlpReceiverOptions,
): Promise<OtlpAnswer> {
  try {
    events.requestReceived(transport, bytes.byteLength);
    const decoded = decode(bytes, { keepsWire: keepsSpans });
    if (!decoded.ok) {
      events.requestRefused(transport, decoded.problem);
      return { state: 'malformed', message: decoded.problem.message };
    }
    const { groups, refusedCount, refused } = decoded.value;
    const spanCount = groups.reduce((sum, { spans }) => sum + spans.length, 0);
    const outcome = await putAll(groups, put, { indexed, keepsSpans });
    if (outcome.state === 'busy') {
      events.spansTurnedAway(transport, spanCount);
      return { state: 'busy', retryAfterSeconds: outcome.retryAfterSeconds ?? RETRY_AFTER_SECONDS };
    }
    // Of a span with two documents both may have been refused.
    const rejectedSpans = refusedCount + Math.min(spanCount, outcome.refused.length);
    if (refusedCount > 0) events.spansRefused(transport, refusedCount, refused);
    events.spansAccepted(transport, spanCount + refusedCount - rejectedSpans);
    const problems = [...refused, ...outcome.refused].slice(0, PROBLEMS_TOLD_MAX);
    return { state: 'taken', rejectedSpans, message: problems.map(({ message }) => message).join('; ') };
  } catch (error) {
    events.deliveryFailed(transport, error);
    return { state: 'failed' };
  }
}

/**
 * In turns, so that sockets are read in between. When a later part finds the receiver full the sender comes again with all
 * of it: the same documents replace themselves.
 */
async function putAll(
  groups: readonly OtlpSpanGroup[],
  put: OtlpReceiverOptions['put'],
  options: ToDocumentsOptions,
): Promise<PutOutcome> {
  const refused: { readonly message: string }[] = [];
  let waiting: PrintedDocument[] = [];
  async function flush(): Promise<PutOutcome> {
    const documents = waiting;
    waiting = [];
    const outcome: PutOutcome = documents.length === 0 ? { state: 'kept', refused: [] } : await put(documents);
    if (outcome.state === 'kept') refused.push(...outcome.refused);
    return outcome;
  }
  let turnSpans = 0;
  for (const { resource, scope, spans } of groups) {
    for (let from = 0; from < spans.length; from += TURN_SPANS_MAX) {
      const part = spans.slice(from, from + TURN_SPANS_MAX);
      waiting.push(...toPrintedDocuments([{ resource, scope, spans: part }], options));
      if (waiting.length >= PUT_DOCUMENTS_MAX) {
        const outcome = await flush();
        if (outcome.state === 'busy') return outcome;
      }
      turnSpans += part.length;
      if (turnSpans >= TURN_SPANS_MAX) {
        turnSpans = 0;
        await nextTurn();
      }
    }
  }
  const last = await flush();
  return last.state === 'busy' ? last : { state: 'kept', refused };
}
