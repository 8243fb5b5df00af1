import type {
  OtlpAttribute,
  OtlpEvent,
  OtlpLink,
  OtlpSpan,
  OtlpSpanGroup,
  OtlpTime,
  OtlpValue,
} from '@fluoroscope/model';

// ExportTraceServiceRequest by the letter of the protobuf encoding, slow and plain: what the decoder is held against.

export function encodeRequest(groups: readonly OtlpSpanGroup[]): Buffer {
  return Buffer.concat(
    groups.map(({ resource, scope, spans }) =>
      message(
        1,
        message(1, ...attributes(1, resource.attributes), uint(2, resource.droppedAttributesCount)),
        message(
          2,
          message(
            1,
            text(1, scope.name),
            text(2, scope.version),
            ...attributes(3, scope.attributes),
            uint(4, scope.droppedAttributesCount),
          ),
          ...spans.map((span) => message(2, encodeSpan(span))),
          text(3, scope.schemaUrl),
        ),
        text(3, resource.schemaUrl),
      ),
    ),
  );
}

function encodeSpan(span: OtlpSpan): Buffer {
  return Buffer.concat([
    hex(1, span.traceId),
    hex(2, span.spanId),
    text(3, span.traceState),
    hex(4, span.parentSpanId),
    text(5, span.name),
    uint(6, span.kind),
    time(7, span.start),
    time(8, span.end),
    ...attributes(9, span.attributes),
    uint(10, span.droppedAttributesCount),
    ...span.events.map((event) => message(11, encodeEvent(event))),
    uint(12, span.droppedEventsCount),
    ...span.links.map((link) => message(13, encodeLink(link))),
    uint(14, span.droppedLinksCount),
    message(15, text(2, span.status.message), uint(3, span.status.code)),
    fixed32(16, span.flags),
  ]);
}

function encodeEvent(event: OtlpEvent): Buffer {
  const { time: at, name, attributes: list, droppedAttributesCount } = event;
  return Buffer.concat([time(1, at), text(2, name), ...attributes(3, list), uint(4, droppedAttributesCount)]);
}

function encodeLink(link: OtlpLink): Buffer {
  return Buffer.concat([
    hex(1, link.traceId),
    hex(2, link.spanId),
    text(3, link.traceState),
    ...attributes(4, link.attributes),
    uint(5, link.droppedAttributesCount),
    fixed32(6, link.flags),
  ]);
}

function attributes(field: number, list: readonly OtlpAttribute[]): readonly Buffer[] {
  return list.map((attribute) => message(field, text(1, attribute.key), message(2, encodeValue(attribute))));
}

export function encodeValue(value: OtlpValue): Buffer {
  switch (value.type) {
    case 'string':
      return message(1, Buffer.from(value.value));
    case 'bool':
      return Buffer.concat([varint(2 << 3), varint(value.value ? 1 : 0)]);
    case 'int':
      return Buffer.concat([varint(3 << 3), varint(BigInt.asUintN(64, BigInt(value.value)))]);
    case 'double': {
      const bytes = Buffer.alloc(9);
      bytes.writeUInt8((4 << 3) | 1);
      bytes.writeDoubleLE(value.value, 1);
      return bytes;
    }
    case 'array':
      return message(5, ...value.value.map((item) => message(1, encodeValue(item))));
    case 'kvlist':
      return message(6, ...attributes(1, value.value));
    case 'bytes':
      return message(7, Buffer.from(value.value, 'base64'));
    case 'empty':
      return Buffer.alloc(0);
    default:
      return value satisfies never;
  }
}

export function message(field: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint((field << 3) | 2), varint(body.byteLength), body]);
}

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

function text(field: number, value: string): Buffer {
  return value === '' ? Buffer.alloc(0) : message(field, Buffer.from(value));
}

function hex(field: number, value: string): Buffer {
  return value === '' ? Buffer.alloc(0) : message(field, Buffer.from(value, 'hex'));
}

function uint(field: number, value: number): Buffer {
  if (value === 0) return Buffer.alloc(0);
  return Buffer.concat([varint(field << 3), varint(BigInt.asUintN(64, BigInt(value)))]);
}

function fixed32(field: number, value: number): Buffer {
  if (value === 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return Buffer.concat([varint((field << 3) | 5), bytes]);
}

function time(field: number, { us, ns }: OtlpTime): Buffer {
  if (us === 0 && ns === 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(us) * 1000n + BigInt(ns));
  return Buffer.concat([varint((field << 3) | 1), bytes]);
}
