import type { RetrievedSpan, WireSegment } from '@fluoroscope/api';
import { printOtlpSpan, readAcceptedDocument, toOtlpGroups } from '@fluoroscope/model';

/** A segment and what is below it as OpenTelemetry's spans: those that it was made of, or one an entity. */
export function toOtelSpans({ Document = '' }: WireSegment): readonly RetrievedSpan[] {
  return toOtlpGroups([readAcceptedDocument(Document)]).flatMap((group) =>
    group.spans.map((span) => ({ Id: span.spanId, Document: printOtlpSpan(group, span) })),
  );
}
