import type { EntityDocument, Json, JsonObject, TraceDocument } from '@fluoroscope/model';
import { changeAttributes, MASK } from './attributes.ts';
import { changeFields } from './entity-fields.ts';
import { ATTRIBUTE_LISTS, ATTRIBUTES, ENDPOINTS, SPANS } from './span-places.ts';

export interface RedactionOptions {
  /** What of a text matches is put out of sight. */
  readonly blockedValues: readonly RegExp[];
  /** Values of attributes with such names are put out of sight. */
  readonly blockedKeys: readonly RegExp[];
  /** Attributes with other names go, and metadata that no span had; null allows all. */
  readonly allowedKeys: ReadonlySet<string> | null;
}

/** What stays as it is where a document has its own fields, so that traces stay traces. */
const IDS: ReadonlySet<string> = new Set([
  'id',
  'trace_id',
  'parent_id',
  'type',
  'namespace',
  'origin',
  'precursor_ids',
]);

/** Likewise in what is kept of a span beside its attributes. */
const SPAN_FIELDS: ReadonlySet<string> = new Set([
  ...IDS,
  'kind',
  'parent',
  'service_of',
  'times',
  'nanos',
  'time',
  'span_id',
  'derived',
  'merged',
  'parentId',
  'traceId',
  'spanId',
  'original_trace_id',
  'added',
]);

/** The document without what must not be seen: in every text at any depth but ids and kinds. */
export function redact(document: TraceDocument, options: RedactionOptions): TraceDocument {
  const { blockedValues, blockedKeys, allowedKeys } = options;
  const isBlocked = (key: string): boolean => blockedKeys.some((pattern) => pattern.test(key));
  const allowed = allowedKeys === null ? document : keepAllowed(document, allowedKeys);
  const visible =
    blockedKeys.length === 0 ? allowed : changeAttributes(allowed, [{ action: 'mask', matches: isBlocked }]);
  if (blockedValues.length === 0) return visible;
  const mask = (text: string): string => blockedValues.reduce((masked, pattern) => masked.replace(pattern, MASK), text);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- texts are exchanged for texts, all else stays
  return maskTexts(visible as unknown as Json, mask, 'document') as unknown as TraceDocument;
}

function keepAllowed<T extends EntityDocument>(entity: T, allowed: ReadonlySet<string>): T {
  const { annotations, metadata, subsegments } = entity;
  const fields = changeFields(entity, (names) => !names.some((name) => allowed.has(name)), undefined);
  const plain = metadata?.['default'];
  return {
    ...fields,
    ...(annotations !== undefined && { annotations: pick(annotations, allowed) }),
    ...(metadata !== undefined && {
      metadata: {
        ...(isObject(plain) && { default: pick(plain, allowed) }),
        ...Object.fromEntries(
          Object.entries(metadata)
            .filter(([name]) => SPANS.has(name))
            .map(([name, kept]) => [name, keepSpan(kept, allowed)]),
        ),
      },
    }),
    ...(subsegments !== undefined && { subsegments: subsegments.map((child) => keepAllowed(child, allowed)) }),
  };
}

/** What a span was beside its attributes stays: its name, its kind, its times and events. */
function keepSpan(value: Json, allowed: ReadonlySet<string>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => keepSpan(item, allowed));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]): readonly (readonly [string, Json])[] => {
      if (ATTRIBUTES.has(name) && isObject(member)) return [[name, pick(member, allowed)]];
      if (ATTRIBUTES.has(name) || ATTRIBUTE_LISTS.has(name)) return [[name, pickItems(member, allowed)]];
      const endpoint = ENDPOINTS.get(name);
      if (endpoint !== undefined && isObject(member)) return [[name, pickEndpoint(member, endpoint, allowed)]];
      return [[name, keepSpan(member, allowed)]];
    }),
  );
}

function pickEndpoint(
  endpoint: JsonObject,
  names: Readonly<Record<string, string>>,
  allowed: ReadonlySet<string>,
): JsonObject {
  const isAllowed = (key: string): boolean => names[key] === undefined || allowed.has(names[key]);
  return Object.fromEntries(Object.entries(endpoint).filter(([key]) => isAllowed(key)));
}

/** A log's name is a field of it. */
function pickItems(list: Json, allowed: ReadonlySet<string>): Json {
  if (!Array.isArray(list)) return [];
  return list.filter((item: Json) => {
    const key = isObject(item) ? item['key'] : undefined;
    return typeof key === 'string' && (key === 'event' || allowed.has(key));
  });
}

/** Attributes of a resource have a prefix where they stand beside a span's. */
function pick<T>(source: { readonly [key: string]: T }, allowed: ReadonlySet<string>): { readonly [key: string]: T } {
  return Object.fromEntries(
    Object.entries(source).filter(([key]) => allowed.has(key) || allowed.has(key.replace(/^otel\.resource\./, ''))),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whose names the members of an object have. */
type Place = 'document' | 'metadata' | 'span' | 'attributes';

function maskTexts(value: Json, mask: (text: string) => string, place: Place): Json {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => maskTexts(item, mask, place));
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([key, item]) => {
      const isKept =
        (place === 'document' && IDS.has(key)) ||
        (place === 'span' && SPAN_FIELDS.has(key)) ||
        // OTLP's JSON has numbers as texts.
        (members.length === 1 && (key === 'intValue' || key === 'doubleValue'));
      return [key, isKept ? item : maskTexts(item, mask, placeBelow(place, key))];
    }),
  );
}

function placeBelow(place: Place, key: string): Place {
  if (place === 'metadata') return SPANS.has(key) ? 'span' : 'attributes';
  if (place === 'attributes' || ATTRIBUTES.has(key)) return 'attributes';
  return place === 'document' && key === 'metadata' ? 'metadata' : place;
}
