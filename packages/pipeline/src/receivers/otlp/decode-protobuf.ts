// Hot path: runs once per request and loops over its bytes once, without a schema to interpret and without
// generated code. Strings that come again are found, not made. decode.bench.ts
import {
  bad,
  ok,
  type OtlpAttribute,
  type OtlpEvent,
  type OtlpLink,
  type OtlpResource,
  type OtlpScope,
  type OtlpSpan,
  type OtlpSpanGroup,
  type OtlpTime,
  type OtlpValue,
  type Result,
} from '@fluoroscope/model';
import { Budget } from './budget.ts';
import { ATTRIBUTES_MAX, EVENTS_MAX, LINKS_MAX, VALUE_LEVELS_MAX } from './limits.ts';
import { checkSpan } from './check-span.ts';
import { RequestFault, SpanFault, type OtlpRequest, type OtlpRequestProblem } from './problem.ts';
import { FIXED32, FIXED64, LENGTH, VARINT, WireReader } from './wire-reader.ts';

const NO_TIME: OtlpTime = { us: 0, ns: 0 };
const NOTHING: readonly never[] = [];

/**
 * ExportTraceServiceRequest of opentelemetry-proto 1.x (message and field numbers at each function below).
 * Fields that are not known are passed over, of a field given twice the last counts. Ill-formed bytes refuse the
 * request; a span without usable ids or beyond a limit is refused alone.
 */
