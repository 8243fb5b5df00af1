// Hot path: read once for each served call, written once for each call.
import type { Entity } from '../document/entity.ts';
import { processTraceData, type TraceData } from '../trace-data.ts';

/** The part of gRPC's metadata that is used. */
export interface MetadataLike {
  get(key: string): readonly unknown[];
  set(key: string, value: string): void;
}

export const TRACE_KEY = 'x-amzn-trace-id';
const W3C_KEY = 'traceparent';

/**
 * The caller's trace, from the first of these that has an id: `x-amzn-trace-id`, `traceparent`, `b3`, `x-b3-…`, and the keys `traceId`,
 * `parentId` and `sampled` that interceptors written by hand use. Of a key with many values the last counts: the nearest hop appended it.
 */
export function readTrace(metadata: Pick<MetadataLike, 'get'>): TraceData {
  const own = lastText(metadata, TRACE_KEY);
  const found = own === undefined ? {} : processTraceData(own);
  if (found.root !== undefined) return found;
  const other = readW3c(lastText(metadata, W3C_KEY)) ?? readB3(metadata) ?? readByHand(metadata);
  if (other === undefined) return found;
  // `Sampled=?` and the like without a root are still the caller's word.
  if (found.sampled !== undefined) other.sampled = found.sampled;
  return other;
}

/** Replaces what is there. @param parentId the entity that the other side's segment belongs under */
export function writeTrace(metadata: MetadataLike, traceId: string, parentId: string, sampled: boolean): void {
  metadata.set(TRACE_KEY, `Root=${traceId};Parent=${parentId};Sampled=${sampled ? '1' : '0'}`);
  const w3c = w3cTraceId(traceId);
  if (w3c !== undefined) metadata.set(W3C_KEY, `00-${w3c}-${parentId}-${sampled ? '01' : '00'}`);
}

/** The trace that goes with a call under this entity; undefined when there is none to pass on. */
export function traceIdOf(entity: Entity): string | undefined {
  const traceId = entity.rootOf()?.trace_id;
  return traceId === '' || entity.noOp === true ? undefined : traceId;
}

function w3cTraceId(traceId: string): string | undefined {
  return traceId.length === 35 ? traceId.slice(2, 10) + traceId.slice(11) : undefined;
}

function lastText(metadata: Pick<MetadataLike, 'get'>, key: string): string | undefined {
  const value = metadata.get(key).at(-1);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** traceparent = version "-" 32HEXDIG "-" 16HEXDIG "-" flags *( "-" any )    ; version 2HEXDIG but ff, ids not all 0 */
const W3C = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;

function readW3c(text: string | undefined): TraceData | undefined {
  const [, id, parent, flags] = (text === undefined ? null : W3C.exec(text)) ?? [];
  if (id === undefined || parent === undefined || flags === undefined) return undefined;
  return { root: xrayTraceId(id), parent, sampled: Number.parseInt(flags, 16) % 2 === 1 ? '1' : '0' };
}

/** b3 = id "-" span [ "-" ( "0" / "1" / "d" ) [ "-" parent ] ]    ; id 16 or 32HEXDIG */
const B3 = /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-([01d])(?:-[0-9a-f]{16})?)?$/i;

function readB3(metadata: Pick<MetadataLike, 'get'>): TraceData | undefined {
  const [, id, parent, decision] = B3.exec(lastText(metadata, 'b3') ?? '') ?? [];
  if (id !== undefined) return dataOf(id, parent, decision);
  const long = lastText(metadata, 'x-b3-traceid');
  if (long === undefined) return undefined;
  const debug = lastText(metadata, 'x-b3-flags') === '1';
  return dataOf(long, lastText(metadata, 'x-b3-spanid'), debug ? '1' : lastText(metadata, 'x-b3-sampled'));
}

function readByHand(metadata: Pick<MetadataLike, 'get'>): TraceData | undefined {
  const id = lastText(metadata, 'traceid');
  return id === undefined ? undefined : dataOf(id, lastText(metadata, 'parentid'), lastText(metadata, 'sampled'));
}

const ANY_ID = /^(?:(?:[0-9a-f]{16}){1,2}|1-[0-9a-f]{8}-[0-9a-f]{24})$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;
const SAMPLED: Readonly<Record<string, string>> = { '0': '0', '1': '1', d: '1', D: '1', true: '1', false: '0' };

function dataOf(id: string, parent: string | undefined, decision: string | undefined): TraceData | undefined {
  if (!ANY_ID.test(id)) return undefined;
  const found: TraceData = { root: xrayTraceId(id.toLowerCase()) };
  if (parent !== undefined && SPAN_ID.test(parent)) found.parent = parent.toLowerCase();
  const sampled = decision !== undefined && Object.hasOwn(SAMPLED, decision) ? SAMPLED[decision] : undefined;
  if (sampled !== undefined) found.sampled = sampled;
  return found;
}

/** Ids of 64 bits are padded with zeros on the left. */
function xrayTraceId(id: string): string {
  if (id.length === 35) return id;
  const padded = id.padStart(32, '0');
  return `1-${padded.slice(0, 8)}-${padded.slice(8)}`;
}
