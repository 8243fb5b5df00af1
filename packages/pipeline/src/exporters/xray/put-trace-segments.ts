import { bad, ok, type Result } from '@fluoroscope/model/result';

/** Documents in one call, as AWS's daemon sends them. */
export const BATCH_DOCUMENTS_MAX = 50;

/** Of X-Ray's API, below the endpoint. */
export const PUT_TRACE_SEGMENTS_PATH = '/TraceSegments';

/** A document that the endpoint did not take. */
export interface UnprocessedSegment {
  /** Of the segment; null when the endpoint could not read it. */
  readonly id: string | null;
  readonly code: string;
  readonly message: string;
}

/** `{"TraceSegmentDocuments":["…", …]}`; documents are text, not looked into. */
export function encodePutTraceSegments(documents: readonly string[]): string {
  return JSON.stringify({ TraceSegmentDocuments: documents });
}

/** The documents of a body that `encodePutTraceSegments` made. */
export function decodePutTraceSegments(body: string): Result<readonly string[], 'malformed'> {
  const documents = memberOf(parseObject(body), 'TraceSegmentDocuments');
  if (!Array.isArray(documents)) return bad('malformed');
  const texts = documents.filter((document) => typeof document === 'string');
  return texts.length === documents.length ? ok(texts) : bad('malformed');
}

const NONE: Result<readonly UnprocessedSegment[], 'malformed'> = ok([]);

/**
 * answer = {"UnprocessedTraceSegments": [ {"Id": …, "ErrorCode": …, "Message": …}, … ]}   ; each member may be missing
 *
 * An empty body means that all were taken.
 */
export function decodeUnprocessed(answer: string): Result<readonly UnprocessedSegment[], 'malformed'> {
  if (answer === '' || answer === '{"UnprocessedTraceSegments":[]}') return NONE;
  const parsed = parseObject(answer);
  if (parsed === null) return bad('malformed');
  const list = memberOf(parsed, 'UnprocessedTraceSegments') ?? [];
  if (!Array.isArray(list)) return bad('malformed');
  return ok(
    list.map((item: unknown) => ({
      id: textOf(item, 'Id'),
      code: textOf(item, 'ErrorCode') ?? 'unknown',
      message: textOf(item, 'Message') ?? '',
    })),
  );
}

/** Of a failed call: the code of AWS's JSON errors, without what stands around it; null when there is none. */
export function errorCodeOf(header: string | null, body: string): string | null {
  const parsed = parseObject(body);
  const code = header ?? textOf(parsed, '__type') ?? textOf(parsed, 'code');
  return code?.replace(/^.*#/, '').replace(/:.*$/, '') ?? null;
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : null;
}
