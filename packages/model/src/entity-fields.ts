import {
  cleanFlag,
  cleanOpenObject,
  countOf,
  cutText,
  filledTextOf,
  isJsonObject,
  listOf,
  objectOf,
  textOf,
  type Clean,
  type CleanFields,
} from './clean-json.ts';
import type { AnnotationValue, Json, JsonObject } from './segment-document.ts';
import { parseSegmentId } from './segment-id.ts';
import { parseTraceId } from './trace-id.ts';

/** X-Ray's limit for strings that have none of their own. */
export const TEXT_CHARS_MAX = 250;
/** URLs, messages and stack frames: longer than X-Ray keeps, short enough for a list on screen. */
export const LONG_TEXT_CHARS_MAX = 4_096;
export const RESOURCE_ARN_CHARS_MAX = 500;
export const ANNOTATION_KEY_CHARS_MAX = 500;
export const ANNOTATION_VALUE_CHARS_MAX = 1_000;
/** Linked traces of one segment (XRAY-SPEC §2.1). */
export const LINKS_MAX = 20;
/** Exceptions, frames and paths of one cause: what a person can read, and what a page can draw. */
export const CAUSE_ITEMS_MAX = 1_000;
export const PRECURSORS_MAX = 1_000;
export const HTTP_STATUS_MAX = 999;

const text = textOf(TEXT_CHARS_MAX);
const longText = textOf(LONG_TEXT_CHARS_MAX);
const count = countOf(Number.MAX_SAFE_INTEGER);

const http = objectOf(
  new Map([
    [
      'request',
      objectOf(
        new Map([
          ['method', text],
          ['url', longText],
          ['user_agent', longText],
          ['client_ip', text],
          ['x_forwarded_for', cleanFlag],
          ['traced', cleanFlag],
        ]),
      ),
    ],
    [
      'response',
      objectOf(
        new Map([
          ['status', countOf(HTTP_STATUS_MAX)],
          ['content_length', count],
        ]),
      ),
    ],
  ]),
);

const stackFrame = objectOf(
  new Map([
    ['path', longText],
    ['line', count],
    ['label', longText],
  ]),
);

const exception = objectOf(
  new Map([
    ['id', text],
    ['message', longText],
    ['type', text],
    ['remote', cleanFlag],
    ['truncated', count],
    ['skipped', count],
    ['cause', text],
    ['stack', listOf(stackFrame, CAUSE_ITEMS_MAX)],
  ]),
);

const causeBlock = objectOf(
  new Map([
    ['id', text],
    ['working_directory', longText],
    ['paths', listOf(longText, CAUSE_ITEMS_MAX)],
    ['exceptions', listOf(exception, CAUSE_ITEMS_MAX)],
  ]),
);

const links = listOf(cleanLink, LINKS_MAX);

/** The optional properties that segments and subsegments share; `subsegments` is not among them. */
const ENTITY: readonly (readonly [string, Clean])[] = [
  ['http', http],
  ['aws', cleanOpenObject],
  ['sql', cleanOpenObject],
  ['error', cleanFlag],
  ['throttle', cleanFlag],
  ['fault', cleanFlag],
  ['cause', cleanCause],
  ['annotations', cleanAnnotations],
  ['metadata', cleanOpenObject],
  ['links', links],
];

export const SEGMENT_FIELDS: CleanFields = new Map([
  ...ENTITY,
  ['origin', filledTextOf(TEXT_CHARS_MAX)],
  ['user', text],
  ['resource_arn', filledTextOf(RESOURCE_ARN_CHARS_MAX)],
  ['service', cleanOpenObject],
]);

export const SUBSEGMENT_FIELDS: CleanFields = new Map([
  ...ENTITY,
  ['namespace', text],
  ['traced', cleanFlag],
  ['precursor_ids', listOf(cleanSegmentId, PRECURSORS_MAX)],
]);

function cleanCause(value: Json, latest: number): Json | undefined {
  return typeof value === 'string' ? cutText(value, TEXT_CHARS_MAX) : causeBlock(value, latest);
}

function cleanSegmentId(value: Json): Json | undefined {
  const id = typeof value === 'string' ? parseSegmentId(value) : undefined;
  return id?.ok === true ? id.value : undefined;
}

function cleanTraceId(value: Json): Json | undefined {
  const id = typeof value === 'string' ? parseTraceId(value) : undefined;
  return id?.ok === true ? id.value : undefined;
}

const link = objectOf(
  new Map([
    ['trace_id', cleanTraceId],
    ['id', cleanSegmentId],
    ['attributes', cleanOpenObject],
  ]),
);

function cleanLink(value: Json, latest: number): Json | undefined {
  const cleaned = link(value, latest);
  return isJsonObject(cleaned) && cleaned['trace_id'] !== undefined ? cleaned : undefined;
}

const ANNOTATION_KEY = /^[\p{L}\p{M}\p{N}_.]+$/u;
const NOT_IN_ANNOTATION_KEYS = /[^\p{L}\p{M}\p{N}_.]/gu;
const ASCII_ANNOTATION_KEY = /^[A-Za-z0-9_.]+$/;

/**
 * annotations = { key: string / number / boolean }
 * key         = 1*500( letter / digit / "_" / "." )   ; anything else becomes "_"
 *
 * Other values are dropped. A key that is as it should be wins over one that was mended into it.
 */
function cleanAnnotations(value: Json): Json | undefined {
  if (!isJsonObject(value)) return undefined;
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item === undefined || cleanAnnotationKey(key) !== key || cleanAnnotationValue(item) !== item) {
      return mendAnnotations(value);
    }
  }
  return value;
}

function mendAnnotations(value: JsonObject): JsonObject {
  const mended = new Map<string, AnnotationValue>();
  const exact = new Set<string>();
  for (const [dirtyKey, item] of Object.entries(value)) {
    const key = cleanAnnotationKey(dirtyKey);
    const cleaned = cleanAnnotationValue(item);
    if (key === '' || cleaned === undefined || exact.has(key)) continue;
    if (key === dirtyKey) exact.add(key);
    mended.set(key, cleaned);
  }
  return Object.fromEntries(mended);
}

function cleanAnnotationKey(key: string): string {
  const isClean = ASCII_ANNOTATION_KEY.test(key) || ANNOTATION_KEY.test(key);
  return cutText(isClean ? key : key.replaceAll(NOT_IN_ANNOTATION_KEYS, '_'), ANNOTATION_KEY_CHARS_MAX);
}

function cleanAnnotationValue(value: Json): AnnotationValue | undefined {
  if (typeof value === 'string') return cutText(value, ANNOTATION_VALUE_CHARS_MAX);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'boolean' ? value : undefined;
}
