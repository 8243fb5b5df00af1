import { ok, type Result } from '../../result.ts';
import { timeUs, type TimeUs } from '../../time.ts';
import { readSpans } from './decode-v2-json.ts';
import {
  badField,
  isList,
  isRecord,
  readEndpoint,
  readIds,
  readMicros,
  readText,
  type SpanIds,
} from './span-fields.ts';
import {
  ZIPKIN_ANNOTATIONS_MAX,
  ZIPKIN_TAGS_MAX,
  type ZipkinAnnotation,
  type ZipkinBatch,
  type ZipkinEndpoint,
  type ZipkinKind,
  type ZipkinProblem,
  type ZipkinSpan,
} from './zipkin-span.ts';

/**
 * text             = "[" *( span "," ) span "]"
 * span             = { traceId, id, parentId?, name?, timestamp?, duration?, debug?,
 *                      annotations?: [{ timestamp, value, endpoint? }],
 *                      binaryAnnotations?: [{ key, value, endpoint? }] }
 * core annotations = cs cr, sr ss, ms, mr    ; sides of the span: client, server, producer, consumer
 * ca sa ma         = binary annotations whose endpoint is the other side
 *
 * A span with both cs and sr is both halves of a call: it becomes two spans, the server's shared.
 */
export function decodeZipkinV1Json(text: string): Result<ZipkinBatch, ZipkinProblem> {
  return readSpans(text, readV1Span);
}

interface V1Event extends ZipkinAnnotation {
  readonly endpoint: ZipkinEndpoint | undefined;
}

interface V1Tag {
  readonly key: string;
  readonly value: unknown;
  readonly endpoint: ZipkinEndpoint | undefined;
}

interface V1Span {
  readonly ids: SpanIds;
  readonly name: string | undefined;
  readonly timestamp: TimeUs | undefined;
  readonly duration: TimeUs | undefined;
  readonly isDebug: boolean;
  readonly events: readonly V1Event[];
  readonly tags: readonly V1Tag[];
}

interface Side {
  readonly kind: ZipkinKind;
  readonly starts: string;
  readonly ends: string | null;
  /** The binary annotation that names the other side. */
  readonly peer: string;
}

const SIDES: readonly Side[] = [
  { kind: 'CLIENT', starts: 'cs', ends: 'cr', peer: 'sa' },
  { kind: 'SERVER', starts: 'sr', ends: 'ss', peer: 'ca' },
  { kind: 'PRODUCER', starts: 'ms', ends: null, peer: 'ma' },
  { kind: 'CONSUMER', starts: 'mr', ends: null, peer: 'ma' },
];
const CORE: ReadonlySet<string> = new Set(SIDES.flatMap(({ starts, ends }) => [starts, ends ?? starts]));
const PEERS: ReadonlySet<string> = new Set(SIDES.map(({ peer }) => peer));

/** Of a span as v1's JSON has it, whatever it was read from. */
export function readV1Span(value: unknown): Result<readonly ZipkinSpan[], ZipkinProblem> {
  if (!isRecord(value)) return badField('', 'an object', value);
  const ids = readIds(value['traceId'], value['id'], value['parentId']);
  if (!ids.ok) return ids;
  const { annotations, binaryAnnotations } = value;
  const events = isList(annotations) ? annotations : [];
  const tags = isList(binaryAnnotations) ? binaryAnnotations : [];
  if (events.length > ZIPKIN_ANNOTATIONS_MAX) {
    return badField('annotations', `at most ${ZIPKIN_ANNOTATIONS_MAX}`, events.length);
  }
  if (tags.length > ZIPKIN_TAGS_MAX) return badField('binaryAnnotations', `at most ${ZIPKIN_TAGS_MAX}`, tags.length);
  return ok(
    splitSides({
      ids: ids.value,
      name: readText(value['name']),
      timestamp: readMicros(value['timestamp']),
      duration: readMicros(value['duration']),
      isDebug: value['debug'] === true,
      events: events.flatMap(readEvent),
      tags: tags.flatMap(readTag),
    }),
  );
}

function readEvent(item: unknown): readonly V1Event[] {
  if (!isRecord(item)) return [];
  const timestamp = readMicros(item['timestamp']);
  const value = readText(item['value']);
  if (timestamp === undefined || value === undefined) return [];
  return [{ timestamp, value, endpoint: readEndpoint(item['endpoint']) }];
}

function readTag(item: unknown): readonly V1Tag[] {
  const key = isRecord(item) ? readText(item['key']) : undefined;
  if (!isRecord(item) || key === undefined) return [];
  return [{ key, value: item['value'], endpoint: readEndpoint(item['endpoint']) }];
}

function splitSides(span: V1Span): readonly ZipkinSpan[] {
  const sides = SIDES.filter(({ starts, ends }) => span.events.some(({ value }) => value === starts || value === ends));
  const [first = null, ...others] = sides;
  return [sideOf(span, first, first), ...others.map((side) => sideOf(span, side, first))];
}

/** `first` has the span's own times, tags and other annotations. */
function sideOf(span: V1Span, side: Side | null, first: Side | null): ZipkinSpan {
  const { ids, name, events, isDebug } = span;
  const isFirst = side === first;
  const begin = side === null ? undefined : events.find(({ value }) => value === side.starts);
  const end = side === null ? undefined : events.find(({ value }) => value === side.ends);
  const timestamp = (isFirst ? span.timestamp : undefined) ?? begin?.timestamp;
  const between = begin !== undefined && end !== undefined ? end.timestamp - begin.timestamp : 0;
  const duration = (isFirst ? span.duration : undefined) ?? (between > 0 ? timeUs(between) : undefined);
  const isPeer = ({ key, value }: V1Tag): boolean => PEERS.has(key) && (value === true || value === 'true');
  const localEndpoint =
    begin?.endpoint ??
    end?.endpoint ??
    [...events, ...span.tags.filter((tag) => !isPeer(tag))].find(hasEndpoint)?.endpoint;
  const remoteEndpoint = span.tags.find((tag) => isPeer(tag) && (side === null || tag.key === side.peer))?.endpoint;
  const annotations = isFirst ? events.filter(({ value }) => !CORE.has(value)) : [];
  const tags = isFirst ? span.tags.filter((tag) => !isPeer(tag)) : [];
  // A server that reports no time of its own for the span has taken the id over from its client.
  const isShared =
    side?.kind === 'SERVER' && (!isFirst || (span.timestamp === undefined && ids.parentId !== undefined));
  return {
    traceId: ids.traceId,
    id: ids.id,
    ...(ids.parentId !== undefined && { parentId: ids.parentId }),
    ...(side !== null && { kind: side.kind }),
    ...(name !== undefined && { name }),
    ...(timestamp !== undefined && { timestamp }),
    ...(duration !== undefined && { duration }),
    ...(localEndpoint !== undefined && { localEndpoint }),
    ...(remoteEndpoint !== undefined && { remoteEndpoint }),
    ...(annotations.length > 0 && {
      annotations: annotations.map(({ timestamp: at, value }) => ({ timestamp: at, value })),
    }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags.map(({ key, value }) => [key, printValue(value)])) }),
    ...(isDebug && { debug: true }),
    ...(isShared && { shared: true }),
  };
}

function hasEndpoint({ endpoint }: V1Event | V1Tag): boolean {
  return endpoint !== undefined;
}

function printValue(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
