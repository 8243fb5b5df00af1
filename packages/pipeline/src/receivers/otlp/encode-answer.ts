// The few messages that answers are made of, in protobuf's encoding (wire-reader.ts has its grammar).

/** ExportTraceServiceResponse: `partial_success = 1 { rejected_spans = 1, error_message = 2 }`, left out when all is well. */
export function encodeExportResponse(rejectedSpans: number, message: string): Uint8Array {
  if (rejectedSpans === 0) return new Uint8Array();
  return field(1, Buffer.concat([number(1, rejectedSpans), text(2, message)]));
}

/** google.rpc.Status: `code = 1, message = 2, details = 3`; the detail is RetryInfo. */
export function encodeStatus(code: number, message: string, retryAfterSeconds?: number): Uint8Array {
  const parts = [number(1, code), text(2, message)];
  if (retryAfterSeconds !== undefined) parts.push(field(3, encodeRetryInfo(retryAfterSeconds)));
  return Buffer.concat(parts);
}

/** google.protobuf.Any `type_url = 1, value = 2` of google.rpc.RetryInfo `retry_delay = 1 { seconds = 1 }` */
function encodeRetryInfo(retryAfterSeconds: number): Buffer {
  const info = field(1, number(1, retryAfterSeconds));
  return Buffer.concat([text(1, 'type.googleapis.com/google.rpc.RetryInfo'), field(2, info)]);
}

/** grpc.health.v1.HealthCheckResponse: `status = 1`; 1 is SERVING, 2 NOT_SERVING. */
export function encodeHealth(isServing: boolean): Uint8Array {
  return number(1, isServing ? 1 : 2);
}

function text(at: number, value: string): Buffer {
  return value === '' ? Buffer.alloc(0) : field(at, Buffer.from(value));
}

function field(at: number, body: Uint8Array): Buffer {
  return Buffer.concat([varint((at << 3) | 2), varint(body.byteLength), body]);
}

function number(at: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(at << 3), varint(Math.trunc(value))]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}
