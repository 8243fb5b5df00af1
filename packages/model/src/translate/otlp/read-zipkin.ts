import type { Json, JsonObject, TraceDocument } from '../../segment-document.ts';
import { isJsonObject } from '../../clean-json.ts';
import { timeUsFromSeconds } from '../../time.ts';
import type { ZipkinAnnotation, ZipkinEndpoint, ZipkinKind, ZipkinSpan } from '../zipkin/zipkin-span.ts';
import { readPlainAttributes } from './attribute-json.ts';
import type { RpcParts } from './read-rpc.ts';
import { isResourceKey } from './resource-keys.ts';
import { SPAN_KIND, STATUS_CODE, type OtlpAttribute, type OtlpEvent, type OtlpLink, type OtlpStatus } from './span.ts';

/** Tags that are taken out as they are read; what is left are attributes. */
type Tags = Map<string, string>;

const KINDS: { readonly [Kind in ZipkinKind]: number } = {
  CLIENT: SPAN_KIND.client,
  SERVER: SPAN_KIND.server,
  PRODUCER: SPAN_KIND.producer,
  CONSUMER: SPAN_KIND.consumer,
};

/**
 * A Zipkin span as OpenTelemetry's Collector has it. Tags by which OpenTelemetry's exporters say what Zipkin has no field for are
 * read back: status, links, scope, resource, state of the trace, and attributes of events.
 */
export function readZipkinParts(span: ZipkinSpan, document: TraceDocument): RpcParts {
  const tags: Tags = new Map(Object.entries(span.tags ?? {}));
  const { localEndpoint, remoteEndpoint, annotations = [] } = span;
  const startUs = timeUsFromSeconds(document.start_time);
  const nameSource = take(tags, 'otlp.service.name.source') || 'service.name';
  const scope = {
    name: take(tags, 'otel.library.name', 'otel.scope.name'),
    version: take(tags, 'otel.library.version', 'otel.scope.version'),
    attributes: [],
    droppedAttributesCount: 0,
    schemaUrl: '',
  };
  const traceState = take(tags, 'w3c.tracestate');
  const kind = kindOf(span, tags);
  const status = statusOf(tags);
  const links = linksOf(tags);
  const resource = resourceOf(tags, nameSource, localEndpoint?.serviceName);
  const attributes = new Map<string, OtlpAttribute>();
  for (const [key, value] of tags) attributes.set(key, { key, type: 'string', value });
  addEndpoint(attributes, 'host', localEndpoint);
  addEndpoint(attributes, 'peer', remoteEndpoint);
  if (span.timestamp === undefined) {
    const key = 'otel.zipkin.absentField.startTime';
    attributes.set(key, { key, type: 'bool', value: true });
  }
  return {
    resource: { attributes: resource, droppedAttributesCount: 0, schemaUrl: '' },
    scope,
    span: {
      name: span.name ?? '',
      kind,
      traceState,
      start: { us: startUs, ns: 0 },
      end: { us: startUs + (span.duration ?? 0), ns: 0 },
      attributes: [...attributes.values()],
      events: annotations.map(readEvent),
      links,
      status,
    },
  };
}

/** The last of the keys that is there; empty for none. */
function take(tags: Tags, ...keys: readonly string[]): string {
  let found = '';
  for (const key of keys) {
    found = tags.get(key) ?? found;
    tags.delete(key);
  }
  return found;
}

function kindOf({ kind }: ZipkinSpan, tags: Tags): number {
  if (kind !== undefined) return KINDS[kind];
  return take(tags, 'span.kind') === 'internal' ? SPAN_KIND.internal : SPAN_KIND.unspecified;
}

const STATUS_TEXTS: ReadonlyMap<string, number> = new Map([
  ['ok', STATUS_CODE.ok],
  ['status_code_ok', STATUS_CODE.ok],
  ['error', STATUS_CODE.error],
  ['status_code_error', STATUS_CODE.error],
]);

/** A tag `error` is one, whatever its value but `false`; a message in it stays an attribute. */
function statusOf(tags: Tags): OtlpStatus {
  const hasCode = tags.has('otel.status_code');
  const code = STATUS_TEXTS.get(take(tags, 'otel.status_code').toLowerCase()) ?? STATUS_CODE.unset;
  const message = hasCode ? take(tags, 'otel.status_description') : '';
  const error = tags.get('error');
  if (error === undefined || error === 'false') return { code, message };
  if (error === 'true') tags.delete('error');
  return { code: STATUS_CODE.error, message };
}

function resourceOf(tags: Tags, nameSource: string, serviceName: string | undefined): readonly OtlpAttribute[] {
  const attributes = new Map<string, OtlpAttribute>();
  if (serviceName !== undefined) attributes.set(nameSource, { key: nameSource, type: 'string', value: serviceName });
  for (const [key, value] of tags) {
    if (!isResourceKey(key)) continue;
    attributes.set(key, { key, type: 'string', value });
    tags.delete(key);
  }
  return [...attributes.values()];
}

function addEndpoint(
  attributes: Map<string, OtlpAttribute>,
  side: 'host' | 'peer',
  endpoint: ZipkinEndpoint | undefined,
): void {
  const { serviceName, ipv4, ipv6, port } = endpoint ?? {};
  const ip = ipv6 ?? ipv4;
  const add = (attribute: OtlpAttribute): unknown => attributes.set(attribute.key, attribute);
  if (side === 'peer' && serviceName !== undefined) add({ key: 'peer.service', type: 'string', value: serviceName });
  if (ip !== undefined) add({ key: `net.${side}.ip`, type: 'string', value: ip });
  if (port !== undefined) add({ key: `net.${side}.port`, type: 'int', value: port });
}

const LINKS_MAX = 128;

/** link = tag "otlp.link." number, of: trace-id "|" span-id "|" tracestate "|" attributes as JSON "|" dropped */
function linksOf(tags: Tags): readonly OtlpLink[] {
  const links: OtlpLink[] = [];
  for (let at = 0; at < LINKS_MAX && tags.has(`otlp.link.${at}`); at += 1) {
    const text = tags.get(`otlp.link.${at}`) ?? '';
    const [, traceId = '', spanId = '', traceState = '', json = '', dropped = ''] = LINK.exec(text) ?? [];
    const attributes = readJson(json);
    // What is no link stays a tag.
    if (attributes === null) continue;
    tags.delete(`otlp.link.${at}`);
    links.push({
      traceId,
      spanId,
      traceState,
      attributes: readPlainAttributes(attributes),
      droppedAttributesCount: Number(dropped),
      flags: 0,
    });
  }
  return links;
}

const LINK = /^"?([0-9a-f]{32})"?\|"?([0-9a-f]{16})"?\|([^|]*)\|(.*)\|(\d{1,9})$/s;

/** event = name [ "|" attributes as JSON "|" dropped ] */
function readEvent({ timestamp, value }: ZipkinAnnotation): OtlpEvent {
  const [, name = '', json = '', dropped = '0'] = EVENT.exec(value) ?? [];
  const attributes = readJson(json);
  return {
    time: { us: timestamp, ns: 0 },
    name: attributes === null ? value : name,
    attributes: attributes === null ? [] : readPlainAttributes(attributes),
    droppedAttributesCount: attributes === null ? 0 : Number(dropped),
  };
}

const EVENT = /^([^|]*)\|(.*)\|(\d{1,9})$/s;

function readJson(text: string): JsonObject | null {
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
