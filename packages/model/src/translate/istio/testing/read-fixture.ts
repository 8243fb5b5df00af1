import { readMesh, type MeshFixture, type MeshOptions } from '@fluoroscope/testkit';
import { mergeTrace } from '../../../merge-trace.ts';
import type { Json, SubsegmentDocument, TraceDocument } from '../../../segment-document.ts';
import { timeUs } from '../../../time.ts';
import { readKeyValues } from '../../otlp/attribute-json.ts';
import type { OtlpSpan, OtlpSpanGroup } from '../../otlp/span.ts';
import { toDocumentTexts } from '../../otlp/to-documents.ts';
import { decodeZipkinV2Json } from '../../zipkin/decode-v2-json.ts';
import type { ZipkinSpan } from '../../zipkin/zipkin-span.ts';
import { createZipkinTranslator } from '../../zipkin/zipkin-to-documents.ts';

export const START_US = 1_727_004_672_000_000;

/** The documents of all spans of a fixture, before anything is collapsed. */
export function translateFixture(name: MeshFixture, options: MeshOptions = {}): readonly TraceDocument[] {
  const texts = readMesh(name, options);
  return name.endsWith('otlp') ? ofOtlp(texts.map(readGroup)) : ofZipkin(readZipkin(`[${texts.join()}]`));
}

export function ofZipkin(spans: readonly ZipkinSpan[]): readonly TraceDocument[] {
  return createZipkinTranslator().translate(spans, timeUs(START_US));
}

export function ofOtlp(groups: readonly OtlpSpanGroup[]): readonly TraceDocument[] {
  return toDocumentTexts(groups, { indexed: 'all' }).map((text): TraceDocument => JSON.parse(text));
}

export function readZipkin(json: string): readonly ZipkinSpan[] {
  const decoded = decodeZipkinV2Json(json);
  if (!decoded.ok || decoded.value.refused.length > 0) throw new Error(JSON.stringify(decoded));
  return decoded.value.spans;
}

interface SpanJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: Json;
  readonly status?: { readonly code?: number };
}

/** An item of `resourceSpans`, of what the fixtures have. */
export function readGroup(text: string): OtlpSpanGroup {
  const item: {
    readonly resource: { readonly attributes: Json };
    readonly scopeSpans: readonly { readonly spans: readonly SpanJson[] }[];
  } = JSON.parse(text);
  const { attributes } = item.resource;
  return {
    resource: { attributes: readKeyValues(attributes), droppedAttributesCount: 0, schemaUrl: '' },
    scope: { name: '', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
    spans: item.scopeSpans.flatMap(({ spans }) => spans.map(readSpan)),
  };
}

function readSpan(span: SpanJson): OtlpSpan {
  const timeOf = (nanos: string): OtlpSpan['start'] => ({
    us: Number(nanos.slice(0, -3)),
    ns: Number(nanos.slice(-3)),
  });
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    traceState: '',
    flags: 0,
    name: span.name,
    kind: span.kind,
    start: timeOf(span.startTimeUnixNano),
    end: timeOf(span.endTimeUnixNano),
    attributes: readKeyValues(span.attributes),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: span.status?.code ?? 0, message: '' },
  };
}

/** Caller → callee by name, of segments and of what was inferred; `client` calls those without a parent. */
export function edgesOf(documents: readonly TraceDocument[]): readonly string[] {
  const { segments } = mergeTrace(documents);
  const ownerOf = new Map<string, string>();
  for (const { document } of segments) {
    const stack: (TraceDocument | SubsegmentDocument)[] = [document];
    for (let entity = stack.pop(); entity !== undefined; entity = stack.pop()) {
      ownerOf.set(entity.id, document.name);
      stack.push(...(entity.subsegments ?? []));
    }
  }
  return segments
    .map(
      ({ document }) =>
        `${document.parent_id === undefined ? 'client' : (ownerOf.get(document.parent_id) ?? '?')} → ${document.name}`,
    )
    .toSorted();
}
