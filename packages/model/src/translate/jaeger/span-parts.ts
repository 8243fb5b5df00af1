import { bad, ok, type Result } from '../../result.ts';
import { timeUs, type TimeUs } from '../../time.ts';
import { parseShortSpanId, parseShortTraceId } from '../../trace-header/short-id.ts';
import type { JaegerProblem, JaegerReference, JaegerSpan } from './jaeger-span.ts';

/** A span as both wire formats tell it: ids as hex digits, none checked. */
export interface SpanParts extends Omit<
  JaegerSpan,
  'traceId' | 'spanId' | 'parentId' | 'references' | 'startTime' | 'duration'
> {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty or zeros for none. */
  readonly parentId: string;
  readonly references: readonly ReferenceParts[];
  readonly startUs: number;
  readonly durationUs: number;
}

export interface ReferenceParts {
  /** 0 child of, 1 follows from. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
}

/** A parent that is not given is the first span of the same trace that this one is a child of, else one it follows. */
export function finishSpan(parts: SpanParts): Result<JaegerSpan, JaegerProblem> {
  const { startUs, durationUs, ...rest } = parts;
  const traceId = parseShortTraceId(parts.traceId);
  if (!traceId.ok) return badField('traceId', 'an id that is not all 0');
  const spanId = parseShortSpanId(parts.spanId);
  if (!spanId.ok) return badField('spanId', 'an id that is not all 0');
  if (startUs < 0 || startUs > Number.MAX_SAFE_INTEGER) return badField('startTime', 'a time from 1970 to 2255');
  const duration = Math.min(Math.max(0, durationUs), Number.MAX_SAFE_INTEGER - startUs);
  const references = parts.references.flatMap(readReference);
  const given = parseShortSpanId(parts.parentId);
  const inTrace = references.filter((reference) => reference.traceId === traceId.value);
  const parent = inTrace.find(({ type }) => type === 'child-of') ?? inTrace[0];
  const parentId = given.ok ? given.value : (parent?.spanId ?? null);
  return ok({
    ...rest,
    traceId: traceId.value,
    spanId: spanId.value,
    parentId: parentId === spanId.value ? null : parentId,
    references,
    startTime: timeUs(startUs),
    duration,
  });
}

/** Times that make no sense become 0: a log is not worth its span. */
export function readTimeUs(us: number): TimeUs {
  return timeUs(us >= 0 && us <= Number.MAX_SAFE_INTEGER ? us : 0);
}

function readReference({ kind, ...ids }: ReferenceParts): readonly JaegerReference[] {
  const traceId = parseShortTraceId(ids.traceId);
  const spanId = parseShortSpanId(ids.spanId);
  if (!traceId.ok || !spanId.ok) return [];
  return [{ type: kind === 1 ? 'follows-from' : 'child-of', traceId: traceId.value, spanId: spanId.value }];
}

function badField(field: string, expected: string): Result<never, JaegerProblem> {
  return bad({ code: 'bad-field', message: `span.${field}: expected ${expected}` });
}
