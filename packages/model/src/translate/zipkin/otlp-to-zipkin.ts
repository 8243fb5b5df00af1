import { isJsonObject } from '../../clean-json.ts';
import type { TraceDocument } from '../../segment-document.ts';
import { timeUs } from '../../time.ts';
import { parseShortSpanId } from '../../trace-header/short-id.ts';
import { printPlain, printPlainAttributes } from '../otlp/attribute-json.ts';
import type { PlacedSpan } from '../otlp/read-kept.ts';
import { SPAN_KIND, STATUS_CODE, type OtlpAttribute, type OtlpEvent, type OtlpTime } from '../otlp/span.ts';
import { keptOf, toOtlpGroups } from '../otlp/to-spans.ts';
import type { Writable } from '../rpc/rpc-span.ts';
import { documentToZipkin } from './documents-to-zipkin.ts';
import type { ZipkinAnnotation, ZipkinEndpoint, ZipkinKind, ZipkinSpan } from './zipkin-span.ts';

/**
 * A document as a Zipkin span: the one that it was made of, or what OpenTelemetry's Collector makes of the span of OpenTelemetry or
 * Jaeger that it was made of; for documents of X-Ray the nearest there is. Null for documents that no span stands for. Subsegments
 * that it embeds are spans of their own: give it documents that are folded apart.
 */
export function documentToZipkinSpan(document: TraceDocument): ZipkinSpan | null {
  if (keptOf(document) === null && !isJsonObject(document.metadata?.['jaeger'])) return documentToZipkin(document);
  const [group] = toOtlpGroups([document]);
  const span = group?.spans[0];
  return group === undefined || span === undefined ? null : translate(document, { ...group, span });
}

/** By key; the last counts. */
type Tags = Map<string, string>;

const KINDS: ReadonlyMap<number, ZipkinKind> = new Map([
  [SPAN_KIND.client, 'CLIENT'],
  [SPAN_KIND.server, 'SERVER'],
  [SPAN_KIND.producer, 'PRODUCER'],
  [SPAN_KIND.consumer, 'CONSUMER'],
]);

function translate({ trace_id: traceId, id }: TraceDocument, { resource, scope, span }: PlacedSpan): ZipkinSpan {
  const tags: Tags = new Map();
  for (const { attributes } of [resource, scope, span]) {
    for (const attribute of attributes) tags.set(attribute.key, textOf(attribute));
  }
  const serviceName = take(tags, 'service.name');
  const localEndpoint = endpointOf(tags, 'host', serviceName);
  const remoteEndpoint = endpointOf(tags, 'peer', take(tags, 'service.peer.name', 'peer.service'));
  setTag(tags, 'otel.scope.name', scope.name);
  setTag(tags, 'otel.scope.version', scope.version);
  setTag(tags, 'w3c.tracestate', span.traceState);
  if (span.kind === SPAN_KIND.internal) tags.set('span.kind', 'internal');
  addStatus(tags, span.status);
  for (const [at, link] of span.links.entries()) {
    const attributes = printPlainAttributes(link.attributes);
    const parts = [link.traceId, link.spanId, link.traceState, attributes, link.droppedAttributesCount];
    tags.set(`otlp.link.${at}`, parts.join('|'));
  }
  const kind = KINDS.get(span.kind);
  const parent = parseShortSpanId(span.parentSpanId);
  const found: Writable<ZipkinSpan> = { traceId, id };
  if (parent.ok) found.parentId = parent.value;
  if (kind !== undefined) found.kind = kind;
  if (span.name !== '') found.name = span.name;
  if (span.start.us > 0) found.timestamp = timeUs(span.start.us);
  // Zipkin knows no duration below 1 µs.
  if (!isZero(span.end)) found.duration = Math.max(1, span.end.us - span.start.us);
  if (localEndpoint !== undefined) found.localEndpoint = localEndpoint;
  if (remoteEndpoint !== undefined) found.remoteEndpoint = remoteEndpoint;
  if (span.events.length > 0) found.annotations = span.events.map(annotationOf);
  if (tags.size > 0) found.tags = Object.fromEntries(tags);
  return found;
}

function isZero({ us, ns }: OtlpTime): boolean {
  return us === 0 && ns === 0;
}

function textOf(attribute: OtlpAttribute): string {
  return typeof attribute.value === 'object' ? printPlain(attribute) : String(attribute.value);
}

function setTag(tags: Tags, key: string, text: string): void {
  if (text !== '') tags.set(key, text);
}

/** The text of the first of the keys that is there, which are no tags then. */
function take(tags: Tags, ...keys: readonly string[]): string | undefined {
  const found = keys.map((key) => tags.get(key)).find((text) => text !== undefined);
  for (const key of keys) tags.delete(key);
  return found === '' ? undefined : found;
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*$/i;
const PORT_MAX = 65_535;

/** What is no address, and a port without one, stays a tag. */
function endpointOf(tags: Tags, side: 'host' | 'peer', serviceName: string | undefined): ZipkinEndpoint | undefined {
  const ip = tags.get(`net.${side}.ip`) ?? '';
  const port = Number(tags.get(`net.${side}.port`) ?? 0);
  const isAddress = IPV4.test(ip) || IPV6.test(ip);
  if (serviceName === undefined && !isAddress) return undefined;
  const endpoint: Writable<ZipkinEndpoint> = {};
  if (serviceName !== undefined) endpoint.serviceName = serviceName;
  if (isAddress) {
    tags.delete(`net.${side}.ip`);
    endpoint[IPV4.test(ip) ? 'ipv4' : 'ipv6'] = ip;
  }
  if (Number.isInteger(port) && port > 0 && port <= PORT_MAX) {
    tags.delete(`net.${side}.port`);
    endpoint.port = port;
  }
  return endpoint;
}

/** Zipkin takes any tag `error` for one. */
function addStatus(tags: Tags, { code, message }: PlacedSpan['span']['status']): void {
  tags.delete('error');
  if (code === STATUS_CODE.unset) return;
  if (code === STATUS_CODE.error) tags.set('error', 'true');
  tags.set('otel.status_code', code === STATUS_CODE.error ? 'ERROR' : 'OK');
  setTag(tags, 'otel.status_description', message);
}

function annotationOf({ time, name, attributes, droppedAttributesCount }: OtlpEvent): ZipkinAnnotation {
  const isPlain = attributes.length === 0 && droppedAttributesCount === 0;
  const value = isPlain ? name : [name, printPlainAttributes(attributes), droppedAttributesCount].join('|');
  return { timestamp: timeUs(time.us), value };
}