export function decodeTraceRequest(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Result<OtlpRequest, OtlpRequestProblem> {
  try {
    const decoder = new RequestDecoder(bytes, options.keepsWire === true);
    return ok(decoder.decode(bytes.byteLength));
  } catch (error) {
    if (error instanceof RequestFault) return bad(error.problem);
    // Of a resource or scope: without it, its spans would be somebody else's.
    if (error instanceof SpanFault) return bad({ code: 'too-much', ...error.problem });
    throw error;
  }
}

export interface DecodeOptions {
  /** Spans have their bytes beside them. */
  readonly keepsWire?: boolean;
}

interface ScopeSpans {
  readonly scope: OtlpScope;
  readonly spans: readonly OtlpSpan[];
}

class RequestDecoder {
  readonly #reader: WireReader;
  readonly #budget = new Budget();
  readonly #keepsWire: boolean;
  /** The trace id read last, and where: spans of a trace come together. */
  #traceIdAt = -1;
  #traceId = '';

  constructor(bytes: Uint8Array, keepsWire: boolean) {
    this.#reader = new WireReader(bytes);
    this.#keepsWire = keepsWire;
  }

  /** `resource_spans = 1` */
  decode(end: number): OtlpRequest {
    const reader = this.#reader;
    const groups: OtlpSpanGroup[] = [];
    while (reader.at < end) {
      const tag = reader.tag(end, 'request');
      if (tag === tagOf(1, LENGTH)) this.#resourceSpans(reader.endOf(end, 'resource_spans'), groups);
      else reader.skip(tag, end, 'request');
    }
    return { groups, ...this.#budget.refusals() };
  }

  /** `resource = 1, scope_spans = 2, schema_url = 3` */
  #resourceSpans(end: number, groups: OtlpSpanGroup[]): void {
    const reader = this.#reader;
    this.#budget.takeGroup('resource_spans');
    const attributes: OtlpAttribute[] = [];
    const scopes: ScopeSpans[] = [];
    let droppedAttributesCount = 0;
    let schemaUrl = '';
    while (reader.at < end) {
      const tag = reader.tag(end, 'resource_spans');
      if (tag === tagOf(1, LENGTH)) {
        const dropped = this.#resource(reader.endOf(end, 'resource'), attributes);
        droppedAttributesCount = dropped ?? droppedAttributesCount;
      } else if (tag === tagOf(2, LENGTH)) {
        scopes.push(this.#scopeSpans(reader.endOf(end, 'scope_spans')));
      } else if (tag === tagOf(3, LENGTH)) {
        schemaUrl = reader.text(end, 'resource_spans.schema_url');
      } else reader.skip(tag, end, 'resource_spans');
    }
    const resource: OtlpResource = { attributes, droppedAttributesCount, schemaUrl };
    for (const { scope, spans } of scopes) groups.push({ resource, scope, spans });
  }

  /** `attributes = 1, dropped_attributes_count = 2` */
  #resource(end: number, attributes: OtlpAttribute[]): number | undefined {
    const reader = this.#reader;
    let dropped: number | undefined;
    while (reader.at < end) {
      const tag = reader.tag(end, 'resource');
      if (tag === tagOf(1, LENGTH)) this.#addAttribute(attributes, end, 'resource.attributes');
      else if (tag === tagOf(2, VARINT)) dropped = reader.uint32(end, 'resource.dropped_attributes_count');
      else reader.skip(tag, end, 'resource');
    }
    return dropped;
  }

  /** `scope = 1, spans = 2, schema_url = 3` */
  #scopeSpans(end: number): ScopeSpans {
    const reader = this.#reader;
    this.#budget.takeGroup('scope_spans');
    const spans: OtlpSpan[] = [];
    let scope: OtlpScope = NO_SCOPE;
    let schemaUrl = '';
    while (reader.at < end) {
      const tag = reader.tag(end, 'scope_spans');
      if (tag === tagOf(2, LENGTH)) this.#addSpan(spans, reader.endOf(end, 'spans'));
      else if (tag === tagOf(1, LENGTH)) scope = this.#scope(reader.endOf(end, 'scope'));
      else if (tag === tagOf(3, LENGTH)) schemaUrl = reader.text(end, 'scope_spans.schema_url');
      else reader.skip(tag, end, 'scope_spans');
    }
    return { scope: schemaUrl === '' ? scope : { ...scope, schemaUrl }, spans };
  }

  /** `name = 1, version = 2, attributes = 3, dropped_attributes_count = 4` */
  #scope(end: number): OtlpScope {
    const reader = this.#reader;
    const attributes: OtlpAttribute[] = [];
    let name = '';
    let version = '';
    let droppedAttributesCount = 0;
    while (reader.at < end) {
      const tag = reader.tag(end, 'scope');
      if (tag === tagOf(1, LENGTH)) name = reader.text(end, 'scope.name');
      else if (tag === tagOf(2, LENGTH)) version = reader.text(end, 'scope.version');
      else if (tag === tagOf(3, LENGTH)) this.#addAttribute(attributes, end, 'scope.attributes');
      else if (tag === tagOf(4, VARINT)) droppedAttributesCount = reader.uint32(end, 'scope.dropped_attributes_count');
      else reader.skip(tag, end, 'scope');
    }
    return { name, version, attributes, droppedAttributesCount, schemaUrl: '' };
  }

  #addSpan(spans: OtlpSpan[], end: number): void {
    this.#budget.takeSpan();
    try {
      const start = this.#reader.at;
      const span = checkSpan(this.#span(end));
      spans.push(this.#keepsWire ? { ...span, wire: this.#reader.wire(start, end) } : span);
    } catch (error) {
      if (!(error instanceof SpanFault)) throw error;
      this.#budget.refuse(error.problem);
      this.#reader.at = end;
    }
  }

  /**
   * `trace_id = 1, span_id = 2, trace_state = 3, parent_span_id = 4, name = 5, kind = 6, start_time_unix_nano = 7,
   * end_time_unix_nano = 8, attributes = 9, dropped_attributes_count = 10, events = 11, dropped_events_count = 12,
   * links = 13, dropped_links_count = 14, status = 15, flags = 16`
   */
  // oxlint-disable-next-line max-lines-per-function -- one branch a field; apart they would need an object in between
  #span(end: number): OtlpSpan {
    const reader = this.#reader;
    const attributes: OtlpAttribute[] = [];
    let events: OtlpEvent[] | undefined;
    let links: OtlpLink[] | undefined;
    let status: OtlpSpan['status'] = NO_STATUS;
    let traceId = '';
    let spanId = '';
    let parentSpanId = '';
    let traceState = '';
    let name = '';
    let start = NO_TIME;
    let finish = NO_TIME;
    let kind = 0;
    let flags = 0;
    let droppedAttributesCount = 0;
    let droppedEventsCount = 0;
    let droppedLinksCount = 0;
    while (reader.at < end) {
      const tag = reader.tag(end, 'span');
      switch (tag) {
        case 0x0a:
          traceId = this.#traceIdOf(end);
          break;
        case 0x12:
          spanId = reader.hex(end, 'span.span_id');
          break;
        case 0x1a:
          traceState = reader.text(end, 'span.trace_state');
          break;
        case 0x22:
          parentSpanId = reader.hex(end, 'span.parent_span_id');
          break;
        case 0x2a:
          name = reader.text(end, 'span.name');
          break;
        case 0x30:
          kind = reader.int32(end, 'span.kind');
          break;
        case 0x39:
          start = reader.time(end, 'span.start_time_unix_nano');
          break;
        case 0x41:
          finish = reader.time(end, 'span.end_time_unix_nano');
          break;
        case 0x4a:
          this.#addAttribute(attributes, end, 'span.attributes');
          break;
        case 0x50:
          droppedAttributesCount = reader.uint32(end, 'span.dropped_attributes_count');
          break;
        case 0x5a:
          events ??= [];
          if (events.length === EVENTS_MAX) throw new SpanFault('span.events', `at most ${EVENTS_MAX}`);
          events.push(this.#event(reader.endOf(end, 'span.events')));
          break;
        case 0x60:
          droppedEventsCount = reader.uint32(end, 'span.dropped_events_count');
          break;
        case 0x6a:
          links ??= [];
          if (links.length === LINKS_MAX) throw new SpanFault('span.links', `at most ${LINKS_MAX}`);
          links.push(this.#link(reader.endOf(end, 'span.links')));
          break;
        case 0x70:
          droppedLinksCount = reader.uint32(end, 'span.dropped_links_count');
          break;
        case 0x7a:
          status = this.#status(reader.endOf(end, 'span.status'), status);
          break;
        case 0x85:
          flags = reader.fixed32(end, 'span.flags');
          break;
        default:
          reader.skip(tag, end, 'span');
      }
    }
    return {
      traceId,
      spanId,
      parentSpanId,
      traceState,
      flags,
      name,
      kind,
      start,
      end: finish,
      attributes,
      droppedAttributesCount,
      events: events ?? NOTHING,
      droppedEventsCount,
      links: links ?? NOTHING,
      droppedLinksCount,
      status,
    };
  }

  #traceIdOf(end: number): string {
    const reader = this.#reader;
    const idEnd = reader.endOf(end, 'span.trace_id');
    const start = reader.at;
    if (idEnd - start !== TRACE_ID_BYTES) {
      throw new SpanFault('span.trace_id', `${TRACE_ID_BYTES} bytes, found ${idEnd - start}`);
    }
    if (this.#traceIdAt < 0 || !reader.repeats(this.#traceIdAt, TRACE_ID_BYTES)) {
      this.#traceId = reader.hexAt(start, idEnd);
      this.#traceIdAt = start;
    }
    reader.at = idEnd;
    return this.#traceId;
  }

  /** `message = 2, code = 3` */
  #status(end: number, before: OtlpSpan['status']): OtlpSpan['status'] {
    const reader = this.#reader;
    let { message, code } = before;
    while (reader.at < end) {
      const tag = reader.tag(end, 'span.status');
      if (tag === tagOf(2, LENGTH)) message = reader.text(end, 'span.status.message');
      else if (tag === tagOf(3, VARINT)) code = reader.int32(end, 'span.status.code');
      else reader.skip(tag, end, 'span.status');
    }
    return { code, message };
  }

  /** `time_unix_nano = 1, name = 2, attributes = 3, dropped_attributes_count = 4` */
  #event(end: number): OtlpEvent {
    const reader = this.#reader;
    this.#budget.takeValue('span.events');
    const attributes: OtlpAttribute[] = [];
    let time = NO_TIME;
    let name = '';
    let droppedAttributesCount = 0;
    while (reader.at < end) {
      const tag = reader.tag(end, 'span.events');
      if (tag === tagOf(1, FIXED64)) time = reader.time(end, 'span.events.time_unix_nano');
      else if (tag === tagOf(2, LENGTH)) name = reader.text(end, 'span.events.name');
      else if (tag === tagOf(3, LENGTH)) this.#addAttribute(attributes, end, 'span.events.attributes');
      else if (tag === tagOf(4, VARINT)) {
        droppedAttributesCount = reader.uint32(end, 'span.events.dropped_attributes_count');
      } else reader.skip(tag, end, 'span.events');
    }
    return { time, name, attributes, droppedAttributesCount };
  }

  /** `trace_id = 1, span_id = 2, trace_state = 3, attributes = 4, dropped_attributes_count = 5, flags = 6` */
  #link(end: number): OtlpLink {
    const reader = this.#reader;
    this.#budget.takeValue('span.links');
    const attributes: OtlpAttribute[] = [];
    let traceId = '';
    let spanId = '';
    let traceState = '';
    let droppedAttributesCount = 0;
    let flags = 0;
    while (reader.at < end) {
      const tag = reader.tag(end, 'span.links');
      if (tag === tagOf(1, LENGTH)) traceId = reader.hex(end, 'span.links.trace_id');
      else if (tag === tagOf(2, LENGTH)) spanId = reader.hex(end, 'span.links.span_id');
      else if (tag === tagOf(3, LENGTH)) traceState = reader.text(end, 'span.links.trace_state');
      else if (tag === tagOf(4, LENGTH)) this.#addAttribute(attributes, end, 'span.links.attributes');
      else if (tag === tagOf(5, VARINT)) {
        droppedAttributesCount = reader.uint32(end, 'span.links.dropped_attributes_count');
      } else if (tag === tagOf(6, FIXED32)) flags = reader.fixed32(end, 'span.links.flags');
      else reader.skip(tag, end, 'span.links');
    }
    return { traceId, spanId, traceState, attributes, droppedAttributesCount, flags };
  }

  /** KeyValue: `key = 1, value = 2` */
  #addAttribute(attributes: OtlpAttribute[], outerEnd: number, field: string): void {
    const end = this.#reader.endOf(outerEnd, field);
    if (attributes.length === ATTRIBUTES_MAX) throw new SpanFault(field, `at most ${ATTRIBUTES_MAX}`);
    attributes.push(this.#keyValue(end, field, 0));
  }

  #keyValue(end: number, field: string, level: number): OtlpAttribute {
    const reader = this.#reader;
    this.#budget.takeValue(field);
    let key = '';
    let value: OtlpAttribute | undefined;
    while (reader.at < end) {
      const tag = reader.tag(end, field);
      if (tag === tagOf(1, LENGTH)) key = reader.text(end, field);
      else if (tag === tagOf(2, LENGTH)) value = this.#value(reader.endOf(end, field), field, key, level);
      else reader.skip(tag, end, field);
    }
    if (value === undefined) return { key, type: 'empty', value: null };
    // The key may come behind the value.
    return value.key === key ? value : { ...value, key };
  }

  /**
   * AnyValue: `string_value = 1, bool_value = 2, int_value = 3, double_value = 4, array_value = 5, kvlist_value = 6,
   * bytes_value = 7`, of which the last one counts. `key` saves an object for each attribute; values in lists have none.
   */
  #value(end: number, field: string, key: string, level: number): OtlpAttribute {
    const reader = this.#reader;
    let value: OtlpAttribute | undefined;
    while (reader.at < end) {
      const tag = reader.tag(end, field);
      switch (tag) {
        case 0x0a:
          value = { key, type: 'string', value: reader.text(end, field) };
          break;
        case 0x10:
          value = { key, type: 'bool', value: reader.bool(end, field) };
          break;
        case 0x18:
          value = { key, type: 'int', value: reader.int64(end, field) };
          break;
        case 0x21:
          value = { key, type: 'double', value: reader.double(end, field) };
          break;
        case 0x2a:
          value = { key, type: 'array', value: this.#array(reader.endOf(end, field), field, level + 1) };
          break;
        case 0x32:
          value = { key, type: 'kvlist', value: this.#kvlist(reader.endOf(end, field), field, level + 1) };
          break;
        case 0x3a:
          value = { key, type: 'bytes', value: reader.base64(end, field) };
          break;
        default:
          reader.skip(tag, end, field);
      }
    }
    return value ?? { key, type: 'empty', value: null };
  }

  /** ArrayValue: `values = 1` */
  #array(end: number, field: string, level: number): readonly OtlpValue[] {
    const reader = this.#reader;
    const values: OtlpValue[] = [];
    checkLevel(level, field);
    while (reader.at < end) {
      const tag = reader.tag(end, field);
      if (tag !== tagOf(1, LENGTH)) {
        reader.skip(tag, end, field);
        continue;
      }
      const valueEnd = reader.endOf(end, field);
      if (values.length === ATTRIBUTES_MAX) throw new SpanFault(field, `at most ${ATTRIBUTES_MAX} values in a list`);
      this.#budget.takeValue(field);
      values.push(withoutKey(this.#value(valueEnd, field, '', level)));
    }
    return values;
  }

  /** KeyValueList: `values = 1` */
  #kvlist(end: number, field: string, level: number): readonly OtlpAttribute[] {
    const reader = this.#reader;
    const values: OtlpAttribute[] = [];
    checkLevel(level, field);
    while (reader.at < end) {
      const tag = reader.tag(end, field);
      if (tag !== tagOf(1, LENGTH)) {
        reader.skip(tag, end, field);
        continue;
      }
      const valueEnd = reader.endOf(end, field);
      if (values.length === ATTRIBUTES_MAX) throw new SpanFault(field, `at most ${ATTRIBUTES_MAX} values in a map`);
      values.push(this.#keyValue(valueEnd, field, level));
    }
    return values;
  }
}

const TRACE_ID_BYTES = 16;
const NO_STATUS: OtlpSpan['status'] = { code: 0, message: '' };
const NO_SCOPE: OtlpScope = { name: '', version: '', attributes: NOTHING, droppedAttributesCount: 0, schemaUrl: '' };

function tagOf(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

function checkLevel(level: number, field: string): void {
  if (level > VALUE_LEVELS_MAX) throw new SpanFault(field, `at most ${VALUE_LEVELS_MAX} lists inside each other`);
}

function withoutKey(attribute: OtlpAttribute): OtlpValue {
  const { key, ...value } = attribute;
  void key;
  return value;
}
