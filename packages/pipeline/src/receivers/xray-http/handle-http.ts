import type { DocumentProblem } from '@fluoroscope/model';
import { decodePutTraceSegments } from '../../exporters/xray/put-trace-segments.ts';
import { plain, type HttpAnswer, type HttpRequest } from '../span-http/listen-http.ts';

/** Answers PutTraceSegments, and nothing else of X-Ray's API. Rejects with what `put` rejects with. */
export async function handleXrayHttp(
  request: HttpRequest,
  put: (texts: readonly string[]) => Promise<readonly DocumentProblem[]>,
): Promise<HttpAnswer> {
  if (request.path !== '/TraceSegments') return plain(404, 'path: expected /TraceSegments');
  if (request.method !== 'POST') return plain(405, 'method: expected POST');
  const documents = decodePutTraceSegments(new TextDecoder().decode(request.body));
  if (!documents.ok) return plain(400, 'body: expected {"TraceSegmentDocuments": ["…", …]}');
  const refused = await put(documents.value);
  // An id that could not be read is left out.
  const unprocessed = refused.map(({ id, code, message }) => ({
    Id: id ?? undefined,
    ErrorCode: code,
    Message: message,
  }));
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ UnprocessedTraceSegments: unprocessed }),
  };
}
