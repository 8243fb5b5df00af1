import { toOtlpGroups, type TraceDocument, type TraceId } from '@fluoroscope/model';
import { encodeRequest } from '../otlp/encode-request.ts';
import { printRequest } from './print-request.ts';

/** otlp_proto, otlp_json: an ExportTraceServiceRequest; xray_json: a segment document. */
export type KafkaEncoding = 'otlp_proto' | 'otlp_json' | 'xray_json';

export interface KafkaRecords {
  readonly values: readonly Uint8Array[];
  /** One a record: its trace's id, 32 hex digits. */
  readonly keys: readonly string[];
  /** Documents that no record may carry. */
  readonly tooLarge: number;
}

/** Each record has documents of one trace, and `bytesMax` at most. */
export function encodeRecords(
  documents: readonly TraceDocument[],
  encoding: KafkaEncoding,
  bytesMax: number,
): KafkaRecords {
  const values: Uint8Array[] = [];
  const keys: string[] = [];
  let tooLarge = 0;

  function add(part: readonly TraceDocument[]): void {
    const [first] = part;
    if (first === undefined) return;
    const value = encode(part, encoding);
    if (value === null) return;
    if (value.byteLength <= bytesMax) {
      values.push(value);
      keys.push(first.trace_id.replaceAll('-', '').slice(1));
    } else if (part.length === 1) {
      tooLarge += 1;
    } else {
      const middle = Math.ceil(part.length / 2);
      add(part.slice(0, middle));
      add(part.slice(middle));
    }
  }

  const traces = new Map<TraceId, TraceDocument[]>();
  for (const document of documents) {
    const known = traces.get(document.trace_id);
    if (known === undefined) traces.set(document.trace_id, [document]);
    else known.push(document);
  }
  for (const trace of traces.values()) {
    if (encoding === 'xray_json') for (const document of trace) add([document]);
    else add(trace);
  }
  return { values, keys, tooLarge };
}

/** Null when there is nothing to send: what was inferred is no span. */
function encode(documents: readonly TraceDocument[], encoding: KafkaEncoding): Uint8Array | null {
  if (encoding === 'xray_json') return Buffer.from(JSON.stringify(documents[0]));
  const groups = toOtlpGroups(documents);
  if (groups.length === 0) return null;
  return encoding === 'otlp_proto' ? encodeRequest(groups) : Buffer.from(printRequest(groups));
}
