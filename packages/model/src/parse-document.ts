// Hot path: runs once per received document. A document that needs no cleaning keeps its text, which saves
// printing it, and its parsed object, which saves copying it.
import { cleanEntity, cleanName, readEnd, readSeconds, TIME_SECONDS_MAX, type Essentials } from './clean-entity.ts';
import { isJsonObject } from './clean-json.ts';
import {
  findDocumentId,
  printFound,
  PROBLEM_ID_CHARS_MAX,
  type DocumentProblem,
  type DocumentProblemCode,
} from './document-problem.ts';
import { SEGMENT_FIELDS, SUBSEGMENT_FIELDS } from './entity-fields.ts';
import { ModelError } from './model-error.ts';
import { nestsDeeperThan } from './nesting.ts';
import { bad, ok, type Result } from './result.ts';
import type { Json, JsonObject, TraceDocument } from './segment-document.ts';
import { parseSegmentId } from './segment-id.ts';
import { secondsFromUs, type TimeUs } from './time.ts';
import type { SentSpan } from './translate/otlp/span.ts';
import { parseTraceId, type TraceId } from './trace-id.ts';

/** What is asked of a document on its way to the store. */
export interface DocumentHead {
  readonly trace_id: TraceId;
  readonly name: string;
  readonly type?: 'subsegment' | undefined;
  /** Seconds since 1970; undefined while it is in progress. */
  readonly end_time?: number | undefined;
  /** False for what is certainly no proxy's. */
  readonly mayBeProxys?: boolean;
}

/** A document that may be journalled and stored. */
export interface AcceptedDocument {
  readonly head: DocumentHead;
  readonly document: TraceDocument;
  /** The cleaned document as JSON; the text as sent when nothing had to be cleaned. Well-formed Unicode. */
  readonly text: string;
  /** The span that it was made of, where the translator was to keep it; null when it stands for none. */
  readonly sentSpan?: SentSpan | null | undefined;
}

export interface ParseDocumentOptions {
  readonly nowUs: TimeUs;
  /** How far back a document's `start_time` may lie. */
  readonly pastUsMax: number;
  /** How far ahead it may lie. */
  readonly futureUsMax: number;
  /** Of the document in UTF-8. */
  readonly documentBytesMax: number;
}

/** X-Ray's limit for one document. */
export const DOCUMENT_BYTES_MAX = 65_536;

/** Levels of arrays and objects: keeps recursion over a document far from the end of the stack. */
export const DOCUMENT_LEVELS_MAX = 1_024;

/** Documents in one array: as many as fit into 64 kB, so that one text cannot become endless work. */
export const ARRAY_DOCUMENTS_MAX = 1_000;

type Parsed = Result<AcceptedDocument, DocumentProblem>;

/**
 * text     = [BOM] ( document / "[" *( document "," ) document "]" )
 * document = a segment, or a subsegment with type, trace_id and parent_id (XRAY-SPEC §2)
 *
 * One entry for a document, one for each element of an array. What can be mended or left out is; refused
 * is only a document that has no usable id, trace id, name, start or end. The text of an accepted document
 * parses to itself.
 */
export function parseDocument(
  text: string,
  options: ParseDocumentOptions,
): readonly Result<AcceptedDocument, DocumentProblem>[] {
  const { documentBytesMax } = options;
  if (isLongerThan(text, documentBytesMax)) return [tooLarge(findDocumentId(text), documentBytesMax)];
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (nestsDeeperThan(json, DOCUMENT_LEVELS_MAX)) {
    return [
      refuse('ParseError', null, `at most ${DOCUMENT_LEVELS_MAX} levels of nesting`, 'more', findDocumentId(json)),
    ];
  }

  const value = readJson(json);
  if (value === undefined) return [refuse('ParseError', null, 'JSON', 'other text', findDocumentId(json))];
  if (!isJsonArray(value)) return [acceptDocument(value, json, options)];
  if (value.length === 0) return [refuse('MissingId', 'id', 'a document', 'an empty array', null)];
  const parsed = value.slice(0, ARRAY_DOCUMENTS_MAX).map((item) => acceptDocument(item, undefined, options));
  if (value.length > ARRAY_DOCUMENTS_MAX) {
    parsed.push(refuse('SegmentTooLarge', null, `at most ${ARRAY_DOCUMENTS_MAX} documents`, 'more', null));
  }
  return parsed;
}

/** For text that `parseDocument` made. */
export function readAcceptedDocument(text: string): TraceDocument {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked when it was accepted
    return JSON.parse(text) as TraceDocument;
  } catch (error) {
    throw new ModelError('not-a-document', 'stored text is no JSON', { cause: error });
  }
}

