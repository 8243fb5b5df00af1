import { printFound } from '../../document-problem.ts';
import { bad, ok, type Result } from '../../result.ts';
import type { SegmentId } from '../../segment-id.ts';
import { timeUs, type TimeUs } from '../../time.ts';
import { parseShortSpanId, parseShortTraceId } from '../../trace-header/short-id.ts';
import type { TraceId } from '../../trace-id.ts';
import type { Writable } from '../rpc/rpc-span.ts';
import type { ZipkinEndpoint, ZipkinKind, ZipkinProblem } from './zipkin-span.ts';

// Readers of single fields, for both versions. A field that is not needed and makes no sense is left out.

export interface SpanIds {
  readonly traceId: TraceId;
  readonly id: SegmentId;
  readonly parentId: SegmentId | undefined;
}

/** A parent that is all zeros, or the span itself, is none. */
export function readIds(traceId: unknown, id: unknown, parentId: unknown): Result<SpanIds, ZipkinProblem> {
  const trace = typeof traceId === 'string' ? parseShortTraceId(traceId) : undefined;
  if (trace?.ok !== true) return badField('traceId', '16 or 32 hex digits, not all 0', traceId);
  const span = typeof id === 'string' ? parseShortSpanId(id) : undefined;
  if (span?.ok !== true) return badField('id', '16 hex digits, not all 0', id);
  const parent = typeof parentId === 'string' ? parseShortSpanId(parentId) : undefined;
  const isParent = parent?.ok === true && parent.value !== span.value;
  return ok({ traceId: trace.value, id: span.value, parentId: isParent ? parent.value : undefined });
}

export function badField(field: string, expected: string, found: unknown): Result<never, ZipkinProblem> {
  const message = `span.${field}: expected ${expected}, found ${printFound(found)}`;
  return bad({ code: 'bad-field', message });
}

/** Microseconds since 1970, or of a duration; Zipkin reads 0 as "unknown". Some reporters write fractions or strings. */
export function readMicros(value: unknown): TimeUs | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0) || number > Number.MAX_SAFE_INTEGER) return undefined;
  return timeUs(Math.max(1, Math.round(number)));
}

export function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const KINDS: ReadonlyMap<unknown, ZipkinKind> = new Map<unknown, ZipkinKind>([
  ['CLIENT', 'CLIENT'],
  ['SERVER', 'SERVER'],
  ['PRODUCER', 'PRODUCER'],
  ['CONSUMER', 'CONSUMER'],
]);

export function readKind(value: unknown): ZipkinKind | undefined {
  return KINDS.get(value);
}

const PORT_MAX = 65_535;

/** Undefined when it says nothing. */
export function readEndpoint(value: unknown): ZipkinEndpoint | undefined {
  if (!isRecord(value)) return undefined;
  const serviceName = readText(value['serviceName']);
  const ipv4 = readText(value['ipv4']);
  const ipv6 = readText(value['ipv6']);
  const { port: rawPort } = value;
  const port = typeof rawPort === 'number' && rawPort > 0 && rawPort <= PORT_MAX ? Math.trunc(rawPort) : 0;
  if (serviceName === undefined && ipv4 === undefined && ipv6 === undefined && port === 0) return undefined;
  const endpoint: Writable<ZipkinEndpoint> = {};
  if (serviceName !== undefined) endpoint.serviceName = serviceName;
  if (ipv4 !== undefined) endpoint.ipv4 = ipv4;
  if (ipv6 !== undefined) endpoint.ipv6 = ipv6;
  if (port !== 0) endpoint.port = port;
  return endpoint;
}

export function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
