import {
  decodeJaegerProto,
  decodeJaegerThrift,
  jaegerToDocuments,
  type JaegerBatch,
  type JaegerProblem,
  type Result,
} from '@fluoroscope/model';
import { putDocuments, type SpanSink } from '../span-http/put-documents.ts';
import { ACCEPTED, mediaTypeOf, readSpanBody, type SpanAnswer, type SpanRequest } from '../span-http/read-body.ts';

export interface JaegerReceiver {
  /**
   * Answers POST /api/traces with a Batch in Thrift's binary protocol. 202 once every usable span is durable; spans that are
   * not are counted, and refused with 400 only when a body has no other. Rejects with what `put` rejects with.
   */
  readonly receive: (request: SpanRequest) => Promise<SpanAnswer>;
  /** Takes the message of api_v2.CollectorService/PostSpans, without gRPC's frame; answered likewise. */
  readonly postSpans: (message: Uint8Array) => Promise<SpanAnswer>;
}

const THRIFT_TYPES: ReadonlySet<string> = new Set(['application/x-thrift', 'application/vnd.apache.thrift.binary']);

export function createJaegerReceiver(sink: SpanSink): JaegerReceiver {
  const { events } = sink;

  async function take(decoded: Result<JaegerBatch, JaegerProblem>, bytes: number): Promise<SpanAnswer> {
    if (!decoded.ok) {
      events.spansRefused(decoded.problem, true);
      return { status: 400, text: decoded.problem.message };
    }
    const { spans, refused } = decoded.value;
    events.spansReceived(spans.length + refused.length, bytes);
    for (const problem of refused) events.spansRefused(problem, false);
    await putDocuments(sink, jaegerToDocuments(spans));
    const [first] = refused;
    return spans.length === 0 && first !== undefined ? { status: 400, text: first.message } : ACCEPTED;
  }

  return {
    async receive(request) {
      if (request.path !== '/api/traces') return { status: 404, text: 'path: expected /api/traces' };
      if (!THRIFT_TYPES.has(mediaTypeOf(request))) {
        return {
          status: 415,
          text: 'Content-Type: expected application/x-thrift or application/vnd.apache.thrift.binary',
        };
      }
      const body = await readSpanBody(request);
      return body.ok ? take(decodeJaegerThrift(body.value), request.body.byteLength) : body.problem;
    },
    postSpans: (message) => take(decodeJaegerProto(message), message.byteLength),
  };
}