/** `text` is undefined for a document that came in an array. */
export function acceptDocument(value: Json, text: string | undefined, options: ParseDocumentOptions): Parsed {
  if (!isJsonObject(value)) return refuse('MissingId', 'id', 'an object with an id', printFound(value), null);
  const latest = latestSeconds(options);
  const essentials = readEssentials(value, options, latest);
  if (!essentials.ok) return essentials;

  const fields = value['type'] === 'subsegment' ? SUBSEGMENT_FIELDS : SEGMENT_FIELDS;
  const cleaned = cleanEntity(value, essentials.value, fields, latest);
  const keepsText = cleaned === value && text !== undefined && !hasLoneSurrogate(text);
  const cleanText = keepsText ? text : JSON.stringify(cleaned);
  if (!keepsText && isLongerThan(cleanText, options.documentBytesMax)) {
    return tooLarge(idOf(value), options.documentBytesMax);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every property went through its cleaner
  const document = cleaned as unknown as TraceDocument;
  return ok({ head: document, document, text: cleanText });
}

/** When a document may have begun at the earliest. */
export function earliestSeconds({ nowUs, pastUsMax }: ParseDocumentOptions): number {
  return secondsFromUs(nowUs - pastUsMax);
}

/** When it may have begun or ended at the latest. */
export function latestSeconds({ nowUs, futureUsMax }: ParseDocumentOptions): number {
  return Math.min(secondsFromUs(nowUs + futureUsMax), TIME_SECONDS_MAX);
}

/** What a document cannot do without, in the order of XRAY-SPEC §4.3. */
function readEssentials(
  source: JsonObject,
  options: ParseDocumentOptions,
  latest: number,
): Result<Essentials, DocumentProblem> {
  const { id: rawId, trace_id: rawTraceId, name: rawName, start_time: rawStart } = source;
  const givenId = idOf(source);
  if (isAbsent(rawId)) return refuse('MissingId', 'id', '16 hex digits', printFound(rawId), givenId);
  const id = typeof rawId === 'string' ? parseSegmentId(rawId) : undefined;
  if (id?.ok !== true) return refuse('InvalidId', 'id', '16 hex digits, not all 0', printFound(rawId), givenId);

  if (isAbsent(rawTraceId)) return refuse('MissingTraceId', 'trace_id', TRACE_ID_FORM, printFound(rawTraceId), givenId);
  const traceId = typeof rawTraceId === 'string' ? parseTraceId(rawTraceId) : undefined;
  if (traceId?.ok !== true) return refuse('InvalidTraceId', 'trace_id', TRACE_ID_FORM, printFound(rawTraceId), givenId);

  if (isAbsent(rawName)) return refuse('MissingName', 'name', 'a string', printFound(rawName), givenId);
  const name = typeof rawName === 'string' ? cleanName(rawName) : undefined;
  if (name === undefined) return refuse('InvalidName', 'name', 'letters or digits', printFound(rawName), givenId);

  if (isAbsent(rawStart)) return refuse('MissingStartTime', 'start_time', SECONDS, printFound(rawStart), givenId);
  const start = readSeconds(rawStart);
  const earliest = earliestSeconds(options);
  if (start === undefined || start < earliest || start > latest) {
    return refuse(
      'InvalidTime',
      'start_time',
      `${SECONDS} from ${earliest} to ${latest}`,
      printFound(rawStart),
      givenId,
    );
  }

  const end = readEnd(source, start, latest);
  if (end === undefined && source['in_progress'] !== true) return refuseEnd(source['end_time'], givenId);

  const parentId = readParentId(source['parent_id']);
  const isSubsegment = source['type'] === 'subsegment';
  if (isSubsegment && parentId === undefined) {
    return refuse('MissingParentId', 'parent_id', '16 hex digits', printFound(source['parent_id']), givenId);
  }
  const isOpen = end === undefined ? true : undefined;
  return ok([
    id.value,
    name,
    start,
    end,
    isOpen,
    traceId.value,
    parentId,
    isSubsegment ? 'subsegment' : undefined,
  ] satisfies Essentials);
}

const TRACE_ID_FORM = '1-, 8 hex digits, -, 24 hex digits';
const SECONDS = 'seconds since 1970';

function refuseEnd(rawEnd: Json | undefined, id: string | null): Result<never, DocumentProblem> {
  const code = isAbsent(rawEnd) ? 'MissingEndTime' : 'InvalidTime';
  return refuse(code, 'end_time', `${SECONDS}, or in_progress: true`, printFound(rawEnd), id);
}

/** A segment whose parent cannot be read is a segment without parent. */
function readParentId(value: Json | undefined): string | undefined {
  const id = typeof value === 'string' ? parseSegmentId(value) : undefined;
  return id?.ok === true ? id.value : undefined;
}

function refuse(
  code: DocumentProblemCode,
  field: string | null,
  expected: string,
  found: string,
  id: string | null,
): Result<never, DocumentProblem> {
  return bad({ code, field, message: `${field ?? 'document'}: expected ${expected}, found ${found}`, id });
}

export function tooLarge(id: string | null, bytesMax: number): Result<never, DocumentProblem> {
  return refuse('SegmentTooLarge', null, `at most ${bytesMax} bytes`, 'more', id);
}

function idOf(source: JsonObject): string | null {
  const { id } = source;
  return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, PROBLEM_ID_CHARS_MAX) : null;
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

function readJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** In UTF-8, which takes one to three bytes for each UTF-16 unit. */
export function isLongerThan(text: string, bytesMax: number): boolean {
  if (text.length * 3 <= bytesMax) return false;
  return text.length > bytesMax || utf8.encode(text).length > bytesMax;
}

const utf8 = new TextEncoder();

/** UTF-8 cannot carry them; `JSON.stringify` escapes them. */
function hasLoneSurrogate(text: string): boolean {
  return SURROGATE.test(text) && LONE_SURROGATE.test(text);
}

// Without the u flag: V8 answers for text of one byte a character without reading it.
const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

function isJsonArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
