import { createZipkinTranslator } from '@fluoroscope/model';
import { putDocuments, type SpanSink } from '../span-http/put-documents.ts';
import { ACCEPTED, mediaTypeOf, readSpanBody, type SpanAnswer, type SpanRequest } from '../span-http/read-body.ts';
import { decodeZipkinBody, formatOf } from './decode.ts';

export type ZipkinReceiver = (request: SpanRequest) => Promise<SpanAnswer>;

/**
 * Answers POST /api/v1/spans and /api/v2/spans. 202 once every usable span is durable; spans that are not are counted, and
 * refused with 400 only when a body has no other. Rejects with what `put` rejects with.
 */
export function createZipkinReceiver(sink: SpanSink): ZipkinReceiver {
  const translator = createZipkinTranslator();
  const { events } = sink;

  return async (request) => {
    const format = formatOf(request.path, mediaTypeOf(request));
    if (format === 'unknown-path') return { status: 404, text: 'path: expected /api/v1/spans or /api/v2/spans' };
    if (format === 'no-thrift')
      return { status: 415, text: 'Content-Type: expected JSON or protobuf; v2 has no Thrift' };
    const body = await readSpanBody(request);
    if (!body.ok) return body.problem;
    const decoded = decodeZipkinBody(format, body.value);
    if (!decoded.ok) {
      events.spansRefused(decoded.problem, true);
      return { status: decoded.problem.code === 'too-many-spans' ? 413 : 400, text: decoded.problem.message };
    }
    const { spans, refused } = decoded.value;
    events.spansReceived(spans.length + refused.length, request.body.byteLength);
    for (const problem of refused) events.spansRefused(problem, false);
    await putDocuments(sink, translator.translate(spans, sink.nowUs()));
    const [first] = refused;
    return spans.length === 0 && first !== undefined ? { status: 400, text: first.message } : ACCEPTED;
  };
}
