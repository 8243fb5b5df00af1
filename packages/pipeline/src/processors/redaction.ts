import type { Json, JsonObject, TraceDocument } from '@fluoroscope/model';
import { changeAttributes } from './attributes.ts';

export interface RedactionOptions {
  /** What of a text matches is put out of sight. */
  readonly blockedValues: readonly RegExp[];
  /** Attributes with such names go. */
  readonly blockedKeys: readonly RegExp[];
  /** Annotations and members of `metadata.default` with other names go, and all other metadata; null allows all. */
  readonly allowedKeys: ReadonlySet<string> | null;
}

export const MASK = '****';

/** What stays as it is, so that traces stay traces. */
const IDS: ReadonlySet<string> = new Set([
  'id',
  'trace_id',
  'parent_id',
  'type',
  'namespace',
  'origin',
  'precursor_ids',
]);

/** The document without what must not be seen: in every text at any depth but ids and kinds. */
export function redact(document: TraceDocument, options: RedactionOptions): TraceDocument {
  const { blockedValues, blockedKeys, allowedKeys } = options;
  const isBlocked = (key: string): boolean => blockedKeys.some((pattern) => pattern.test(key));
  const allowed = allowedKeys === null ? document : keepAllowed(document, allowedKeys);
  const visible =
    blockedKeys.length === 0 ? allowed : changeAttributes(allowed, [{ action: 'delete', matches: isBlocked }]);
  if (blockedValues.length === 0) return visible;
  const mask = (text: string): string => blockedValues.reduce((masked, pattern) => masked.replace(pattern, MASK), text);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- texts are exchanged for texts, all else stays
  return maskTexts(visible as unknown as Json, mask) as unknown as TraceDocument;
}

function keepAllowed<T extends Pick<TraceDocument, 'annotations' | 'metadata' | 'subsegments'>>(
  entity: T,
  allowed: ReadonlySet<string>,
): T {
  const { annotations, metadata, subsegments } = entity;
  const plain = metadata?.['default'];
  return {
    ...entity,
    ...(annotations !== undefined && { annotations: pick(annotations, allowed) }),
    ...(metadata !== undefined && { metadata: isObject(plain) ? { default: pick(plain, allowed) } : {} }),
    ...(subsegments !== undefined && { subsegments: subsegments.map((child) => keepAllowed(child, allowed)) }),
  };
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

function maskTexts(value: Json, mask: (text: string) => string): Json {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => maskTexts(item, mask));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, IDS.has(key) ? item : maskTexts(item, mask)]),
  );
}
