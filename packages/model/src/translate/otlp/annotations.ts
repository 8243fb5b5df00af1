import { cutText } from '../../clean-json.ts';
import { ANNOTATION_KEY_CHARS_MAX, ANNOTATION_VALUE_CHARS_MAX } from '../../entity-fields.ts';
import { isPlain, printExact, printKeyValue, printPlain } from './attribute-json.ts';
import { keyed, quote } from './json-text.ts';
import type { OtlpAttribute, OtlpValue } from './span.ts';
import type { SpanSource } from './span-fields.ts';

/** Attributes that become annotations: these keys (`otel.resource.` before a resource's), or every one. */
export type IndexedAttributes = 'all' | ReadonlySet<string>;

export const RESOURCE_PREFIX = 'otel.resource.';
const LISTED_KEYS = 'aws.xray.annotations';
export const METADATA_PREFIX = 'aws.xray.metadata.';

/** Where a span's attributes go: members of JSON objects, each ended by a comma. */
export interface AttributeParts {
  annotations: string;
  /** `metadata.default`. */
  metadata: string;
  /** By key, for those whose plain form does not tell their type. */
  exact: string;
  /** KeyValue items of keys that were there already. */
  repeated: string;
  /** Keys of annotations, as JSON, that stand for an attribute kept elsewhere. */
  derived: string;
}

export function printAttributes(source: SpanSource, indexed: IndexedAttributes): AttributeParts {
  const { span, fields } = source;
  const parts: AttributeParts = { annotations: '', metadata: '', exact: '', repeated: '', derived: '' };
  const listed = fields.texts(LISTED_KEYS);
  const derived = new Map<string, OtlpAttribute>();
  for (const attribute of span.attributes) {
    const { key } = attribute;
    if (fields.get(key) !== attribute) {
      parts.repeated += `${printKeyValue(attribute)},`;
      continue;
    }
    const wasPlain = isPlain(attribute);
    if (!wasPlain || key.startsWith(RESOURCE_PREFIX)) parts.exact += keyed(key, printExact(attribute));
    if (key.startsWith(RESOURCE_PREFIX)) continue;
    const isIndexed = (indexed === 'all' || indexed.has(key) || listed.includes(key)) && isScalar(attribute);
    if (isIndexed && isAnnotation(attribute)) {
      parts.annotations += keyed(key, printPlain(attribute));
      continue;
    }
    parts.metadata += keyed(key, printPlain(attribute));
    if (isIndexed) derived.set(annotationKey(key), attribute);
  }
  if (source.isSegment) deriveOfResource(source, indexed, listed, derived);
  for (const [key, attribute] of derived) addDerived(parts, source, key, attribute);
  return parts;
}

function deriveOfResource(
  { resource }: SpanSource,
  indexed: IndexedAttributes,
  listed: readonly string[],
  derived: Map<string, OtlpAttribute>,
): void {
  for (const attribute of resource.attributes) {
    const key = RESOURCE_PREFIX + attribute.key;
    if (indexed !== 'all' && !indexed.has(key) && !listed.includes(key)) continue;
    if (isScalar(attribute)) derived.set(annotationKey(key), attribute);
  }
}

/** An annotation under a key or with a value that is not the attribute's own; one that is wins over it. */
function addDerived(parts: AttributeParts, { fields }: SpanSource, key: string, attribute: OtlpAttribute): void {
  const exact = fields.get(key);
  if (key === '' || (exact !== undefined && exact !== attribute)) return;
  const value =
    attribute.type === 'string' ? quote(cutText(attribute.value, ANNOTATION_VALUE_CHARS_MAX)) : printScalar(attribute);
  parts.annotations += keyed(key, value);
  parts.derived += `${quote(key)},`;
}

function printScalar(value: OtlpValue): string {
  return value.type === 'int' ? String(Number(value.value)) : printPlain(value);
}

function isScalar({ type, value }: OtlpAttribute): boolean {
  return type === 'string' || type === 'int' || type === 'bool' || (type === 'double' && Number.isFinite(value));
}

/** Whether key and value can be an annotation as they are. */
function isAnnotation(attribute: OtlpAttribute): boolean {
  const { key, type, value } = attribute;
  if (!PLAIN_KEY.test(key) || key.length > ANNOTATION_KEY_CHARS_MAX) return false;
  return type === 'string' ? value.length <= ANNOTATION_VALUE_CHARS_MAX : typeof value !== 'string';
}

const PLAIN_KEY = /^[A-Za-z0-9_.]+$/;

/** As AWS's exporter makes it of an attribute's key. */
function annotationKey(key: string): string {
  return cutText(key.replaceAll(/[^A-Za-z0-9.]/g, '_'), ANNOTATION_KEY_CHARS_MAX);
}
