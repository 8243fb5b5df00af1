import { isJsonObject } from '../../clean-json.ts';
import { nestsDeeperThan } from '../../nesting.ts';
import type { Json, JsonObject } from '../../segment-document.ts';
import { isPlain, printExact, printKeyValue, printPlain, VALUE_LEVELS_MAX } from './attribute-json.ts';
import { METADATA_PREFIX, RESOURCE_PREFIX, type AttributeParts } from './annotations.ts';
import { braces, brackets, keyed, member, quote } from './json-text.ts';
import type { OtlpAttribute, OtlpEvent, OtlpLink, OtlpResource, OtlpScope, OtlpTime } from './span.ts';
import { Fields, type SpanSource } from './span-fields.ts';

// The namespace `otlp` of a document's metadata: what X-Ray has no field for. README.md lists its members.

export const OTLP_NAMESPACE = 'otlp';
const DEFAULT_NAMESPACE = 'default';

/** Nanoseconds since 1970 in decimal. */
export function printTime({ us, ns }: OtlpTime): string {
  return us === 0 ? `"${ns}"` : `"${us}${String(ns).padStart(3, '0')}"`;
}

/** Members of `metadata.otlp` and, without the last comma, `metadata.default` that all spans of a resource and scope share. */
export interface GroupTexts {
  readonly otlp: string;
  readonly resource: string;
}

export function printGroup(resource: OtlpResource, scope: OtlpScope): GroupTexts {
  const fields = new Fields(resource.attributes);
  let plain = '';
  let exact = '';
  let repeated = '';
  for (const attribute of resource.attributes) {
    if (fields.get(attribute.key) !== attribute) repeated += `${printKeyValue(attribute)},`;
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
  return { otlp: member('resource', resourceText) + member('scope', scopeText), resource: plain.slice(0, -1) };
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
  let own = otlp;
  let plain = parts.metadata;
  const { exact } = parts;
  let namespaces = '';
  let merged = '';
  for (const attribute of source.span.attributes) {
    if (!attribute.key.startsWith(METADATA_PREFIX) || source.fields.get(attribute.key) !== attribute) continue;
    const namespace = attribute.key.slice(METADATA_PREFIX.length);
    const value = attribute.type === 'string' ? readObject(attribute.value) : undefined;
    if (value === undefined || namespace === OTLP_NAMESPACE) continue;
    if (namespace === DEFAULT_NAMESPACE) {
      for (const [key, item] of Object.entries(value)) {
        if (source.fields.get(key) !== undefined || key.startsWith(RESOURCE_PREFIX)) continue;
        plain += keyed(key, JSON.stringify(item));
        merged += `${quote(key)},`;
      }
    } else namespaces += keyed(namespace, JSON.stringify(value));
  }
  own +=
    group.otlp +
    member('attributes', braces(exact)) +
    member('repeated', brackets(parts.repeated)) +
    member('derived', brackets(parts.derived)) +
    member('merged', brackets(merged));
  // What is known to come last needs no comma cut off: cutting copies the whole text once more.
  const start = group.resource === '' ? braces(plain) : `{${plain}${group.resource}}`;
  return `{${member(DEFAULT_NAMESPACE, start)}${namespaces}"${OTLP_NAMESPACE}":{${own}"kind":${source.span.kind}}}`;
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
