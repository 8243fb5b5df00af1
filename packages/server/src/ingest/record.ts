import { bad, ok, timeUs, type Result, type TimeUs } from '@fluoroscope/model';

/**
 * One accepted document as the journal keeps it.
 *
 *   record = version receivedUs text
 *   version    u8        1
 *   receivedUs f64 LE    when it arrived, in µs since 1970
 *   text       UTF-8     the cleaned document as JSON, to the end of the record
 */
export interface IngestRecord {
  readonly receivedUs: TimeUs;
  readonly text: string;
}

const VERSION = 1;
const RECEIVED_AT = 1;
const TEXT_AT = 9;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// Hot path: the records of a call share one allocation, and no text is measured twice. ingest.bench.ts
export function encodeRecords(texts: readonly string[], receivedUs: TimeUs): Uint8Array[] {
  const sizes = texts.map((text) => TEXT_AT + Buffer.byteLength(text));
  let total = 0;
  for (const size of sizes) total += size;
  const slab = Buffer.allocUnsafeSlow(total);
  let at = 0;
  return texts.map((text, index) => {
    const size = sizes[index] ?? 0;
    slab.writeUInt8(VERSION, at);
    slab.writeDoubleLE(receivedUs, at + RECEIVED_AT);
    slab.write(text, at + TEXT_AT, 'utf8');
    const record = slab.subarray(at, at + size);
    at += size;
    return record;
  });
}

export function decodeRecord(bytes: Uint8Array): Result<IngestRecord, 'too-short' | 'unknown-version' | 'not-utf8'> {
  if (bytes.byteLength < TEXT_AT) return bad('too-short');
  if (bytes[0] !== VERSION) return bad('unknown-version');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const text = utf8.decode(bytes.subarray(TEXT_AT));
    return ok({ receivedUs: timeUs(view.getFloat64(RECEIVED_AT, true)), text });
  } catch {
    return bad('not-utf8');
  }
}
