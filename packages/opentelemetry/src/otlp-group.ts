import type { OtlpAttribute, OtlpLink, OtlpSpan, OtlpSpanGroup, OtlpTime, OtlpValue } from '@fluoroscope/model';
import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';

/** The part of an ended span that is read; any 2.x SDK's has it. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  spanContext(): SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: readonly Link[];
  readonly events: readonly EndedEvent[];
  readonly resource: { readonly attributes: Attributes; readonly schemaUrl?: string };
  readonly instrumentationScope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

interface EndedEvent {
  readonly time: HrTime;
  readonly name: string;
  readonly attributes?: Attributes;
  readonly droppedAttributesCount?: number;
}

/** SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK, SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK of trace.proto. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** A span in OTLP's terms, as OpenTelemetry's own exporter would send it. */
export function toOtlpGroup(span: EndedSpan): OtlpSpanGroup {
  const { resource, instrumentationScope: scope } = span;
  return {
    resource: {
      attributes: toAttributes(resource.attributes),
      droppedAttributesCount: 0,
      schemaUrl: resource.schemaUrl ?? '',
    },
    scope: {
      name: scope.name,
      version: scope.version ?? '',
      attributes: [],
      droppedAttributesCount: 0,
      schemaUrl: scope.schemaUrl ?? '',
    },
    spans: [toSpan(span)],
  };
}

function toSpan(span: EndedSpan): OtlpSpan {
  const { traceId, spanId, traceState, traceFlags } = span.spanContext();
  const { parentSpanContext: parent, status } = span;
  return {
    traceId,
    spanId,
    parentSpanId: parent?.spanId ?? '',
    traceState: traceState?.serialize() ?? '',
    flags: flagsOf(traceFlags, parent?.isRemote),
    name: span.name,
    // The API counts from internal, OTLP from unspecified.
    kind: span.kind + 1,
    start: toTime(span.startTime),
    end: toTime(span.endTime),
    attributes: toAttributes(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      time: toTime(event.time),
      name: event.name,
      attributes: toAttributes(event.attributes),
      droppedAttributesCount: event.droppedAttributesCount ?? 0,
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map(toLink),
    droppedLinksCount: span.droppedLinksCount,
    status: { code: status.code, message: status.message ?? '' },
  };
}

function toLink({ context, attributes, droppedAttributesCount }: Link): OtlpLink {
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    traceState: context.traceState?.serialize() ?? '',
    attributes: toAttributes(attributes),
    droppedAttributesCount: droppedAttributesCount ?? 0,
    flags: flagsOf(context.traceFlags, context.isRemote),
  };
}

function flagsOf(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote === true ? IS_REMOTE : 0);
}

function toTime([seconds, nanos]: HrTime): OtlpTime {
  const ns = nanos % 1_000;
  return { us: seconds * 1e6 + (nanos - ns) / 1_000, ns };
}

function toAttributes(attributes: Attributes | undefined): readonly OtlpAttribute[] {
  return Object.entries(attributes ?? {}).map(([key, value]) => Object.assign(toValue(value), { key }));
}

function toValue(value: unknown): OtlpValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'number') return { type: Number.isSafeInteger(value) ? 'int' : 'double', value };
  if (Array.isArray(value)) return { type: 'array', value: value.map(toValue) };
  return { type: 'empty', value: null };
}
