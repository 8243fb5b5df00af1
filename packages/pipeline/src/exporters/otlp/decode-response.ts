/** What an ExportTraceServiceResponse says was refused. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

const NONE: PartialSuccess = { rejectedSpans: 0, message: '' };

/**
 * response        = [ partial-success = 1 ]
 * partial-success = [ rejected_spans = 1, varint ] [ error_message = 2, string ]
 *
 * All was taken where the bytes say nothing else, or cannot be read: the status has said already that the request was good.
 */
export function readExportResponse(bytes: Uint8Array): PartialSuccess {
  const partial = fieldsOf(bytes).get(1);
  if (partial === undefined || typeof partial === 'number') return NONE;
  const fields = fieldsOf(partial);
  const rejected = fields.get(1);
  const message = fields.get(2);
  return {
    rejectedSpans: typeof rejected === 'number' ? rejected : 0,
    message: message instanceof Uint8Array ? utf8.decode(message) : '',
  };
}

/** Likewise of one in JSON: {"partialSuccess": {"rejectedSpans": "2", "errorMessage": "…"}} */
export function readExportResponseJson(text: string): PartialSuccess {
  const partial = memberOf(readJson(text), 'partialSuccess');
  const rejected = Number(memberOf(partial, 'rejectedSpans') ?? 0);
  const message = memberOf(partial, 'errorMessage');
  return {
    rejectedSpans: Number.isSafeInteger(rejected) ? Math.max(0, rejected) : 0,
    message: typeof message === 'string' ? message : '',
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

const utf8 = new TextDecoder();

/**
 * status = [ code = 1, varint ] [ message = 2, string ] *( details = 3, any )      ; google.rpc.Status
 * any    = [ type_url = 1, string ] [ value = 2, retry-info ]
 * retry-info = [ retry_delay = 1, ( seconds = 1, varint ) ( nanos = 2, varint ) ]
 *
 * In milliseconds; null when no detail says it.
 */
export function readRetryDelayMs(status: Uint8Array): number | null {
  for (const [number, detail] of entriesOf(status)) {
    if (number !== 3 || typeof detail === 'number') continue;
    const any = fieldsOf(detail);
    const [type, value] = [any.get(1), any.get(2)];
    if (!(type instanceof Uint8Array) || !utf8.decode(type).endsWith('/google.rpc.RetryInfo')) continue;
    const delay = value instanceof Uint8Array ? fieldsOf(value).get(1) : undefined;
    const fields = delay instanceof Uint8Array ? fieldsOf(delay) : new Map<number, number>();
    const [seconds = 0, nanos = 0] = [fields.get(1), fields.get(2)];
    return typeof seconds === 'number' && typeof nanos === 'number' ? seconds * 1e3 + nanos / 1e6 : 0;
  }
  return null;
}

/** Varints and byte strings by field number, as far as they can be read; the last of a repeated field counts. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> {
  return new Map(entriesOf(bytes));
}

function* entriesOf(bytes: Uint8Array): Generator<readonly [field: number, value: number | Uint8Array]> {
  let at = 0;
  function varint(): number {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  }
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) yield [number, value];
    else if (tag % 8 === 2) {
      yield [number, bytes.subarray(at, at + value)];
      at += value;
    } else return;
  }
}
