import type { Trace } from '@fluoroscope/api';
import { type Json, type JsonObject, printOtlpSpan, readAcceptedDocument, toOtlpGroups } from '@fluoroscope/model';
import { objectOf } from './entity.ts';

/** The trace as OTLP's JSON, `{ resourceSpans: […] }`; inferred segments, which nobody sent, are left out. */
export function otlpJson(trace: Trace): Json {
  const documents = (trace.Segments ?? []).flatMap(({ Document }) =>
    Document === undefined ? [] : [readAcceptedDocument(Document)],
  );
  const resourceSpans = toOtlpGroups(documents).map((group): Json => {
    const printed = group.spans.flatMap((span): readonly JsonObject[] => {
      const value: Json = JSON.parse(printOtlpSpan(group, span));
      const object = objectOf(value);
      return object === undefined ? [] : [object];
    });
    const [first = {}] = printed;
    const spans = printed.map(({ resource: _resource, scope: _scope, ...span }) => span);
    return { resource: first['resource'] ?? {}, scopeSpans: [{ scope: first['scope'] ?? {}, spans }] };
  });
  return { resourceSpans };
}
