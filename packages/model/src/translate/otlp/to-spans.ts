import { isJsonObject } from '../../clean-json.ts';
import type { EntityDocument, JsonObject, TraceDocument } from '../../segment-document.ts';
import { OTLP_NAMESPACE } from './metadata.ts';
import { readKeptSpan, type PlacedSpan } from './read-kept.ts';
import { isOfRpc, readRpcSpan } from './read-rpc.ts';
import { readXraySpans, standing } from './read-xray.ts';
import type { OtlpResource, OtlpScope, OtlpSpan, OtlpSpanGroup, SentSpan, WireSpan } from './span.ts';

/**
 * The spans of these documents. One that was made of a span of OpenTelemetry, Zipkin or Jaeger becomes that span, of others every
 * entity becomes a span (XRAY-SPEC §11.2). Inferred segments, and those that stand for no span, are left out.
 */
export function toOtlpGroups(documents: readonly TraceDocument[]): readonly OtlpSpanGroup[] {
  return groupSpans(documents.flatMap(spansOf));
}

/** The same of spans, in their order. */
export function groupSpans<Span extends OtlpSpan | WireSpan>(
  sent: readonly (SentSpan & { readonly span: Span })[],
): readonly SpanGroup<Span>[] {
  const groups = new Map<string, SpanGroup<Span>>();
  // Spans that came together share these objects: their texts need not be made for each.
  const known = new Map<OtlpResource, Map<OtlpScope, Span[]>>();
  for (const { resource, scope, span } of sent) {
    const ofResource = known.get(resource) ?? new Map<OtlpScope, Span[]>();
    known.set(resource, ofResource);
    let spans = ofResource.get(scope);
    if (spans === undefined) {
      const key = JSON.stringify([resource, scope]);
      const group = groups.get(key) ?? { resource, scope, spans: [] };
      groups.set(key, group);
      ({ spans } = group);
      ofResource.set(scope, spans);
    }
    spans.push(span);
  }
  return [...groups.values()];
}

interface SpanGroup<Span> {
  readonly resource: OtlpResource;
  readonly scope: OtlpScope;
  readonly spans: Span[];
}

/** None of a document that stands for no span. Merging puts subsegments into documents that are spans, and spans into others: each is read as what it is. */
export function spansOf(document: TraceDocument): readonly PlacedSpan[] {
  const kept = keptOf(document);
  if (kept === null && !isOfRpc(document)) {
    if ('inferred' in document && document.inferred) return [];
    const { spans, apart } = readXraySpans(document, (entity) => keptOf(entity) !== null || isOfRpc(entity));
    return [...spans, ...apart.flatMap(spansOf)];
  }
  const own = kept === null ? readRpcSpan(document) : kept['kind'] === undefined ? null : readKeptSpan(document, kept);
  const children = (document.subsegments ?? []).flatMap((child) => spansOf(standing(child, document)));
  return own === null ? children : [own, ...children];
}

/** Null for an entity that was not made of a span. */
export function keptOf({ metadata }: EntityDocument): JsonObject | null {
  const kept = metadata?.[OTLP_NAMESPACE];
  if (!isJsonObject(kept)) return null;
  return kept['kind'] === undefined && kept['service_of'] === undefined ? null : kept;
}
