import { cutText } from '../../clean-json.ts';
import { ANNOTATION_KEY_CHARS_MAX, ANNOTATION_VALUE_CHARS_MAX } from '../../entity-fields.ts';
import { isPlain, printExact, printKeyValue, printPlain } from './attribute-json.ts';
import { familiesOf, readKey, RESOURCE_PREFIX, type AttributeKey } from './attribute-key.ts';
import { flat, quote } from './json-text.ts';
import type { OtlpAttribute, OtlpResource, OtlpValue } from './span.ts';
import { Fields, type SpanSource } from './span-fields.ts';

/** Attributes that become annotations: these keys (`otel.resource.` before a resource's), or every one. */
export type IndexedAttributes = 'all' | ReadonlySet<string>;

const LISTED_KEYS = 'aws.xray.annotations';
const WITH_LISTED_KEYS = familiesOf('aws');
const WITH_RESOURCE_KEYS = familiesOf('otel');

export interface DerivedParts {
  /** Members with commas between them. */
  annotations: string;
  /** Keys of annotations, as JSON, that stand for an attribute kept elsewhere; each ended by a comma. */
  derived: string;
}

/** Where a span's attributes go: members of JSON objects, each ended by a comma but for the annotations. */
export interface AttributeParts extends DerivedParts {
  /** `metadata.default`. */
  metadata: string;
  /** By key, for those whose plain form does not tell their type. */
  exact: string;
  /** KeyValue items of keys that were there already. */
  repeated: string;
}

/** `ofResource`: what `printResourceAnnotations` gave for the span's resource. */
export function printAttributes(
  { span, fields, resource, isSegment }: SpanSource,
  indexed: IndexedAttributes,
  ofResource: Readonly<DerivedParts>,
): AttributeParts {
  const parts: AttributeParts = { annotations: '', metadata: '', exact: '', repeated: '', derived: '' };
  const listed = fields.lacks(WITH_LISTED_KEYS) ? NO_KEYS : fields.texts(LISTED_KEYS);
  const derived: OtlpAttribute[] = [];
  let at = 0;
  for (const attribute of span.attributes) {
    const key = fields.keys[at] ?? readKey(attribute.key);
    at += 1;
    if (!fields.isFirst(attribute)) parts.repeated += `${printKeyValue(attribute)},`;
    else {
      const isIndexed = indexed === 'all' || indexed.has(key.text) || listed.includes(key.text);
      if (!addAttribute(parts, key, attribute, isIndexed)) derived.push(attribute);
    }
  }
  // Only a key that begins as a resource's could stand in the way of one.
  const isShared = isSegment && listed.length === 0 && fields.lacks(WITH_RESOURCE_KEYS);
  const fromResource = isSegment && !isShared ? indexedOf(resource, indexed, listed) : [];
  addDerived(parts, fields, [...derived, ...fromResource]);
  if (isShared) addPrinted(parts, ofResource);
  return parts;
}

const NO_KEYS: readonly string[] = [];

/** What of a resource all segments have among their annotations, but for those that give such keys themselves. */
export function printResourceAnnotations(resource: OtlpResource, indexed: IndexedAttributes): Readonly<DerivedParts> {
  const parts: DerivedParts = { annotations: '', derived: '' };
  addDerived(parts, new Fields([]), indexedOf(resource, indexed, NO_KEYS));
  return { annotations: flat(parts.annotations), derived: flat(parts.derived) };
}

/** One more member among annotations; `text` is its value's. */
export function addAnnotation(parts: DerivedParts, key: AttributeKey, text: string): void {
  parts.annotations += (parts.annotations === '' ? key.first : key.next) + text;
}

/** False for one that is also to be derived of: an annotation that cannot be one as it is. */
function addAttribute(parts: AttributeParts, key: AttributeKey, attribute: OtlpAttribute, isIndexed: boolean): boolean {
  if (isIndexed && attribute.type === 'string' && isAnnotation(key, attribute)) {
    addAnnotation(parts, key, quote(attribute.value));
    return true;
  }
  if (!isPlain(attribute) || key.isOfResource) parts.exact += `${key.first}${printExact(attribute)},`;
  if (key.isOfResource) return true;
  const mayBe = isIndexed && isScalar(attribute);
  if (mayBe && isAnnotation(key, attribute)) {
    addAnnotation(parts, key, printPlain(attribute));
    return true;
  }
  parts.metadata += `${key.first}${printPlain(attribute)},`;
  return !mayBe;
}

/** As attributes of a span: with the key that they have there. */
function indexedOf(
  { attributes }: OtlpResource,
  indexed: IndexedAttributes,
  listed: readonly string[],
): readonly OtlpAttribute[] {
  return attributes
    .map((attribute) => ({ ...attribute, key: RESOURCE_PREFIX + attribute.key }))
    .filter((attribute) => {
      const isIndexed = indexed === 'all' || indexed.has(attribute.key) || listed.includes(attribute.key);
      return isIndexed && isScalar(attribute);
    });
}

/** Annotations under a key or with a value that is not the attribute's own; one that is wins over it. */
function addDerived(parts: DerivedParts, fields: Fields, attributes: readonly OtlpAttribute[]): void {
  if (attributes.length === 0) return;
  const byKey = new Map(attributes.map((attribute) => [annotationKey(attribute.key), attribute]));
  for (const [key, attribute] of byKey) {
    const exact = fields.get(key);
    if (key === '' || (exact !== undefined && exact !== attribute)) continue;
    const value =
      attribute.type === 'string'
        ? quote(cutText(attribute.value, ANNOTATION_VALUE_CHARS_MAX))
        : printScalar(attribute);
    addAnnotation(parts, readKey(key), value);
    parts.derived += `${quote(key)},`;
  }
}

function addPrinted(parts: DerivedParts, { annotations, derived }: Readonly<DerivedParts>): void {
  if (annotations === '') return;
  parts.annotations += parts.annotations === '' ? annotations : `,${annotations}`;
  parts.derived += derived;
}

function printScalar(value: OtlpValue): string {
  return value.type === 'int' ? String(Number(value.value)) : printPlain(value);
}

function isScalar({ type, value }: OtlpAttribute): boolean {
  return type === 'string' || type === 'int' || type === 'bool' || (type === 'double' && Number.isFinite(value));
}

/** Whether key and value can be an annotation as they are. */
function isAnnotation({ isPlain: isPlainKey }: AttributeKey, { type, value }: OtlpAttribute): boolean {
  return isPlainKey && (type === 'string' ? value.length <= ANNOTATION_VALUE_CHARS_MAX : typeof value !== 'string');
}

/** As AWS's exporter makes it of an attribute's key. */
function annotationKey(key: string): string {
  return cutText(key.replaceAll(/[^A-Za-z0-9.]/g, '_'), ANNOTATION_KEY_CHARS_MAX);
}
