import { bad, ok, type Result } from '../../result.ts';
import type { TimeUs } from '../../time.ts';
import { createProtoReader, printHex, ProtoFault } from '../rpc/proto-reader.ts';
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
import { finishSpan, readTimeUs, type ReferenceParts, type SpanParts } from './span-parts.ts';

/**
 * PostSpansRequest = { 1: Batch }
 * Batch     = { 1: Span*, 2: Process }
 * Span      = { 1: trace_id 16OCTET, 2: span_id 8OCTET, 3: operation_name, 4: SpanRef*, 5: flags, 6: Timestamp, 7: Duration,
 *               8: KeyValue*, 9: Log*, 10: Process, 11: process_id, 12: warnings* }
 * SpanRef   = { 1: trace_id, 2: span_id, 3: 0 child of / 1 follows from }
 * Process   = { 1: service_name, 2: KeyValue* }
 * KeyValue  = { 1: key, 2: type, 3: string, 4: bool, 5: int64, 6: double, 7: bytes }   ; 0 string, 1 bool, 2 int64, 3 float64, 4 binary
 * Log       = { 1: Timestamp, 2: KeyValue* }
 * Timestamp, Duration = { 1: seconds, 2: nanos }   ; kept to the µs
 *
 * As collector.proto and model.proto of jaegertracing/jaeger-idl, api_v2. A span's process goes before the batch's.
 */
export function decodeJaegerProto(bytes: Uint8Array): Result<JaegerBatch, JaegerProblem> {
  const parts: UnfinishedSpan[] = [];
  let process = NO_PROCESS;
  try {
    const request = createProtoReader(bytes);
    for (let field = request.next(); field !== 0; field = request.next()) {
      if (field === 1) process = readBatch(request.bytes(), parts) ?? process;
      else request.skip();
    }
  } catch (error) {
    if (!(error instanceof ProtoFault)) throw error;
    return bad({ code: 'bad-protobuf', message: `body: ${error.message}` });
  }
  const spans: JaegerSpan[] = [];
  const refused: JaegerProblem[] = [];
  for (const part of parts) {
    const span = finishSpan({ ...part, process: part.process ?? process });
    if (span.ok) spans.push(span.value);
    else refused.push(span.problem);
  }
  return ok({ spans, refused });
}

const NO_PROCESS: JaegerProcess = { serviceName: '', tags: [] };

type UnfinishedSpan = Omit<SpanParts, 'process'> & { readonly process: JaegerProcess | null };

function readBatch(bytes: Uint8Array, spans: UnfinishedSpan[]): JaegerProcess | null {
  const batch = createProtoReader(bytes);
  let process: JaegerProcess | null = null;
  for (let field = batch.next(); field !== 0; field = batch.next()) {
    if (field === 1) push(spans, readSpan(batch.bytes()), JAEGER_SPANS_MAX);
    else if (field === 2) process = readProcess(batch.bytes());
    else batch.skip();
  }
  return process;
}

function readSpan(bytes: Uint8Array): UnfinishedSpan {
  const reader = createProtoReader(bytes);
  let traceId = '';
  let spanId = '';
  let operationName = '';
  let flags = 0;
  let startUs = 0;
  let durationUs = 0;
  let process: JaegerProcess | null = null;
  const references: ReferenceParts[] = [];
  const tags: JaegerTag[] = [];
  const logs: JaegerLog[] = [];
  const warnings: string[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) traceId = readId(reader.bytes());
    else if (field === 2) spanId = readId(reader.bytes());
    else if (field === 3) operationName = reader.text();
    else if (field === 4) push(references, readReference(reader.bytes()), JAEGER_ITEMS_MAX);
    else if (field === 5) flags = reader.varint();
    else if (field === 6) startUs = readUs(reader.bytes());
    else if (field === 7) durationUs = readUs(reader.bytes());
    else if (field === 8) push(tags, readTag(reader.bytes()), JAEGER_ITEMS_MAX);
    else if (field === 9) push(logs, readLog(reader.bytes()), JAEGER_ITEMS_MAX);
    else if (field === 10) process = readProcess(reader.bytes());
    else if (field === 12) push(warnings, reader.text(), JAEGER_ITEMS_MAX);
    else reader.skip();
  }
  const ids = { traceId, spanId, parentId: '' };
  return {
    ...ids,
    operationName,
    references,
    flags,
    startUs,
    durationUs,
    tags,
    logs,
    isIncomplete: false,
    warnings,
    process,
  };
}

/** One more byte than an id can have, so that a longer one is seen to be wrong. */
function readId(bytes: Uint8Array): string {
  return printHex(bytes.subarray(0, 17));
}

function readReference(bytes: Uint8Array): ReferenceParts {
  const reader = createProtoReader(bytes);
  let traceId = '';
  let spanId = '';
  let kind = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) traceId = readId(reader.bytes());
    else if (field === 2) spanId = readId(reader.bytes());
    else if (field === 3) kind = reader.varint();
    else reader.skip();
  }
  return { kind, traceId, spanId };
}

function readProcess(bytes: Uint8Array): JaegerProcess {
  const reader = createProtoReader(bytes);
  let serviceName = '';
  const tags: JaegerTag[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) serviceName = reader.text();
    else if (field === 2) push(tags, readTag(reader.bytes()), JAEGER_ITEMS_MAX);
    else reader.skip();
  }
  return { serviceName, tags };
}

function readLog(bytes: Uint8Array): JaegerLog {
  const reader = createProtoReader(bytes);
  let timestamp: TimeUs = readTimeUs(0);
  const fields: JaegerTag[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) timestamp = readTimeUs(readUs(reader.bytes()));
    else if (field === 2) push(fields, readTag(reader.bytes()), JAEGER_ITEMS_MAX);
    else reader.skip();
  }
  return { timestamp, fields };
}

function readUs(bytes: Uint8Array): number {
  const reader = createProtoReader(bytes);
  let seconds = 0;
  let nanos = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) seconds = Number(reader.int64());
    else if (field === 2) nanos = Number(reader.int64());
    else reader.skip();
  }
  return seconds * 1e6 + Math.floor(nanos / 1e3);
}

function readTag(bytes: Uint8Array): JaegerTag {
  const reader = createProtoReader(bytes);
  let key = '';
  let kind = 0;
  let text = '';
  let flag = false;
  let long = 0n;
  let double = 0;
  let binary = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.text();
    else if (field === 2) kind = reader.varint();
    else if (field === 3) text = reader.text();
    else if (field === 4) flag = reader.varint() !== 0;
    else if (field === 5) long = reader.int64();
    else if (field === 6) double = reader.double();
    else if (field === 7) binary = printHex(reader.bytes());
    else reader.skip();
  }
  if (kind === 1) return { key, type: 'bool', value: flag };
  if (kind === 2) return { key, type: 'int64', value: int64Value(long) };
  if (kind === 3) return { key, type: 'float64', value: float64Value(double) };
  if (kind === 4) return { key, type: 'binary', value: binary };
  return { key, type: 'string', value: text };
}

function push<T>(list: T[], item: T, itemsMax: number): void {
  if (list.length === itemsMax) throw new ProtoFault(`expected at most ${itemsMax} items in a list`);
  list.push(item);
}
