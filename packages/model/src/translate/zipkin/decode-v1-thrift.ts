import { bad, ok, type Result } from '../../result.ts';
import { createThriftReader, THRIFT, ThriftFault, type ThriftReader } from '../jaeger/thrift-reader.ts';
import { printHex } from '../rpc/proto-reader.ts';
import { readV1Span } from './decode-v1-json.ts';
import { printIpv4, printIpv6 } from './decode-v2-proto.ts';
import {
  ZIPKIN_ANNOTATIONS_MAX,
  ZIPKIN_SPANS_MAX,
  ZIPKIN_TAGS_MAX,
  type ZipkinBatch,
  type ZipkinProblem,
  type ZipkinSpan,
} from './zipkin-span.ts';

/**
 * body             = list<Span>
 * Span             = { 1: trace_id i64, 3: name, 4: id i64, 5: parent_id i64, 6: list<Annotation>, 8: list<BinaryAnnotation>,
 *                      9: debug bool, 10: timestamp i64 µs, 11: duration i64 µs, 12: trace_id_high i64 }
 * Annotation       = { 1: timestamp i64 µs, 2: value, 3: Endpoint }
 * BinaryAnnotation = { 1: key, 2: value binary, 3: type i32, 4: Endpoint }
 *                      ; type: 0 bool, 1 bytes, 2 i16, 3 i32, 4 i64, 5 double, 6 string
 * Endpoint         = { 1: ipv4 i32, 2: port i16, 3: service_name, 4: ipv6 16OCTET }
 *
 * In Thrift's binary protocol, as old tracers post it to /api/v1/spans (zipkinCore.thrift of openzipkin/zipkin-api). Unknown
 * fields, and fields of another type than these, are skipped. What a span says is read as of v1's JSON.
 */
export function decodeZipkinV1Thrift(bytes: Uint8Array): Result<ZipkinBatch, ZipkinProblem> {
  const reader = createThriftReader(bytes);
  const spans: ZipkinSpan[] = [];
  const refused: ZipkinProblem[] = [];
  try {
    reader.list(THRIFT.struct, ZIPKIN_SPANS_MAX, () => {
      const read = readV1Span(readSpan(reader));
      if (read.ok) spans.push(...read.value);
      else refused.push(read.problem);
    });
  } catch (error) {
    if (!(error instanceof ThriftFault)) throw error;
    return bad({ code: 'bad-thrift', message: `body: ${error.message}` });
  }
  return ok({ spans, refused });
}

/** A span as v1's JSON has it. */
function readSpan(reader: ThriftReader): object {
  let [low, high, id, parentId] = [0n, 0n, 0n, 0n];
  let name = '';
  let isDebug = false;
  let [timestamp, duration] = [0n, 0n];
  const annotations: object[] = [];
  const binaryAnnotations: object[] = [];
  reader.struct((field, type) => {
    if (field === 1 && type === THRIFT.i64) low = reader.i64();
    else if (field === 3 && type === THRIFT.string) name = reader.text();
    else if (field === 4 && type === THRIFT.i64) id = reader.i64();
    else if (field === 5 && type === THRIFT.i64) parentId = reader.i64();
    else if (field === 6 && type === THRIFT.list) {
      reader.list(THRIFT.struct, ZIPKIN_ANNOTATIONS_MAX, () => annotations.push(readAnnotation(reader)));
    } else if (field === 8 && type === THRIFT.list) {
      reader.list(THRIFT.struct, ZIPKIN_TAGS_MAX, () => binaryAnnotations.push(readBinaryAnnotation(reader)));
    } else if (field === 9 && type === THRIFT.bool) isDebug = reader.bool();
    else if (field === 10 && type === THRIFT.i64) timestamp = reader.i64();
    else if (field === 11 && type === THRIFT.i64) duration = reader.i64();
    else if (field === 12 && type === THRIFT.i64) high = reader.i64();
    else return false;
    return true;
  });
  return {
    traceId: hex16(high) + hex16(low),
    id: hex16(id),
    parentId: hex16(parentId),
    name,
    timestamp: Number(timestamp),
    duration: Number(duration),
    debug: isDebug,
    annotations,
    binaryAnnotations,
  };
}

function readAnnotation(reader: ThriftReader): object {
  let timestamp = 0n;
  let value = '';
  let endpoint: object | undefined;
  reader.struct((field, type) => {
    if (field === 1 && type === THRIFT.i64) timestamp = reader.i64();
    else if (field === 2 && type === THRIFT.string) value = reader.text();
    else if (field === 3 && type === THRIFT.struct) endpoint = readEndpoint(reader);
    else return false;
    return true;
  });
  return { timestamp: Number(timestamp), value, endpoint };
}

function readBinaryAnnotation(reader: ThriftReader): object {
  let key = '';
  let value: Uint8Array = new Uint8Array();
  let valueType = STRING_VALUE;
  let endpoint: object | undefined;
  reader.struct((field, type) => {
    if (field === 1 && type === THRIFT.string) key = reader.text();
    else if (field === 2 && type === THRIFT.string) value = reader.bytes();
    else if (field === 3 && type === THRIFT.i32) valueType = reader.i32();
    else if (field === 4 && type === THRIFT.struct) endpoint = readEndpoint(reader);
    else return false;
    return true;
  });
  return { key, value: readValue(valueType, value), endpoint };
}

const STRING_VALUE = 6;

/** Bytes of another length than their type's, and of no known type, are hex digits. */
function readValue(type: number, bytes: Uint8Array): unknown {
  if (type === STRING_VALUE) return utf8.decode(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (`${type} ${bytes.byteLength}`) {
    case '0 1':
      return view.getUint8(0) !== 0;
    case '2 2':
      return view.getInt16(0);
    case '3 4':
      return view.getInt32(0);
    case '4 8':
      return view.getBigInt64(0).toString();
    case '5 8':
      return view.getFloat64(0);
    default:
      return printHex(bytes);
  }
}

const utf8 = new TextDecoder();

function readEndpoint(reader: ThriftReader): object {
  let serviceName = '';
  let ipv4 = 0;
  let port = 0;
  let ipv6 = '';
  reader.struct((field, type) => {
    if (field === 1 && type === THRIFT.i32) ipv4 = reader.i32();
    else if (field === 2 && type === THRIFT.i16) port = reader.i16() & 0xffff;
    else if (field === 3 && type === THRIFT.string) serviceName = reader.text();
    else if (field === 4 && type === THRIFT.string) ipv6 = printIpv6(reader.bytes());
    else return false;
    return true;
  });
  const octets = Uint8Array.of(ipv4 >> 24, ipv4 >> 16, ipv4 >> 8, ipv4);
  return { serviceName, ipv4: ipv4 === 0 ? '' : printIpv4(octets), port, ipv6 };
}

function hex16(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
}
