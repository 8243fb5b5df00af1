import { toW3cTraceId } from '../../trace-id.ts';
import type { JaegerLog, JaegerProcess, JaegerSpan, JaegerTag } from '../jaeger/jaeger-span.ts';
import type { RpcParts } from './read-rpc.ts';
import { SPAN_KIND, STATUS_CODE, type OtlpAttribute, type OtlpEvent, type OtlpLink, type OtlpStatus } from './span.ts';

/** By key, the last of a repeated one; tags that are read for something else are taken out. */
type Attributes = Map<string, OtlpAttribute>;

/** A Jaeger span as OpenTelemetry's Collector has it: tags with their types, logs as events, references as links. */
export function readJaegerParts(span: JaegerSpan): RpcParts {
  const attributes = attributesOf(span.tags);
  const { startTime, duration } = span;
  const scope = {
    name: take(attributes, 'otel.library.name', 'otel.scope.name'),
    version: take(attributes, 'otel.library.version', 'otel.scope.version'),
    attributes: [],
    droppedAttributesCount: 0,
    schemaUrl: '',
  };
  const kind = KINDS.get(take(attributes, 'span.kind')) ?? SPAN_KIND.unspecified;
  const status = statusOf(attributes, kind);
  const traceState = take(attributes, 'w3c.tracestate');
  return {
    resource: { attributes: resourceOf(span.process), droppedAttributesCount: 0, schemaUrl: '' },
    scope,
    span: {
      name: span.operationName,
      kind,
      traceState,
      start: { us: startTime, ns: 0 },
      end: { us: startTime + duration, ns: 0 },
      attributes: [...attributes.values()],
      events: span.logs.map(readLog),
      links: linksOf(span),
      status,
    },
  };
}

const KINDS: ReadonlyMap<string, number> = new Map([
  ['internal', SPAN_KIND.internal],
  ['server', SPAN_KIND.server],
  ['client', SPAN_KIND.client],
  ['producer', SPAN_KIND.producer],
  ['consumer', SPAN_KIND.consumer],
]);

function attributesOf(tags: readonly JaegerTag[]): Attributes {
  const attributes: Attributes = new Map();
  for (const tag of tags) attributes.set(tag.key, readTag(tag));
  return attributes;
}

function readTag({ key, type, value }: JaegerTag): OtlpAttribute {
  switch (type) {
    case 'bool':
      return { key, type, value: value === true };
    case 'int64':
      // A number that somebody has put out of sight is none.
      return typeof value === 'string' && !/^-?\d{1,19}$/.test(value)
        ? { key, type: 'string', value }
        : { key, type: 'int', value: typeof value === 'boolean' ? 0 : value };
    case 'float64':
      return { key, type: 'double', value: Number(value) };
    case 'binary':
      return { key, type: 'bytes', value: base64Of(String(value)) };
    case 'string':
      return { key, type, value: String(value) };
    default:
      return type satisfies never;
  }
}

/** Of hex digits. */
function base64Of(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  return btoa(bytes.join(''));
}

/** The text of the last of the keys that is there; empty for none. */
function take(attributes: Attributes, ...keys: readonly string[]): string {
  let found = '';
  for (const key of keys) {
    found = textOf(attributes, key) ?? found;
    attributes.delete(key);
  }
  return found;
}

function textOf(attributes: Attributes, key: string): string | undefined {
  const attribute = attributes.get(key);
  return attribute === undefined ? undefined : attribute.type === 'string' ? attribute.value : '';
}

/**
 * error=true                       an error
 * else otel.status_code            as it says
 * else http.status_code            5xx an error, 4xx of all but servers
 */
function statusOf(attributes: Attributes, kind: number): OtlpStatus {
  const error = attributes.get('error');
  const said = textOf(attributes, 'otel.status_code');
  const httpMessage = textOf(attributes, 'http.status_message') ?? '';
  const isError = error?.type === 'bool' && error.value;
  if (isError) attributes.delete('error');
  attributes.delete('otel.status_code');
  if (!isError && said === undefined) {
    return isFailure(attributes.get('http.status_code'), kind)
      ? { code: STATUS_CODE.error, message: httpMessage }
      : NONE;
  }
  const hasText = attributes.has('otel.status_description');
  const description = take(attributes, 'otel.status_description');
  if (isError) return { code: STATUS_CODE.error, message: hasText ? description : httpMessage };
  return { code: STATUS_TEXTS.get(said?.toUpperCase() ?? '') ?? STATUS_CODE.unset, message: description };
}

const NONE: OtlpStatus = { code: STATUS_CODE.unset, message: '' };

const STATUS_TEXTS: ReadonlyMap<string, number> = new Map([
  ['OK', STATUS_CODE.ok],
  ['ERROR', STATUS_CODE.error],
]);

function isFailure(attribute: OtlpAttribute | undefined, kind: number): boolean {
  if (attribute?.type !== 'int' && attribute?.type !== 'string') return false;
  const status = Number(attribute.value);
  if (!Number.isInteger(status) || attribute.value === '') return false;
  if (status >= 400 && status < 500) return kind !== SPAN_KIND.server;
  return status < 100 || status >= 500;
}

function resourceOf({ serviceName, tags }: JaegerProcess): readonly OtlpAttribute[] {
  const attributes: Attributes = new Map();
  if (serviceName !== '') attributes.set('service.name', { key: 'service.name', type: 'string', value: serviceName });
  for (const tag of tags) attributes.set(tag.key, readTag(tag));
  const host = attributes.get('hostname');
  if (host !== undefined && !attributes.has('host.name')) {
    attributes.delete('hostname');
    attributes.set('host.name', { ...host, key: 'host.name' });
  }
  const version = textOf(attributes, 'jaeger.version');
  const key = 'opencensus.exporterversion';
  if (version !== undefined && !attributes.has(key)) {
    attributes.delete('jaeger.version');
    attributes.set(key, { key, type: 'string', value: `Jaeger-${version}` });
  }
  return [...attributes.values()];
}

/** The field `event` names it. */
function readLog({ timestamp, fields }: JaegerLog): OtlpEvent {
  const attributes = attributesOf(fields);
  const name = take(attributes, 'event');
  return { time: { us: timestamp, ns: 0 }, name, attributes: [...attributes.values()], droppedAttributesCount: 0 };
}

/** All but the parent. */
function linksOf({ references, parentId }: JaegerSpan): readonly OtlpLink[] {
  return references
    .filter(({ type, spanId }) => type !== 'child-of' || spanId !== parentId)
    .map(({ type, traceId, spanId }) => ({
      traceId: toW3cTraceId(traceId),
      spanId,
      traceState: '',
      attributes: [
        { key: 'opentracing.ref_type', type: 'string', value: type === 'child-of' ? 'child_of' : 'follows_from' },
      ],
      droppedAttributesCount: 0,
      flags: 0,
    }));
}
