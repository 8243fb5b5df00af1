import { cleanName } from '../../clean-entity.ts';
import { cutText } from '../../clean-json.ts';
import { ANNOTATION_VALUE_CHARS_MAX } from '../../entity-fields.ts';
import type { AnnotationValue } from '../../segment-document.ts';
import { readMeshHop, type MeshHop, type MeshSpan } from '../istio/read-mesh-hop.ts';
import { readMeshFlags } from '../istio/response-flags.ts';
import type { SpanKind } from '../rpc/rpc-span.ts';
import type { SpanRole } from '../rpc/to-documents.ts';
import { addAnnotation, type DerivedParts } from './annotations.ts';
import { familiesOf, readKey } from './attribute-key.ts';
import { quote } from './json-text.ts';
import type { NameAndNamespace } from './name.ts';
import { SPAN_KIND, type OtlpAttribute, type OtlpSpan } from './span.ts';
import type { Fields } from './span-fields.ts';

// Envoy's OpenTelemetry tracer writes the tags of its other tracers as attributes: what tells a hop is read as of Zipkin.

/** A proxy's span, and what becomes of it in place of what its kind says. */
export interface OtlpHop {
  readonly role: SpanRole;
  readonly hop: MeshHop;
  readonly span: MeshSpan;
}

/** Null for spans of no proxy, which is told by a look at a few keys. */
export function readOtlpHop(span: OtlpSpan, fields: Fields, resourceFields: Fields): OtlpHop | null {
  if (fields.lacks(WITH_PROXY)) return null;
  if (!PROXY_KEYS.some((key) => fields.get(key) !== undefined) && fields.text('component') !== 'proxy') return null;
  const meshSpan: MeshSpan = {
    tags: Object.fromEntries(span.attributes.flatMap(tagEntry)),
    kind: KINDS.get(span.kind) ?? null,
    name: span.name,
    service: resourceFields.text('service.name') ?? '',
    peer: fields.text('peer.service') ?? '',
  };
  const hop = readMeshHop(meshSpan);
  if (hop === null) return null;
  return { role: span.parentSpanId === '' ? rootRole(hop.role) : hop.role, hop, span: meshSpan };
}

const WITH_PROXY = familiesOf('upstream_cluster', 'node_id', 'component');
const PROXY_KEYS = ['upstream_cluster', 'node_id', 'upstream_cluster.name'];

const KINDS: ReadonlyMap<number, SpanKind> = new Map<number, SpanKind>([
  [SPAN_KIND.server, 'server'],
  [SPAN_KIND.client, 'client'],
  [SPAN_KIND.producer, 'producer'],
  [SPAN_KIND.consumer, 'consumer'],
]);

/** With nothing above it, work is a segment and a call needs one around it. */
function rootRole(role: SpanRole): SpanRole {
  if (role === 'work') return 'segment';
  return role === 'call' ? 'service-and-call' : role;
}

function tagEntry({ key, type, value }: OtlpAttribute): readonly (readonly [string, AnnotationValue])[] {
  if (type === 'string' || type === 'bool' || type === 'double') return [[key, value]];
  return type === 'int' ? [[key, Number(value)]] : [];
}

export function nameOfHop({ role, hop, span }: OtlpHop): NameAndNamespace {
  const isCall = role === 'call' || role === 'service-and-call';
  const name = role === 'segment' ? hop.service : isCall ? hop.peer : span.name;
  return {
    name: cleanName(name ?? '') ?? cleanName(span.name) ?? 'span',
    namespace: isCall ? 'remote' : undefined,
  };
}

/** Members `fault`, `error`, `throttle` as far as they are true. */
export function printMeshFlags({ span }: OtlpHop): string {
  const { fault, error, throttle } = readMeshFlags(span);
  return (
    (fault === true ? '"fault":true,' : '') +
    (error === true ? '"error":true,' : '') +
    (throttle === true ? '"throttle":true,' : '')
  );
}

export function printMeshCause({ span }: OtlpHop): string {
  const { cause } = readMeshFlags(span);
  return cause === undefined ? '' : JSON.stringify(cause);
}

/** `mesh.…` among the annotations, marked as no attributes of the span. */
export function addHopAnnotations(parts: DerivedParts, { hop }: OtlpHop, fields: Fields): void {
  for (const [key, value] of hop.annotations) {
    if (fields.get(key) !== undefined) continue;
    addAnnotation(parts, readKey(key), printValue(value));
    parts.derived += `${quote(key)},`;
  }
}

/** Members with commas between them. */
export function printHopAnnotations({ hop }: OtlpHop): string {
  return hop.annotations.map(([key, value]) => readKey(key).first + printValue(value)).join(',');
}

function printValue(value: AnnotationValue): string {
  return JSON.stringify(typeof value === 'string' ? cutText(value, ANNOTATION_VALUE_CHARS_MAX) : value);
}
