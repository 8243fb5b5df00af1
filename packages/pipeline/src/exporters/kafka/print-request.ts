import { printOtlpSpan, type OtlpSpanGroup } from '@fluoroscope/model';

/** ExportTraceServiceRequest in OTLP's JSON. */
export function printRequest(groups: readonly OtlpSpanGroup[]): string {
  return `{"resourceSpans":[${groups.map(printGroup).join(',')}]}`;
}

/** What a span is printed with is taken apart: schemas stand beside their resource and scope, which stand once. */
function printGroup(group: OtlpSpanGroup): string {
  const spans = group.spans.map((span): Record<string, unknown> => JSON.parse(printOtlpSpan(group, span)));
  const [first = {}] = spans;
  const { schemaUrl: resourceSchema, ...resource } = Object(first['resource']);
  const { schemaUrl: scopeSchema, ...scope } = Object(first['scope']);
  const bare = spans.map(({ resource: _resource, scope: _scope, ...span }) => span);
  return JSON.stringify({
    resource,
    scopeSpans: [{ scope, spans: bare, schemaUrl: scopeSchema }],
    schemaUrl: resourceSchema,
  });
}
