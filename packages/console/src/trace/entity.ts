import type { Trace } from '@fluoroscope/api';
import { type Json, type JsonObject, type Outcome, outcomeOf } from '@fluoroscope/model';

/** A segment or subsegment, read leniently: a page must open whatever the document says. */
export interface Entity {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  /** The segment it belongs to; for a segment its own name. */
  readonly service: string;
  readonly origin: string | null;
  readonly namespace: string | null;
  readonly isSegment: boolean;
  readonly inferred: boolean;
  readonly startS: number;
  /** Absent while in progress. */
  readonly endS: number | undefined;
  readonly outcome: Outcome;
  readonly status: number | undefined;
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly raw: JsonObject;
  readonly children: readonly Entity[];
}

/** Nesting deeper than this is cut; protects the stack against a document made to exhaust it. */
const DEPTH_MAX = 200;

export function readEntities(trace: Trace): readonly Entity[] {
  return (trace.Segments ?? []).flatMap((segment) => {
    const raw = readObject(segment.Document);
    return raw === undefined ? [] : [readDocument(raw)];
  });
}

/** One document of a trace. */
export function readDocument(raw: JsonObject): Entity {
  return readEntity(raw, { service: null, origin: null, parentId: null, depth: 0 });
}

/** An entity and all that is embedded in it. */
export function findEntity(top: Entity, id: string): Entity | null {
  const stack = [top];
  for (let entity = stack.pop(); entity !== undefined; entity = stack.pop()) {
    if (entity.id === id) return entity;
    stack.push(...entity.children);
  }
  return null;
}

interface Owner {
  readonly service: string | null;
  readonly origin: string | null;
  readonly parentId: string | null;
  readonly depth: number;
}

function readEntity(raw: JsonObject, owner: Owner): Entity {
  const isSegment = owner.depth === 0 && raw['type'] !== 'subsegment';
  const name = textOf(raw['name']) ?? '(no name)';
  const id = textOf(raw['id']) ?? '';
  const service = owner.service ?? name;
  const origin = textOf(raw['origin']) ?? owner.origin;
  const http = objectOf(raw['http']);
  const request = objectOf(http?.['request']);
  const inProgress = raw['in_progress'] === true;
  const endS = inProgress ? undefined : numberOf(raw['end_time']);
  const nested = owner.depth < DEPTH_MAX && Array.isArray(raw['subsegments']) ? raw['subsegments'] : [];
  return {
    id,
    name,
    parentId: textOf(raw['parent_id']) ?? owner.parentId,
    service,
    origin,
    namespace: textOf(raw['namespace']) ?? null,
    isSegment,
    inferred: raw['inferred'] === true,
    startS: numberOf(raw['start_time']) ?? 0,
    endS,
    outcome: outcomeOf({
      in_progress: endS === undefined,
      fault: raw['fault'] === true,
      throttle: raw['throttle'] === true,
      error: raw['error'] === true,
    }),
    status: numberOf(objectOf(http?.['response'])?.['status']),
    method: textOf(request?.['method']),
    url: textOf(request?.['url']),
    raw,
    children: nested.flatMap((child) => {
      const object = objectOf(child);
      return object === undefined
        ? []
        : [readEntity(object, { service, origin, parentId: id, depth: owner.depth + 1 })];
    }),
  };
}

function readObject(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function objectOf(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
