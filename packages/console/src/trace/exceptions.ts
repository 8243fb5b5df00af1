import type { Json, JsonObject } from '@fluoroscope/model';
import { type Entity, numberOf, objectOf, textOf } from './entity.ts';

export interface ShownException {
  readonly id: string | null;
  readonly type: string;
  readonly message: string;
  readonly remote: boolean;
  readonly causeId: string | null;
  readonly truncated: number;
  readonly stack: readonly ShownFrame[];
}

interface ShownFrame {
  readonly path: string;
  readonly line: number | undefined;
  readonly label: string;
}

export interface ExceptionView {
  readonly exceptions: readonly ShownException[];
  /** The exceptions are recorded there, not on the entity itself. */
  readonly recordedAt: Entity | null;
}

/**
 * The cause of an entity: exceptions of its own, or a reference. A reference names an exception, or (Node SDK)
 * the subsegment that holds it; both may be anywhere in the trace.
 */
export function exceptionsOf(entity: Entity, all: readonly Entity[]): ExceptionView {
  const cause = entity.raw['cause'];
  const own = listIn(cause);
  if (own.length > 0) return { exceptions: own, recordedAt: null };
  const reference = causeReference(entity);
  if (reference === null) return { exceptions: [], recordedAt: null };
  const holder = all.find((other) => other !== entity && holds(other, reference));
  if (holder === undefined) return { exceptions: [], recordedAt: null };
  return { exceptions: listIn(holder.raw['cause']), recordedAt: holder };
}

/** The id of the entity or exception that an entity's cause points at; null when it points at none. */
export function causeReference({ raw }: Entity): string | null {
  return textOf(raw['cause']) ?? textOf(objectOf(raw['cause'])?.['id']) ?? null;
}

/** An entity's own exceptions, in order of the chain. */
export function causesIn({ raw }: Entity): readonly ShownException[] {
  return listIn(raw['cause']);
}

export function hasCause(entity: Entity): boolean {
  return entity.raw['cause'] !== undefined;
}

function holds(entity: Entity, reference: string): boolean {
  const list = listIn(entity.raw['cause']);
  return list.length > 0 && (entity.id === reference || list.some((exception) => exception.id === reference));
}

/** In order of the chain: an exception before the one that caused it. */
function listIn(cause: Json | undefined): readonly ShownException[] {
  const list = objectOf(cause)?.['exceptions'];
  const read = (Array.isArray(list) ? list : []).flatMap((item) => {
    const object = objectOf(item);
    return object === undefined ? [] : [readException(object)];
  });
  const causes = new Set(read.map((exception) => exception.causeId));
  const heads = read.filter((exception) => exception.id === null || !causes.has(exception.id));
  const ordered: ShownException[] = [];
  for (const head of heads.length > 0 ? heads : read) {
    for (let at: ShownException | undefined = head; at !== undefined && !ordered.includes(at);) {
      ordered.push(at);
      const { causeId }: ShownException = at;
      at = causeId === null ? undefined : read.find((exception) => exception.id === causeId);
    }
  }
  return ordered;
}

function readException(raw: JsonObject): ShownException {
  const stack = Array.isArray(raw['stack']) ? raw['stack'] : [];
  return {
    id: textOf(raw['id']) ?? null,
    type: textOf(raw['type']) ?? 'Exception',
    message: textOf(raw['message']) ?? '',
    remote: raw['remote'] === true,
    causeId: textOf(raw['cause']) ?? null,
    truncated: numberOf(raw['truncated']) ?? 0,
    stack: stack.flatMap((item) => {
      const frame = objectOf(item);
      if (frame === undefined) return [];
      return [
        { path: textOf(frame['path']) ?? '', line: numberOf(frame['line']), label: textOf(frame['label']) ?? '' },
      ];
    }),
  };
}
