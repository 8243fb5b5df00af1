import { isJsonObject } from '../../clean-json.ts';
import type { TraceDocument } from '../../segment-document.ts';
import { OTLP_NAMESPACE } from './metadata.ts';
import { readKeptSpan, type PlacedSpan } from './read-kept.ts';
import { readXraySpans } from './read-xray.ts';
import type { OtlpSpan, OtlpSpanGroup } from './span.ts';

/**
 * The spans of these documents. One that `toDocumentTexts` made becomes the span it was made of, of others every
 * entity becomes a span (XRAY-SPEC §11.2). Inferred segments, and those that stand for no span, are left out.
 */
export function toOtlpGroups(documents: readonly TraceDocument[]): readonly OtlpSpanGroup[] {
  const groups = new Map<string, OtlpSpanGroup & { readonly spans: OtlpSpan[] }>();
  for (const document of documents) {
    for (const { resource, scope, span } of spansOf(document)) {
      const key = JSON.stringify([resource, scope]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { resource, scope, spans: [span] });
      else group.spans.push(span);
    }
  }
  return [...groups.values()];
}

function spansOf(document: TraceDocument): readonly PlacedSpan[] {
  const kept = document.metadata?.[OTLP_NAMESPACE];
  if (isJsonObject(kept) && kept['service_of'] !== undefined) return [];
  if (isJsonObject(kept) && kept['kind'] !== undefined) return [readKeptSpan(document, kept)];
  return 'inferred' in document && document.inferred ? [] : readXraySpans(document);
}
