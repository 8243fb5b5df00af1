import type { Json, JsonObject, TraceDocument } from '../../segment-document.ts';
import { timeUs, type TimeUs } from '../../time.ts';
import type { RpcSpan, SpanKind } from '../rpc/rpc-span.ts';
import { createServerHalves } from '../rpc/server-halves.ts';
import { toDocuments } from '../rpc/to-documents.ts';
import type { ZipkinKind, ZipkinSpan } from './zipkin-span.ts';

export interface ZipkinTranslator {
  /** `nowUs` is the start of spans that tell no time at all. Documents of earlier spans may come again, corrected. */
  translate(spans: readonly ZipkinSpan[], nowUs: TimeUs): readonly TraceDocument[];
}

/** One for each receiver: it remembers recent spans, see `createServerHalves`. */
export function createZipkinTranslator(options: { readonly rememberedSpansMax?: number } = {}): ZipkinTranslator {
  const halves = createServerHalves(options.rememberedSpansMax);
  return {
    translate(spans, nowUs) {
      const placed = halves.place(spans.map((span) => readZipkinSpan(span, nowUs)));
      return placed.flatMap(toDocuments);
    },
  };
}

const KINDS: { readonly [Kind in ZipkinKind]: SpanKind } = {
  CLIENT: 'client',
  SERVER: 'server',
  PRODUCER: 'producer',
  CONSUMER: 'consumer',
};

const NO_TAGS = {};

function readZipkinSpan(span: ZipkinSpan, nowUs: TimeUs): RpcSpan {
  const { traceId, id, parentId, kind, timestamp, duration, localEndpoint, remoteEndpoint, annotations } = span;
  const startUs = timestamp ?? annotations?.[0]?.timestamp ?? nowUs;
  return {
    traceId,
    id,
    parentId: parentId ?? null,
    kind: kind === undefined ? null : KINDS[kind],
    isShared: span.shared === true && kind === 'SERVER',
    name: span.name ?? '',
    service: localEndpoint?.serviceName ?? '',
    peer: remoteEndpoint?.serviceName ?? '',
    peerIp: remoteEndpoint?.ipv4 ?? remoteEndpoint?.ipv6 ?? null,
    startUs,
    endUs: duration === undefined ? null : timeUs(startUs + duration),
    tags: span.tags ?? NO_TAGS,
    rest: { dialect: 'zipkin', fields: restOf(span) },
    isBelowServerHalf: false,
  };
}

/** What `documentsToZipkin` takes a span from, beside ids, times and annotations. */
function restOf(span: ZipkinSpan): JsonObject {
  const rest: Record<string, Json> = {};
  if (span.parentId !== undefined) rest['parentId'] = span.parentId;
  if (span.kind !== undefined) rest['kind'] = span.kind;
  if (span.name !== undefined) rest['name'] = span.name;
  if (span.timestamp === undefined) {
    rest['timestamp'] = null;
    if (span.duration !== undefined) rest['duration'] = span.duration;
  }
  if (span.localEndpoint !== undefined) rest['localEndpoint'] = span.localEndpoint;
  if (span.remoteEndpoint !== undefined) rest['remoteEndpoint'] = span.remoteEndpoint;
  if (span.annotations !== undefined) rest['annotations'] = span.annotations;
  if (span.debug === true) rest['debug'] = true;
  if (span.shared === true) {
    rest['shared'] = true;
    // The document of a server's half has another id.
    rest['id'] = span.id;
  }
  return rest;
}
