import type { TraceDocument } from '../../segment-document.ts';
import type { SegmentId } from '../../segment-id.ts';
import { parseTraceId, toW3cTraceId } from '../../trace-id.ts';
import { deriveId } from '../rpc/derive-id.ts';
import { isMadeUp } from '../rpc/to-documents.ts';
import { documentToJaeger } from '../jaeger/documents-to-jaeger.ts';
import { documentToZipkin } from '../zipkin/documents-to-zipkin.ts';
import { readJaegerParts } from './read-jaeger.ts';
import { readZipkinParts } from './read-zipkin.ts';
import type { PlacedSpan } from './read-kept.ts';
import type { OtlpSpan } from './span.ts';

/** What the two dialects say differently; ids are the document's, so that no two spans share one. */
export interface RpcParts extends Pick<PlacedSpan, 'resource' | 'scope'> {
  readonly span: Pick<
    OtlpSpan,
    'name' | 'kind' | 'traceState' | 'start' | 'end' | 'attributes' | 'events' | 'links' | 'status'
  >;
}

const DIALECTS = ['zipkin', 'jaeger'] as const;

/** Of `metadata.zipkin`; with others it is somebody's own. */
const ZIPKIN_KEYS: ReadonlySet<string> = new Set(
  'parentId kind name timestamp duration localEndpoint remoteEndpoint annotations debug shared id tags added madeUp'.split(
    ' ',
  ),
);

/** Whether a document was made of a span of Zipkin or Jaeger, or stands for none beside such a one. */
export function isOfRpc({ metadata }: Pick<TraceDocument, 'metadata'>): boolean {
  const [zipkin, jaeger] = [metadata?.['zipkin'], metadata?.['jaeger']];
  if (isObject(jaeger) && ('process' in jaeger || 'madeUp' in jaeger)) return true;
  return isObject(zipkin) && Object.keys(zipkin).every((key) => ZIPKIN_KEYS.has(key));
}

/** The span that such a document was made of; null for one that stands for none. */
export function readRpcSpan(document: TraceDocument): PlacedSpan | null {
  if (DIALECTS.some((dialect) => isMadeUp(document, dialect))) return null;
  const zipkin = isObject(document.metadata?.['zipkin']) ? documentToZipkin(document) : null;
  const jaeger = zipkin === null ? documentToJaeger(document) : null;
  const original = zipkin ?? jaeger;
  const parts = zipkin !== null ? readZipkinParts(zipkin, document) : jaeger !== null ? readJaegerParts(jaeger) : null;
  if (original === null || parts === null) return null;
  const span: OtlpSpan = {
    ...parts.span,
    traceId: toW3cTraceId(document.trace_id),
    spanId: document.id,
    parentSpanId: parentOf(document, original.parentId ?? null),
    flags: 0,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
  return { resource: parts.resource, scope: parts.scope, span };
}

/** The span's own parent where the document's is a service that was made up around it. */
function parentOf(document: TraceDocument, own: SegmentId | null): string {
  const { trace_id: traceId, id, parent_id: parentId } = document;
  const kept = document.metadata?.['fluoroscope'];
  const written = isObject(kept) ? kept['original_trace_id'] : undefined;
  const before = typeof written === 'string' ? parseTraceId(written) : undefined;
  const around = [traceId, ...(before?.ok === true ? [before.value] : [])].map((one) => deriveId(one, id, 'service'));
  return parentId !== undefined && around.includes(parentId) ? (own ?? '') : (parentId ?? '');
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
