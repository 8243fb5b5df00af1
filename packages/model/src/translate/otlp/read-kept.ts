import { isJsonObject } from '../../clean-json.ts';
import type { Json, JsonObject, Link, TraceDocument } from '../../segment-document.ts';
import { timeUsFromSeconds } from '../../time.ts';
import { toW3cTraceId } from '../../trace-id.ts';
import { RESOURCE_PREFIX } from './attribute-key.ts';
import { listOf, readExact, readKeyValues, readPlain, readPlainAttributes } from './attribute-json.ts';
import type {
  OtlpAttribute,
  OtlpEvent,
  OtlpLink,
  OtlpResource,
  OtlpScope,
  OtlpSpan,
  OtlpStatus,
  OtlpTime,
  SentSpan,
} from './span.ts';

/** A span that was read from a document. */
export interface PlacedSpan extends SentSpan {
  readonly span: OtlpSpan;
}

/** The span that a document was made of, from what its `metadata.otlp` kept. Not of embedded subsegments. */
export function readKeptSpan(document: TraceDocument, kept: JsonObject): PlacedSpan {
  const plain = asObject(document.metadata?.['default']);
  const split = kept['parent'];
  const [start, end] = readTimes(document, kept);
  const span: OtlpSpan = {
    traceId: toW3cTraceId(document.trace_id),
    spanId: document.id,
    parentSpanId: typeof split === 'string' ? split : (document.parent_id ?? ''),
    traceState: textOf(kept['trace_state']),
    flags: countOf(kept['flags']),
    name: typeof kept['name'] === 'string' ? kept['name'] : document.name,
    kind: countOf(kept['kind']),
    start,
    end,
    attributes: readAttributes(document, plain, kept),
    droppedAttributesCount: countOf(kept['dropped_attributes']),
    events: listOf(kept['events']).flatMap(readEvent),
    droppedEventsCount: countOf(kept['dropped_events']),
    links: isList(kept['links']) ? listOf(kept['links']).flatMap(readLink) : (document.links ?? []).map(fromXrayLink),
    droppedLinksCount: countOf(kept['dropped_links']),
    status: readStatus(asObject(kept['status'])),
  };
  return { resource: readResource(plain, asObject(kept['resource'])), scope: readScope(asObject(kept['scope'])), span };
}

function readAttributes(document: TraceDocument, plain: JsonObject, kept: JsonObject): readonly OtlpAttribute[] {
  const exact = new Map(Object.entries(asObject(kept['attributes'])));
  const notAttributes = new Set(listOf(kept['derived']));
  const merged = new Set(listOf(kept['merged']));
  const attributes: OtlpAttribute[] = [];
  function add(key: string, value: Json): void {
    const exactly = exact.get(key);
    exact.delete(key);
    attributes.push({ key, ...(exactly === undefined ? readPlain(value) : readExact(exactly)) });
  }
  for (const [key, value] of Object.entries(document.annotations ?? {})) {
    if (!notAttributes.has(key)) add(key, value);
  }
  for (const [key, value] of Object.entries(plain)) {
    if (!merged.has(key) && !key.startsWith(RESOURCE_PREFIX)) add(key, value);
  }
  for (const [key, value] of exact) attributes.push({ key, ...readExact(value) });
  return [...attributes, ...readKeyValues(kept['repeated'])];
}

function readResource(plain: JsonObject, kept: JsonObject): OtlpResource {
  const exact = asObject(kept['attributes']);
  const attributes = Object.entries(plain).flatMap(([prefixed, value]): readonly OtlpAttribute[] => {
    if (!prefixed.startsWith(RESOURCE_PREFIX)) return [];
    const key = prefixed.slice(RESOURCE_PREFIX.length);
    const exactly = Object.hasOwn(exact, key) ? exact[key] : undefined;
    return [{ key, ...(exactly === undefined ? readPlain(value) : readExact(exactly)) }];
  });
  return {
    attributes: [...attributes, ...readKeyValues(kept['repeated'])],
    droppedAttributesCount: countOf(kept['dropped']),
    schemaUrl: textOf(kept['schema_url']),
  };
}

function readScope(kept: JsonObject): OtlpScope {
  return {
    name: textOf(kept['name']),
    version: textOf(kept['version']),
    attributes: readOwnAttributes(kept['attributes']),
    droppedAttributesCount: countOf(kept['dropped']),
    schemaUrl: textOf(kept['schema_url']),
  };
}

function readOwnAttributes(value: Json | undefined): readonly OtlpAttribute[] {
  return isList(value) ? readKeyValues(value) : readPlainAttributes(asObject(value));
}

function readEvent(value: Json): readonly OtlpEvent[] {
  if (!isJsonObject(value)) return [];
  return [
    {
      time: readTime(value['time']),
      name: textOf(value['name']),
      attributes: readOwnAttributes(value['attributes']),
      droppedAttributesCount: countOf(value['dropped']),
    },
  ];
}

function readLink(value: Json): readonly OtlpLink[] {
  if (!isJsonObject(value)) return [];
  return [
    {
      traceId: textOf(value['trace_id']),
      spanId: textOf(value['span_id']),
      traceState: textOf(value['trace_state']),
      attributes: readOwnAttributes(value['attributes']),
      droppedAttributesCount: countOf(value['dropped']),
      flags: countOf(value['flags']),
    },
  ];
}

export function fromXrayLink({ trace_id: traceId, id, attributes }: Link): OtlpLink {
  return {
    traceId: toW3cTraceId(traceId),
    spanId: id ?? '',
    traceState: '',
    attributes: readPlainAttributes(attributes ?? {}),
    droppedAttributesCount: 0,
    flags: 0,
  };
}

function readStatus(kept: JsonObject): OtlpStatus {
  return { code: countOf(kept['code']), message: textOf(kept['message']) };
}

function readTimes(document: TraceDocument, kept: JsonObject): readonly [OtlpTime, OtlpTime] {
  const { times, nanos } = kept;
  if (isList(times)) return [readTime(times[0]), readTime(times[1])];
  const [startNs, endNs] = isList(nanos) ? nanos : [];
  return [
    { us: timeUsFromSeconds(document.start_time), ns: countOf(startNs) },
    { us: document.end_time === undefined ? 0 : timeUsFromSeconds(document.end_time), ns: countOf(endNs) },
  ];
}

/** Nanoseconds since 1970 in decimal. */
function readTime(value: Json | undefined): OtlpTime {
  const text = typeof value === 'string' && /^\d{1,20}$/.test(value) ? value : '0';
  return { us: Number(text.slice(0, -3)), ns: Number(text.slice(-3)) };
}

function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function countOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
