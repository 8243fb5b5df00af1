import { bad, ok, type Result } from '../../result.ts';
import { printHex } from '../rpc/proto-reader.ts';
import {
  float64Value,
  int64Value,
  JAEGER_ITEMS_MAX,
  JAEGER_SPANS_MAX,
  type JaegerBatch,
  type JaegerLog,
  type JaegerProblem,
  type JaegerProcess,
  type JaegerSpan,
  type JaegerTag,
} from './jaeger-span.ts';
import { finishSpan, readTimeUs, type ReferenceParts } from './span-parts.ts';
import { createThriftReader, THRIFT, ThriftFault, type ThriftReader } from './thrift-reader.ts';

/**
 * Batch   = { 1: Process, 2: list<Span> }
 * Process = { 1: serviceName, 2: list<Tag> }
 * Span    = { 1: traceIdLow i64, 2: traceIdHigh i64, 3: spanId i64, 4: parentSpanId i64, 5: operationName,
 *             6: list<SpanRef>, 7: flags i32, 8: startTime i64 µs, 9: duration i64 µs, 10: list<Tag>, 11: list<Log>,
 *             12: incomplete bool }
 * SpanRef = { 1: refType i32, 2: traceIdLow i64, 3: traceIdHigh i64, 4: spanId i64 }   ; 0 child of, 1 follows from
 * Tag     = { 1: key, 2: vType i32, 3: string, 4: double, 5: bool, 6: i64, 7: binary } ; vType: 0 string, 1 double, 2 bool, 3 long, 4 binary
 * Log     = { 1: timestamp i64 µs, 2: list<Tag> }
 *
 * In Thrift's binary protocol, as clients post it to /api/traces (jaeger.thrift of jaegertracing/jaeger-idl). Unknown
 * fields, and fields of another type than these, are skipped.
 */
export function decodeJaegerThrift(bytes: Uint8Array): Result<JaegerBatch, JaegerProblem> {
  const reader = createThriftReader(bytes);
  let process: JaegerProcess = { serviceName: '', tags: [] };
  const parts: SpanParts[] = [];
  try {
    reader.struct((id, type) => {
      if (id === 1 && type === THRIFT.struct) process = readProcess(reader);
      else if (id === 2 && type === THRIFT.list) {
        reader.list(THRIFT.struct, JAEGER_SPANS_MAX, () => parts.push(readSpan(reader)));
      } else return false;
      return true;
    });
  } catch (error) {
    if (!(error instanceof ThriftFault)) throw error;
    return bad({ code: 'bad-thrift', message: `body: ${error.message}` });
  }
  const spans: JaegerSpan[] = [];
  const refused: JaegerProblem[] = [];
  for (const part of parts) {
    const span = finishSpan({ ...part, warnings: [], process });
    if (span.ok) spans.push(span.value);
    else refused.push(span.problem);
  }
  return ok({ spans, refused });
}

type SpanParts = Omit<Parameters<typeof finishSpan>[0], 'warnings' | 'process'>;

function readProcess(reader: ThriftReader): JaegerProcess {
  let serviceName = '';
  let tags: readonly JaegerTag[] = [];
  reader.struct((id, type) => {
    if (id === 1 && type === THRIFT.string) serviceName = reader.text();
    else if (id === 2 && type === THRIFT.list) tags = readTags(reader);
    else return false;
    return true;
  });
  return { serviceName, tags };
}

