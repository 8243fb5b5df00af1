import { bad, ok, type Result } from './result.ts';

declare const brand: unique symbol;

/**
 * trace-id = "1-" epoch "-" unique   ; lower case here, so equal ids are equal strings
 * epoch    = 8HEXDIG                 ; Unix seconds, or random when the id was made by W3C tools:
 * unique   = 24HEXDIG                ; never read a time out of it
 */
export type TraceId = string & { readonly [brand]: 'TraceId' };

const XRAY_FORM = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/;
const W3C_FORM = /^([0-9a-f]{8})([0-9a-f]{24})$/;
const ALL_ZEROS = '0'.repeat(32);
const ALL_ZEROS_XRAY = `1-${'0'.repeat(8)}-${'0'.repeat(24)}`;

/** Reads an id as X-Ray writes it, or the 32 digits that W3C headers and OTLP carry. */
export function parseTraceId(text: string): Result<TraceId, 'malformed' | 'all-zeros'> {
  const lower = text.toLowerCase();
  // As it is written almost always: no capture, no new string.
  if (XRAY_FORM.test(lower) && lower !== ALL_ZEROS_XRAY) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form was checked
    return ok(lower as TraceId);
  }
  const match = XRAY_FORM.exec(lower) ?? W3C_FORM.exec(lower);
  if (match === null) return bad('malformed');

  const [, epoch, unique] = match;
  // W3C reserves the all-zero id for "no trace"; kept, it would join unrelated requests.
  if (`${epoch}${unique}` === ALL_ZEROS) return bad('all-zeros');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- likewise
  return ok(`1-${epoch}-${unique}` as TraceId);
}

/** The 32 hex digits that W3C headers and OTLP carry. */
export function toW3cTraceId(id: TraceId): string {
  return id.slice(2, 10) + id.slice(11);
}
