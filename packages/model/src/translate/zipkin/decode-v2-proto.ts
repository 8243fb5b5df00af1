import { bad, ok, type Result } from '../../result.ts';
import { createProtoReader, printHex, ProtoFault } from '../rpc/proto-reader.ts';
import { badField, readEndpoint, readIds, readMicros } from './span-fields.ts';
import {
  ZIPKIN_ANNOTATIONS_MAX,
  ZIPKIN_SPANS_MAX,
  ZIPKIN_TAGS_MAX,
  type ZipkinAnnotation,
  type ZipkinBatch,
  type ZipkinEndpoint,
  type ZipkinKind,
  type ZipkinProblem,
  type ZipkinSpan,
} from './zipkin-span.ts';

/**
 * ListOfSpans = { 1: Span* }
 * Span        = { 1: trace_id 8/16OCTET, 2: parent_id 8OCTET, 3: id 8OCTET, 4: kind, 5: name, 6: timestamp fixed64,
 *                 7: duration, 8: local_endpoint, 9: remote_endpoint, 10: Annotation*, 11: tags*, 12: debug, 13: shared }
 * kind        = 1 client / 2 server / 3 producer / 4 consumer
 * Endpoint    = { 1: service_name, 2: ipv4 4OCTET, 3: ipv6 16OCTET, 4: port }
 * Annotation  = { 1: timestamp fixed64, 2: value }
 * tags        = { 1: key, 2: value }
 *
 * As zipkin.proto of the project openzipkin/zipkin-api. Unknown fields are skipped.
 */
export function decodeZipkinV2Proto(bytes: Uint8Array): Result<ZipkinBatch, ZipkinProblem> {
  const spans: ZipkinSpan[] = [];
  const refused: ZipkinProblem[] = [];
  try {
    const list = createProtoReader(bytes);
    for (let field = list.next(); field !== 0; field = list.next()) {
      if (field !== 1) {
        list.skip();
        continue;
      }
      if (spans.length + refused.length === ZIPKIN_SPANS_MAX) {
        return bad({ code: 'too-many-spans', message: `body: expected at most ${ZIPKIN_SPANS_MAX} spans` });
      }
      const span = readSpan(list.bytes());
      if (span.ok) spans.push(span.value);
      else refused.push(span.problem);
    }
  } catch (error) {
    if (!(error instanceof ProtoFault)) throw error;
    return bad({ code: 'bad-protobuf', message: `body: ${error.message}` });
  }
  return ok({ spans, refused });
}

const KINDS: readonly (ZipkinKind | undefined)[] = [undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];

/** Of one span, before it is known to be usable. */
interface SpanParts {
  traceId: string;
  parentId: string;
  id: string;
  kind: ZipkinKind | undefined;
  name: string;
  timestamp: number;
  duration: number;
  local: ZipkinEndpoint | undefined;
  remote: ZipkinEndpoint | undefined;
  annotations: ZipkinAnnotation[];
  tags: [string, string][];
  isDebug: boolean;
  isShared: boolean;
}

function readSpan(bytes: Uint8Array): Result<ZipkinSpan, ZipkinProblem> {
  const parts: SpanParts = {
    traceId: '',
    parentId: '',
    id: '',
    kind: undefined,
    name: '',
    timestamp: 0,
    duration: 0,
    local: undefined,
    remote: undefined,
    annotations: [],
    tags: [],
    isDebug: false,
    isShared: false,
  };
  readParts(bytes, parts);
  const ids = readIds(parts.traceId, parts.id, parts.parentId);
  if (!ids.ok) return ids;
  const { kind, name, local, remote, annotations, tags, isDebug, isShared } = parts;
  if (annotations.length > ZIPKIN_ANNOTATIONS_MAX) {
    return badField('annotations', `at most ${ZIPKIN_ANNOTATIONS_MAX}`, annotations.length);
  }
  if (tags.length > ZIPKIN_TAGS_MAX) return badField('tags', `at most ${ZIPKIN_TAGS_MAX}`, tags.length);
  const { traceId, id, parentId } = ids.value;
  const timestamp = readMicros(parts.timestamp);
  const duration = readMicros(parts.duration);
  return ok({
    traceId,
    id,
    ...(parentId !== undefined && { parentId }),
    ...(kind !== undefined && { kind }),
    ...(name !== '' && { name }),
    ...(timestamp !== undefined && { timestamp }),
    ...(duration !== undefined && { duration }),
    ...(local !== undefined && { localEndpoint: local }),
    ...(remote !== undefined && { remoteEndpoint: remote }),
    ...(annotations.length > 0 && { annotations }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
    ...(isDebug && { debug: true }),
    ...(isShared && { shared: true }),
  });
}

function readParts(bytes: Uint8Array, parts: SpanParts): void {
  const span = createProtoReader(bytes);
  for (let field = span.next(); field !== 0; field = span.next()) {
    if (field === 1) parts.traceId = printHex(span.bytes().subarray(0, ID_BYTES_READ));
    else if (field === 2) parts.parentId = printHex(span.bytes().subarray(0, ID_BYTES_READ));
    else if (field === 3) parts.id = printHex(span.bytes().subarray(0, ID_BYTES_READ));
    else if (field === 4) parts.kind = KINDS[span.varint()];
    else if (field === 5) parts.name = span.text();
    else if (field === 6) parts.timestamp = span.fixed64();
    else if (field === 7) parts.duration = span.varint();
    else if (field === 8) parts.local = readProtoEndpoint(span.bytes());
    else if (field === 9) parts.remote = readProtoEndpoint(span.bytes());
    else if (field === 10) readAnnotation(span.bytes(), parts.annotations);
    else if (field === 11) parts.tags.push(readTag(span.bytes()));
    else if (field === 12) parts.isDebug = span.varint() !== 0;
    else if (field === 13) parts.isShared = span.varint() !== 0;
    else span.skip();
  }
}

/** One more than an id can have, so that a longer one is seen to be wrong. */
const ID_BYTES_READ = 17;

function readAnnotation(bytes: Uint8Array, annotations: ZipkinAnnotation[]): void {
  const reader = createProtoReader(bytes);
  let timestamp = 0;
  let value = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) timestamp = reader.fixed64();
    else if (field === 2) value = reader.text();
    else reader.skip();
  }
  const at = readMicros(timestamp);
  if (at !== undefined && value !== '') annotations.push({ timestamp: at, value });
}

function readTag(bytes: Uint8Array): [string, string] {
  const reader = createProtoReader(bytes);
  const tag: [string, string] = ['', ''];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) tag[0] = reader.text();
    else if (field === 2) tag[1] = reader.text();
    else reader.skip();
  }
  return tag;
}

function readProtoEndpoint(bytes: Uint8Array): ZipkinEndpoint | undefined {
  const reader = createProtoReader(bytes);
  const found: { serviceName?: string; ipv4?: string; ipv6?: string; port?: number } = {};
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) found.serviceName = reader.text();
    else if (field === 2) found.ipv4 = printIpv4(reader.bytes());
    else if (field === 3) found.ipv6 = printIpv6(reader.bytes());
    else if (field === 4) found.port = reader.varint();
    else reader.skip();
  }
  return readEndpoint(found);
}

export function printIpv4(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : '';
}

/** As short as it can be: 2001:db8::1. */
export function printIpv6(bytes: Uint8Array): string {
  if (bytes.length !== 16) return '';
  const groups = printHex(bytes).match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
