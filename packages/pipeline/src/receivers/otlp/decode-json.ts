import {
  bad,
  nestsDeeperThan,
  ok,
  OTLP_TIME_US_MAX,
  readKeyValues,
  type Json,
  type JsonObject,
  type OtlpAttribute,
  type OtlpEvent,
  type OtlpLink,
  type OtlpSpan,
  type OtlpSpanGroup,
  type OtlpTime,
  type Result,
} from '@fluoroscope/model';
import { Budget } from './budget.ts';
import { checkSpan } from './check-span.ts';
import { ATTRIBUTES_MAX, EVENTS_MAX, JSON_LEVELS_MAX, LINKS_MAX } from './limits.ts';
import { RequestFault, SpanFault, type OtlpRequest, type OtlpRequestProblem } from './problem.ts';

/**
 * ExportTraceServiceRequest in OTLP's JSON: protobuf's mapping, but ids are hex. Names are lowerCamelCase, or as in the
 * protobuf files; 64-bit numbers are strings or numbers, enums numbers or names; unknown members mean nothing. What is
 * ill-formed in a span refuses that span, elsewhere the request.
 */
export function decodeTraceRequestJson(bytes: Uint8Array): Result<OtlpRequest, OtlpRequestProblem> {
  try {
    return ok(readRequest(parseJson(bytes)));
  } catch (error) {
    if (error instanceof RequestFault) return bad(error.problem);
    if (error instanceof SpanFault) return bad({ code: 'malformed', ...error.problem });
    throw error;
  }
}

// Takes a byte order mark away.
const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(bytes: Uint8Array): JsonObject {
  let value: Json;
  try {
    const text = utf8.decode(bytes);
    if (nestsDeeperThan(text, JSON_LEVELS_MAX)) throw fault(null, `at most ${JSON_LEVELS_MAX} levels of nesting`);
    value = JSON.parse(text);
  } catch (error) {
    throw error instanceof RequestFault ? error : fault(null, 'JSON in UTF-8');
  }
  if (!isObject(value)) throw fault(null, 'an object');
  return value;
}

function readRequest(request: JsonObject): OtlpRequest {
  const budget = new Budget();
  const groups: OtlpSpanGroup[] = [];
  for (const item of listIn(request, 'resourceSpans', 'resource_spans')) {
    budget.takeGroup('resource_spans');
    const resourceSpans = objectOf(item, 'resource_spans');
    const given = objectIn(resourceSpans, 'resource');
    const resource = { ...readOwner(given, 'resource'), schemaUrl: textIn(resourceSpans, 'schemaUrl', 'schema_url') };
    for (const scopeItem of listIn(resourceSpans, 'scopeSpans', 'scope_spans')) {
      budget.takeGroup('scope_spans');
      const scopeSpans = objectOf(scopeItem, 'scope_spans');
      const scope = objectIn(scopeSpans, 'scope');
      groups.push({
        resource,
        scope: {
          name: textIn(scope, 'name'),
          version: textIn(scope, 'version'),
          ...readOwner(scope, 'scope'),
          schemaUrl: textIn(scopeSpans, 'schemaUrl', 'schema_url'),
        },
        spans: readSpans(listIn(scopeSpans, 'spans'), budget),
      });
    }
  }
  return { groups, ...budget.refusals() };
}

function readSpans(items: readonly Json[], budget: Budget): readonly OtlpSpan[] {
  return items.flatMap((item) => {
    budget.takeSpan();
    try {
      return [checkSpan(readSpan(objectOf(item, 'span')))];
    } catch (error) {
      if (!(error instanceof SpanFault)) throw error;
      budget.refuse(error.problem);
      return [];
    }
  });
}

function readSpan(span: JsonObject): OtlpSpan {
  const status = objectIn(span, 'status');
  return {
    traceId: hexIn(span, 'span.trace_id', 'traceId', 'trace_id'),
    spanId: hexIn(span, 'span.span_id', 'spanId', 'span_id'),
    parentSpanId: hexIn(span, 'span.parent_span_id', 'parentSpanId', 'parent_span_id'),
    traceState: textIn(span, 'traceState', 'trace_state'),
    flags: countIn(span, 'flags'),
    name: textIn(span, 'name'),
    kind: enumIn(span, 'span.kind', KINDS, 'kind'),
    start: timeIn(span, 'span.start_time_unix_nano', 'startTimeUnixNano', 'start_time_unix_nano'),
    end: timeIn(span, 'span.end_time_unix_nano', 'endTimeUnixNano', 'end_time_unix_nano'),
    ...readOwner(span, 'span'),
    events: boundedIn(span, 'span.events', EVENTS_MAX, 'events').map(readEvent),
    droppedEventsCount: countIn(span, 'droppedEventsCount', 'dropped_events_count'),
    links: boundedIn(span, 'span.links', LINKS_MAX, 'links').map(readLink),
    droppedLinksCount: countIn(span, 'droppedLinksCount', 'dropped_links_count'),
    status: { code: enumIn(status, 'span.status.code', STATUS_CODES, 'code'), message: textIn(status, 'message') },
  };
}

