import type { Arrival } from './traffic.ts';
import { xrayTraceId, type AttributeValue, type SpanException, type TrafficSpan } from './span.ts';

/**
 * A span as an X-Ray document of its own: `server` is a segment, the other kinds are subsegments; so is work without
 * a caller's segment around it. What X-Ray has no place for stands in `metadata`.
 */
export function spanDocument(span: TrafficSpan): Arrival {
  const traceId = xrayTraceId(span.traceId);
  return { traceId, text: JSON.stringify(toDocument(span, traceId)), arrivesUs: span.arrivesUs, spanCount: 1 };
}

function toDocument(span: TrafficSpan, traceId: string): object {
  const isSegment = span.kind === 'server' || span.parentId === null;
  return {
    trace_id: traceId,
    id: span.spanId,
    ...(span.parentId !== null && { parent_id: span.parentId }),
    ...(!isSegment && { type: 'subsegment' }),
    name: isSegment ? span.service : (span.peer?.name ?? span.operation),
    start_time: span.startUs / 1e6,
    end_time: span.endUs / 1e6,
    ...(span.peer !== null && toCall(span)),
    ...(span.peer === null && span.http !== null && { http: toHttp(span, false) }),
    ...(span.fault && { fault: true }),
    ...(span.exception !== null && { cause: toCause(span.spanId, span.exception) }),
    annotations: toAnnotations(span.attributes),
    metadata: { span: { name: span.operation, kind: span.kind } },
  };
}

function toAnnotations(attributes: TrafficSpan['attributes']): Record<string, AttributeValue> {
  const annotations: Record<string, AttributeValue> = {};
  for (const [key, value] of attributes) annotations[key] = value;
  return annotations;
}

function toCall(span: TrafficSpan): object {
  const { peer } = span;
  if (peer?.kind === 'dynamodb') {
    return { name: 'DynamoDB', namespace: 'aws', aws: { operation: 'GetItem', table_name: peer.name } };
  }
  if (peer?.kind === 'sql') {
    return { namespace: 'remote', sql: { database_type: 'PostgreSQL', sanitized_query: span.operation } };
  }
  return { namespace: 'remote', ...(span.http !== null && { http: toHttp(span, true) }) };
}

function toHttp({ http }: TrafficSpan, traced: boolean): object {
  return {
    request: { method: http?.method, url: http?.url, ...(traced && { traced: true }) },
    response: { status: http?.status },
  };
}

function toCause(spanId: string, { type, message, frames }: SpanException): object {
  return { working_directory: '/app', exceptions: [{ id: spanId, type, message, stack: frames }] };
}
