import type { ExceptionEntity } from '@fluoroscope/api';
import { cutText, type CauseBlock, type Exception, type SegmentId } from '@fluoroscope/model';
import type { CauseEntity } from './cause-tree.ts';
import { CAUSE_REFERENCES_MAX, EXCEPTION_MESSAGE_CHARS_MAX, EXCEPTION_NAME_CHARS_MAX } from './limits.ts';

export type WireException = NonNullable<ExceptionEntity['Exceptions']>[number];

/** The exceptions of an entity's cause, at most so many. */
export type ReadExceptions = (entity: CauseEntity, countMax: number) => readonly WireException[];

/**
 * SDKs write an exception once, where it was thrown, and name it above: by the exception's id, or (Node) by the id of the
 * subsegment that holds it (XRAY-SPEC §2.6).
 */
export function createExceptions(entities: ReadonlyMap<SegmentId, CauseEntity>): ReadExceptions {
  let byId: ReadonlyMap<string, Exception> | undefined;
  const entityOf: ReadonlyMap<string, CauseEntity> = entities;

  function find({ document }: CauseEntity): readonly Exception[] {
    let cause: string | CauseBlock | undefined = document.cause;
    for (let step = 0; step < CAUSE_REFERENCES_MAX && cause !== undefined; step += 1) {
      if (typeof cause !== 'string' && (cause.exceptions ?? []).length > 0) return cause.exceptions ?? [];
      const id: string | undefined = typeof cause === 'string' ? cause : cause.id;
      if (id === undefined) return [];
      byId ??= indexExceptions(entities);
      const exception = byId.get(id);
      if (exception !== undefined) return [exception];
      cause = entityOf.get(id)?.document.cause;
    }
    return [];
  }

  return (entity, countMax) => (countMax === 0 ? [] : find(entity).slice(0, countMax).map(toWireException));
}

/** Of one id the first, which is the same in whatever order the documents came. */
function indexExceptions(entities: ReadonlyMap<SegmentId, CauseEntity>): ReadonlyMap<string, Exception> {
  const byId = new Map<string, Exception>();
  for (const { document } of entities.values()) {
    if (typeof document.cause !== 'object') continue;
    for (const exception of document.cause.exceptions ?? []) {
      if (exception.id !== undefined && !byId.has(exception.id)) byId.set(exception.id, exception);
    }
  }
  return byId;
}

/** Grafana needs a name; an exception without a type has an empty one. */
function toWireException({ type = '', message }: Exception): WireException {
  return {
    Name: cutText(type, EXCEPTION_NAME_CHARS_MAX),
    ...(message !== undefined && { Message: cutText(message, EXCEPTION_MESSAGE_CHARS_MAX) }),
  };
}
