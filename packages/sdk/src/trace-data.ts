/** Bytes of keys and values that are not the header's own and are carried on, together. */
const EXTRA_CHARS_MAX = 256;
/** A longer text is no trace header. */
const HEADER_CHARS_MAX = 8_192;

/** What a trace header says, as texts; nothing is checked here. Empty when there was none. */
export interface TraceData {
  root?: string;
  parent?: string;
  /** `1`, `0` or `?`. */
  sampled?: string;
  self?: string;
  /** All other pairs, such as `Lineage`. */
  data?: Record<string, string>;
}

/** As every SDK and load balancer writes it; what it is made of stands at fixed places. */
const USUAL = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01]$/;

/**
 * header = field *( ";" field )
 * field  = OWS key "=" value OWS     ; key in any letter case
 */
export function processTraceData(header?: string): TraceData {
  if (typeof header !== 'string' || header === '' || header.length > HEADER_CHARS_MAX) return {};
  if (USUAL.test(header)) {
    return { root: header.slice(5, 40), parent: header.slice(48, 64), sampled: header.slice(73), data: {} };
  }
  const found: TraceData = {};
  const data: Record<string, string> = Object.create(null);
  let room = EXTRA_CHARS_MAX;
  for (const field of header.split(';')) {
    const equals = field.indexOf('=');
    if (equals < 0) continue;
    const key = field.slice(0, equals).trim();
    const value = field.slice(equals + 1).trim();
    if (key === '' || value === '') continue;
    const lower = key.toLowerCase();
    if (lower === 'root' || lower === 'parent' || lower === 'sampled' || lower === 'self') found[lower] = value;
    else if (key.length + value.length <= room) {
      data[key] = value;
      room -= key.length + value.length;
    }
  }
  found.data = { ...data };
  return found;
}
