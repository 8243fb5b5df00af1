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

const utf8 = new TextDecoder();

/** Varints and byte strings by field number, as far as they can be read; the last of a repeated field counts. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> {
  const fields = new Map<number, number | Uint8Array>();
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
    if (tag % 8 === 0) fields.set(number, value);
    else if (tag % 8 === 2) {
      fields.set(number, bytes.subarray(at, at + value));
      at += value;
    } else break;
  }
  return fields;
}
