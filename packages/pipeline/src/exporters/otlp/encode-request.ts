import type {
  OtlpAttribute,
  OtlpEvent,
  OtlpLink,
  OtlpSpan,
  OtlpSpanGroup,
  OtlpTime,
  OtlpValue,
  WireSpan,
} from '@fluoroscope/model';
import { BackWriter } from './back-writer.ts';

/** As `OtlpSpanGroup`; of spans that are at hand as they came the bytes are copied. */
export interface EncodableGroup extends Omit<OtlpSpanGroup, 'spans'> {
  readonly spans: readonly (OtlpSpan | WireSpan)[];
}

/**
 * ExportTraceServiceRequest in protobuf. Numbers are the fields' in opentelemetry-proto's trace.proto; everything is written last
 * first, as `BackWriter` has it. What is empty or 0 is left out.
 */
export function encodeRequest(groups: readonly EncodableGroup[]): Buffer {
  const to = new BackWriter();
  for (const group of groups.toReversed()) {
    const end = to.size;
    writeGroup(to, group);
    to.message(1, end);
  }
  return to.finish();
}

function writeGroup(to: BackWriter, { resource, scope, spans }: EncodableGroup): void {
  text(to, 3, resource.schemaUrl);
  const scopeSpansEnd = to.size;
  text(to, 3, scope.schemaUrl);
  for (let at = spans.length - 1; at >= 0; at -= 1) {
    const span = spans[at];
    if (span === undefined) continue;
    const end = to.size;
    if ('spanId' in span) writeSpan(to, span);
    else to.raw(span.wire);
    to.message(2, end);
  }
  const scopeEnd = to.size;
  uint(to, 4, scope.droppedAttributesCount);
  writeAttributes(to, 3, scope.attributes);
  text(to, 2, scope.version);
  text(to, 1, scope.name);
  to.message(1, scopeEnd);
  to.message(2, scopeSpansEnd);
  const resourceEnd = to.size;
  uint(to, 2, resource.droppedAttributesCount);
  writeAttributes(to, 1, resource.attributes);
  to.message(1, resourceEnd);
}

function writeSpan(to: BackWriter, span: OtlpSpan): void {
  if (span.flags !== 0) to.fixed32(16, span.flags);
  const statusEnd = to.size;
  uint(to, 3, span.status.code);
  text(to, 2, span.status.message);
  to.message(15, statusEnd);
  uint(to, 14, span.droppedLinksCount);
  for (const link of span.links.toReversed()) writeLink(to, link);
  uint(to, 12, span.droppedEventsCount);
  for (const event of span.events.toReversed()) writeEvent(to, event);
  uint(to, 10, span.droppedAttributesCount);
  writeAttributes(to, 9, span.attributes);
  time(to, 8, span.end);
  time(to, 7, span.start);
  uint(to, 6, span.kind);
  text(to, 5, span.name);
  hex(to, 4, span.parentSpanId);
  text(to, 3, span.traceState);
  hex(to, 2, span.spanId);
  hex(to, 1, span.traceId);
}

function writeEvent(to: BackWriter, event: OtlpEvent): void {
  const end = to.size;
  uint(to, 4, event.droppedAttributesCount);
  writeAttributes(to, 3, event.attributes);
  text(to, 2, event.name);
  time(to, 1, event.time);
  to.message(11, end);
}

function writeLink(to: BackWriter, link: OtlpLink): void {
  const end = to.size;
  if (link.flags !== 0) to.fixed32(6, link.flags);
  uint(to, 5, link.droppedAttributesCount);
  writeAttributes(to, 4, link.attributes);
  text(to, 3, link.traceState);
  hex(to, 2, link.spanId);
  hex(to, 1, link.traceId);
  to.message(13, end);
}

function writeAttributes(to: BackWriter, field: number, attributes: readonly OtlpAttribute[]): void {
  for (let at = attributes.length - 1; at >= 0; at -= 1) {
    const attribute = attributes[at];
    if (attribute === undefined) continue;
    const end = to.size;
    writeValue(to, attribute);
    to.message(2, end);
    text(to, 1, attribute.key);
    to.message(field, end);
  }
}

function writeValue(to: BackWriter, value: OtlpValue): void {
  const end = to.size;
  switch (value.type) {
    case 'string':
      return to.text(1, value.value);
    case 'bool':
      return to.int(2, value.value ? 1 : 0);
    case 'int':
      return to.int(3, value.value);
    case 'double':
      return to.double(4, value.value);
    case 'array':
      for (const item of value.value.toReversed()) {
        const itemEnd = to.size;
        writeValue(to, item);
        to.message(1, itemEnd);
      }
      return to.message(5, end);
    case 'kvlist':
      writeAttributes(to, 1, value.value);
      return to.message(6, end);
    case 'bytes':
      return to.bytes(7, value.value, 'base64');
    case 'empty':
      return undefined;
    default:
      return value satisfies never;
  }
}

function text(to: BackWriter, field: number, value: string): void {
  if (value !== '') to.text(field, value);
}

function hex(to: BackWriter, field: number, value: string): void {
  if (value !== '') to.bytes(field, value, 'hex');
}

function uint(to: BackWriter, field: number, value: number): void {
  if (value !== 0) to.int(field, value);
}

function time(to: BackWriter, field: number, { us, ns }: OtlpTime): void {
  if (us !== 0 || ns !== 0) to.fixed64(field, BigInt(us) * 1000n + BigInt(ns));
}
