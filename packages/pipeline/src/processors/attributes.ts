import { createHash } from 'node:crypto';
import type { AnnotationValue, EntityDocument, Json, JsonObject, TraceDocument } from '@fluoroscope/model';
import { changeFields, type FieldChange } from './entity-fields.ts';
import { ATTRIBUTE_LISTS, ATTRIBUTES, ENDPOINTS, SPANS } from './span-places.ts';

/** What to do with the attribute `key`, which is an annotation, or a member of any part of the metadata. */
export type AttributeAction =
  /** Only where it is missing. */
  | { readonly action: 'insert'; readonly key: string; readonly value: AnnotationValue }
  /** Only where it is there. */
  | { readonly action: 'update'; readonly key: string; readonly value: AnnotationValue }
  | { readonly action: 'upsert'; readonly key: string; readonly value: AnnotationValue }
  /** With a hash, SHA-256 in hex in its place; with a mask, asterisks. */
  | { readonly action: 'delete' | 'hash' | 'mask'; readonly matches: (key: string) => boolean };

export const MASK = '****';

/**
 * The document with these actions done to it and to all that it embeds, one after another.
 *
 * A document that was a span keeps some attributes twice, so that the span can be given back, and has fields that were made of
 * them: deleting, hashing and masking reach
 * all places, as names of members at any depth of the metadata and as `{"key": …, "value": …}`.
 */
export function changeAttributes(document: TraceDocument, actions: readonly AttributeAction[]): TraceDocument {
  return actions.reduce((changed, action) => changeEntity(changed, action), document);
}

function changeEntity<T extends EntityDocument>(entity: T, action: AttributeAction): T {
  const { subsegments } = entity;
  const changed = 'matches' in action ? removeFrom(entity, action) : setIn(entity, action);
  if (subsegments === undefined) return changed;
  return { ...changed, subsegments: subsegments.map((child) => changeEntity(child, action)) };
}

function setIn<T extends EntityDocument>(
  entity: T,
  { action, key, value }: Extract<AttributeAction, { readonly key: string }>,
): T {
  const { annotations = {}, metadata } = entity;
  const isThere =
    Object.hasOwn(annotations, key) ||
    Object.values(metadata ?? {}).some((namespace) => isObject(namespace) && Object.hasOwn(namespace, key));
  if (action === (isThere ? 'insert' : 'update')) return entity;
  // The new value is the only one: what was kept of the old goes, and fields that were made of it are made anew.
  const matches = (name: string): boolean => name === key;
  const cleared = isThere ? removeFrom(entity, { action: 'delete', matches }, () => String(value)) : entity;
  return { ...cleared, annotations: { ...cleared.annotations, [key]: value } };
}

function removeFrom<T extends EntityDocument>(
  entity: T,
  { action, matches }: Extract<AttributeAction, { readonly matches: unknown }>,
  changeField: FieldChange = CHANGES[action],
): T {
  const fields = changeFields(entity, (names) => names.some(matches), changeField);
  const { annotations, metadata } = fields;
  if (annotations === undefined && metadata === undefined) return fields;
  const change = CHANGES[action];
  const kept: [string, AnnotationValue][] = [];
  for (const [key, value] of Object.entries(annotations ?? {})) {
    if (!matches(key)) kept.push([key, value]);
    else if (change !== undefined) kept.push([key, change(value)]);
  }
  return {
    ...fields,
    ...(annotations !== undefined && { annotations: Object.fromEntries(kept) }),
    ...(metadata !== undefined && { metadata: changeMetadata(metadata, matches, change) }),
  };
}

type Change = FieldChange;

function changeMetadata(metadata: JsonObject, matches: (key: string) => boolean, change: Change): JsonObject {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      name,
      SPANS.has(name) ? walkSpan(value, matches, change) : walk(value, matches, change),
    ]),
  );
}

/** What is kept of a span: an attribute may be called as a field of it is. */
function walkSpan(value: Json, matches: (key: string) => boolean, change: Change): Json {
  if (isList(value)) return value.map((item) => walkSpan(item, matches, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]): readonly [string, Json] => {
      if (ATTRIBUTES.has(name) || ATTRIBUTE_LISTS.has(name)) return [name, walk(member, matches, change)];
      const endpoint = ENDPOINTS.get(name);
      if (endpoint === undefined || !isObject(member)) return [name, walkSpan(member, matches, change)];
      const stays = (key: string): boolean => endpoint[key] === undefined || !matches(endpoint[key]);
      return [name, Object.fromEntries(Object.entries(member).filter(([key]) => stays(key)))];
    }),
  );
}

const CHANGES: Readonly<Record<'delete' | 'hash' | 'mask', Change>> = {
  delete: undefined,
  hash: hashOf,
  mask: () => MASK,
};

/** Without members whose name matches, or with them changed. */
function walk(value: Json, matches: (key: string) => boolean, change: Change): Json {
  if (isList(value)) {
    return value.flatMap((item): readonly Json[] => {
      const isMatch = isObject(item) && typeof item['key'] === 'string' && matches(item['key']);
      if (!isMatch) return [walk(item, matches, change)];
      if (change === undefined) return [];
      const changed = change(item['value'] ?? null);
      // Jaeger's have a type beside them.
      return item['type'] === undefined
        ? [{ key: item['key'] ?? '', value: stringValue(changed) }]
        : [{ key: item['key'] ?? '', type: 'string', value: changed }];
    });
  }
  return isObject(value) ? walkObject(value, matches, change) : value;
}

function walkObject(source: JsonObject, matches: (key: string) => boolean, change: Change): JsonObject {
  const members: [string, Json][] = [];
  for (const [key, value] of Object.entries(source)) {
    if (!matches(key)) members.push([key, walk(value, matches, change)]);
    // An exact form beside a plain one would be the old value.
    else if (change !== undefined && !isObject(value)) members.push([key, change(value)]);
  }
  return Object.fromEntries(members);
}

function stringValue(value: Json): JsonObject {
  return { stringValue: value };
}

function hashOf(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return createHash('sha256').update(text).digest('hex');
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