function readEvent(item: Json): OtlpEvent {
  const event = objectOf(item, 'span.events');
  return {
    time: timeIn(event, 'span.events.time_unix_nano', 'timeUnixNano', 'time_unix_nano'),
    name: textIn(event, 'name'),
    ...readOwner(event, 'span.events'),
  };
}

function readLink(item: Json): OtlpLink {
  const link = objectOf(item, 'span.links');
  return {
    traceId: hexIn(link, 'span.links.trace_id', 'traceId', 'trace_id'),
    spanId: hexIn(link, 'span.links.span_id', 'spanId', 'span_id'),
    traceState: textIn(link, 'traceState', 'trace_state'),
    ...readOwner(link, 'span.links'),
    flags: countIn(link, 'flags'),
  };
}

interface Owner {
  readonly attributes: readonly OtlpAttribute[];
  readonly droppedAttributesCount: number;
}

function readOwner(owner: JsonObject, field: string): Owner {
  return {
    attributes: readKeyValues(boundedIn(owner, `${field}.attributes`, ATTRIBUTES_MAX, 'attributes')),
    droppedAttributesCount: countIn(owner, 'droppedAttributesCount', 'dropped_attributes_count'),
  };
}

const KINDS: readonly string[] = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
];
const STATUS_CODES: readonly string[] = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

type Names = readonly [string, ...string[]];

function valueIn(object: JsonObject, names: readonly string[]): Json | undefined {
  for (const name of names) {
    const value = object[name];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

function textIn(object: JsonObject, ...names: Names): string {
  const value = valueIn(object, names);
  return typeof value === 'string' ? value : '';
}

function countIn(object: JsonObject, ...names: Names): number {
  const value = Number(valueIn(object, names) ?? 0);
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff ? value : 0;
}

function enumIn(object: JsonObject, field: string, members: readonly string[], ...names: Names): number {
  const value = valueIn(object, names) ?? 0;
  const number = typeof value === 'string' ? members.indexOf(value) : Number(value);
  if (!Number.isInteger(number) || (typeof value === 'string' && number < 0)) {
    throw new SpanFault(field, 'a number or name of opentelemetry-proto');
  }
  return number | 0;
}

function hexIn(object: JsonObject, field: string, ...names: Names): string {
  const value = valueIn(object, names) ?? '';
  if (typeof value !== 'string' || value.length % 2 !== 0 || value.length > 64 || !/^[0-9a-fA-F]*$/.test(value)) {
    throw new SpanFault(field, 'hex digits');
  }
  return value.toLowerCase();
}

function timeIn(object: JsonObject, field: string, ...names: Names): OtlpTime {
  const value = valueIn(object, names) ?? 0;
  const text = typeof value === 'number' && Number.isInteger(value) && value >= 0 ? String(BigInt(value)) : value;
  if (typeof text !== 'string' || !/^\d{1,20}$/.test(text)) throw new SpanFault(field, 'nanoseconds since 1970');
  const us = Number(text.slice(0, -3));
  if (us > OTLP_TIME_US_MAX) throw new SpanFault(field, 'a time before the year 2255');
  return { us, ns: Number(text.slice(-3)) };
}

function objectIn(object: JsonObject, name: string): JsonObject {
  return objectOf(object[name] ?? {}, name);
}

function objectOf(value: Json, field: string): JsonObject {
  if (!isObject(value)) throw new SpanFault(field, 'an object');
  return value;
}

function listIn(object: JsonObject, ...names: Names): readonly Json[] {
  const value = valueIn(object, names) ?? [];
  if (!isList(value)) throw new SpanFault(names[0], 'an array');
  return value;
}

function boundedIn(object: JsonObject, field: string, countMax: number, name: string): readonly Json[] {
  const list = listIn(object, name);
  if (list.length > countMax) throw new SpanFault(field, `at most ${countMax}`);
  return list;
}

function fault(field: string | null, expected: string): RequestFault {
  return new RequestFault({ code: 'malformed', field, message: `${field ?? 'request'}: expected ${expected}` });
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