function readSpan(reader: ThriftReader): SpanParts {
  let low = 0n;
  let high = 0n;
  let spanId = 0n;
  let parentId = 0n;
  let operationName = '';
  let flags = 0;
  let startUs = 0n;
  let durationUs = 0n;
  let tags: readonly JaegerTag[] = [];
  let isIncomplete = false;
  const references: ReferenceParts[] = [];
  const logs: JaegerLog[] = [];
  reader.struct((id, type) => {
    if (id === 1 && type === THRIFT.i64) low = reader.i64();
    else if (id === 2 && type === THRIFT.i64) high = reader.i64();
    else if (id === 3 && type === THRIFT.i64) spanId = reader.i64();
    else if (id === 4 && type === THRIFT.i64) parentId = reader.i64();
    else if (id === 5 && type === THRIFT.string) operationName = reader.text();
    else if (id === 6 && type === THRIFT.list) {
      reader.list(THRIFT.struct, JAEGER_ITEMS_MAX, () => references.push(readReference(reader)));
    } else if (id === 7 && type === THRIFT.i32) flags = reader.i32();
    else if (id === 8 && type === THRIFT.i64) startUs = reader.i64();
    else if (id === 9 && type === THRIFT.i64) durationUs = reader.i64();
    else if (id === 10 && type === THRIFT.list) tags = readTags(reader);
    else if (id === 11 && type === THRIFT.list) {
      reader.list(THRIFT.struct, JAEGER_ITEMS_MAX, () => logs.push(readLog(reader)));
    } else if (id === 12 && type === THRIFT.bool) isIncomplete = reader.bool();
    else return false;
    return true;
  });
  return {
    traceId: hex16(high) + hex16(low),
    spanId: hex16(spanId),
    parentId: hex16(parentId),
    operationName,
    references,
    flags,
    startUs: Number(startUs),
    durationUs: Number(durationUs),
    tags,
    logs,
    isIncomplete,
  };
}

function readReference(reader: ThriftReader): ReferenceParts {
  let kind = 0;
  let low = 0n;
  let high = 0n;
  let spanId = 0n;
  reader.struct((id, type) => {
    if (id === 1 && type === THRIFT.i32) kind = reader.i32();
    else if (id === 2 && type === THRIFT.i64) low = reader.i64();
    else if (id === 3 && type === THRIFT.i64) high = reader.i64();
    else if (id === 4 && type === THRIFT.i64) spanId = reader.i64();
    else return false;
    return true;
  });
  return { kind, traceId: hex16(high) + hex16(low), spanId: hex16(spanId) };
}

function readLog(reader: ThriftReader): JaegerLog {
  let timestamp = 0n;
  let fields: readonly JaegerTag[] = [];
  reader.struct((id, type) => {
    if (id === 1 && type === THRIFT.i64) timestamp = reader.i64();
    else if (id === 2 && type === THRIFT.list) fields = readTags(reader);
    else return false;
    return true;
  });
  return { timestamp: readTimeUs(Number(timestamp)), fields };
}

function readTags(reader: ThriftReader): readonly JaegerTag[] {
  const tags: JaegerTag[] = [];
  reader.list(THRIFT.struct, JAEGER_ITEMS_MAX, () => tags.push(readTag(reader)));
  return tags;
}

function readTag(reader: ThriftReader): JaegerTag {
  let key = '';
  let kind = 0;
  let text = '';
  let double = 0;
  let flag = false;
  let long = 0n;
  let binary = '';
  reader.struct((id, type) => {
    if (id === 1 && type === THRIFT.string) key = reader.text();
    else if (id === 2 && type === THRIFT.i32) kind = reader.i32();
    else if (id === 3 && type === THRIFT.string) text = reader.text();
    else if (id === 4 && type === THRIFT.double) double = reader.double();
    else if (id === 5 && type === THRIFT.bool) flag = reader.bool();
    else if (id === 6 && type === THRIFT.i64) long = reader.i64();
    else if (id === 7 && type === THRIFT.string) binary = printHex(reader.bytes());
    else return false;
    return true;
  });
  if (kind === 1) return { key, type: 'float64', value: float64Value(double) };
  if (kind === 2) return { key, type: 'bool', value: flag };
  if (kind === 3) return { key, type: 'int64', value: int64Value(long) };
  if (kind === 4) return { key, type: 'binary', value: binary };
  return { key, type: 'string', value: text };
}

function hex16(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
}
