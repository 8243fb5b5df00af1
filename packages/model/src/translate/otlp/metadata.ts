import { isJsonObject } from '../../clean-json.ts';
import { nestsDeeperThan } from '../../nesting.ts';
import type { Json, JsonObject } from '../../segment-document.ts';
import { isPlain, printExact, printKeyValue, printPlain, VALUE_LEVELS_MAX } from './attribute-json.ts';
import type { AttributeParts } from './annotations.ts';
import { familiesOf, METADATA_PREFIX, RESOURCE_PREFIX } from './attribute-key.ts';
import { braces, brackets, flat, keyed, member, quote } from './json-text.ts';
import type { OtlpAttribute, OtlpEvent, OtlpLink, OtlpResource, OtlpScope, OtlpTime } from './span.ts';
import { Fields, type SpanSource } from './span-fields.ts';

// The namespace `otlp` of a document's metadata: what X-Ray has no field for. README.md lists its members.

export const OTLP_NAMESPACE = 'otlp';
const DEFAULT_NAMESPACE = 'default';
const WITH_NAMESPACES = familiesOf('aws');

/** Nanoseconds since 1970 in decimal. */
export function printTime({ us, ns }: OtlpTime): string {
  return us === 0 ? `"${ns}"` : `"${us}${String(ns).padStart(3, '0')}"`;
}

/** Members of `metadata.otlp` and, without the last comma, `metadata.default` that all spans of a resource and scope share. */
export interface GroupTexts {
  readonly otlp: string;
  readonly resource: string;
}

export function printGroup(resource: OtlpResource, fields: Fields, scope: OtlpScope): GroupTexts {
  let plain = '';
  let exact = '';
  let repeated = '';
  for (const attribute of resource.attributes) {
    if (!fields.isFirst(attribute)) repeated += `${printKeyValue(attribute)},`;
    else {
      plain += keyed(RESOURCE_PREFIX + attribute.key, printPlain(attribute));
      if (!isPlain(attribute)) exact += keyed(attribute.key, printExact(attribute));
    }
  }
  const resourceText = braces(
    member('attributes', braces(exact)) +
      member('repeated', brackets(repeated)) +
      counted('dropped', resource.droppedAttributesCount) +
      filled('schema_url', resource.schemaUrl),
  );
  const scopeText = braces(
    filled('name', scope.name) +
      filled('version', scope.version) +
      printOwnAttributes(scope.attributes) +
      counted('dropped', scope.droppedAttributesCount) +
      filled('schema_url', scope.schemaUrl),
  );
  return {
    otlp: flat(member('resource', resourceText) + member('scope', scopeText)),
    resource: flat(plain).slice(0, -1),
  };
}

/** Attributes in their own object: plain where that is exact, as KeyValue where it is not. */
function printOwnAttributes(attributes: readonly OtlpAttribute[]): string {
  if (attributes.length === 0) return '';
  const fields = new Fields(attributes);
  if (fields.size === attributes.length && attributes.every((attribute) => isPlain(attribute))) {
    return member('attributes', braces(attributes.map((item) => keyed(item.key, printPlain(item))).join('')));
  }
  return member('attributes', brackets(attributes.map((item) => `${printKeyValue(item)},`).join('')));
}

/** `events` with their exact times. */
export function printEvents(events: readonly OtlpEvent[]): string {
  return brackets(
    events
      .map(({ time, name, attributes, droppedAttributesCount }) => {
        const members = printOwnAttributes(attributes) + counted('dropped', droppedAttributesCount);
        return `${braces(`"time":${printTime(time)},"name":${quote(name)},${members}`)},`;
      })
      .join(''),
  );
}

/** Links in full; left out where the document's own `links` say all of it. */
export function printOtlpLinks(links: readonly OtlpLink[]): string {
  return brackets(
    links
      .map((link) => {
        const members =
          filled('trace_state', link.traceState) +
          printOwnAttributes(link.attributes) +
          counted('dropped', link.droppedAttributesCount) +
          counted('flags', link.flags);
        return `${braces(`"trace_id":${quote(link.traceId)},"span_id":${quote(link.spanId)},${members}`)},`;
      })
      .join(''),
  );
}

export function counted(name: string, count: number): string {
  return count === 0 ? '' : `"${name}":${count},`;
}

export function filled(name: string, text: string): string {
  return text === '' ? '' : `"${name}":${quote(text)},`;
}

/** The whole `metadata`; `otlp` are the members of its namespace `otlp`. */
export function printMetadata(source: SpanSource, group: GroupTexts, parts: AttributeParts, otlp: string): string {
  const { plain, namespaces, merged } = source.fields.lacks(WITH_NAMESPACES) ? NO_NAMESPACES : openNamespaces(source);
  const own = parts.metadata + plain;
  // What is known to come last needs no comma cut off: cutting copies the whole text once more.
  const start = group.resource === '' ? member(DEFAULT_NAMESPACE, braces(own)) : `"default":{${own}${group.resource}},`;
  return (
    `{${start}${namespaces}"otlp":{${otlp}${group.otlp}` +
    member('attributes', braces(parts.exact)) +
    member('repeated', brackets(parts.repeated)) +
    member('derived', brackets(parts.derived)) +
    member('merged', brackets(merged)) +
    `"kind":${source.span.kind}}}`
  );
}

/** What attributes named `aws.xray.metadata.…` hold. */
interface Namespaces {
  /** More of `metadata.default`, and the keys of it. */
  readonly plain: string;
  readonly merged: string;
  readonly namespaces: string;
}

const NO_NAMESPACES: Namespaces = { plain: '', merged: '', namespaces: '' };

function openNamespaces({ span, fields }: SpanSource): Namespaces {
  let plain = '';
  let merged = '';
  let namespaces = '';
  for (const attribute of span.attributes) {
    if (!attribute.key.startsWith(METADATA_PREFIX) || !fields.isFirst(attribute)) continue;
    const namespace = attribute.key.slice(METADATA_PREFIX.length);
    const value = attribute.type === 'string' ? readObject(attribute.value) : undefined;
    if (value === undefined || namespace === OTLP_NAMESPACE) continue;
    if (namespace === DEFAULT_NAMESPACE) {
      for (const [key, item] of Object.entries(value)) {
        if (fields.get(key) !== undefined || key.startsWith(RESOURCE_PREFIX)) continue;
        plain += keyed(key, JSON.stringify(item));
        merged += `${quote(key)},`;
      }
    } else namespaces += keyed(namespace, JSON.stringify(value));
  }
  return { plain, merged, namespaces };
}

function readObject(text: string): JsonObject | undefined {
  if (!text.startsWith('{') || nestsDeeperThan(text, VALUE_LEVELS_MAX)) return undefined;
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
