import { cutText } from '@fluoroscope/model';
import { byStart, type CauseEntity, type CauseException, type CauseTree, type EntityCause } from './cause-tree.ts';
import { CAUSE_REFERENCES_MAX, EXCEPTION_MESSAGE_CHARS_MAX, EXCEPTION_NAME_CHARS_MAX } from './limits.ts';

export interface ShownException {
  /** Empty for an exception without a type. */
  readonly name: string;
  readonly message: string | null;
}

/** The exceptions of an entity's cause, at most so many. */
export type ReadExceptions = (entity: CauseEntity, countMax: number) => readonly ShownException[];

/**
 * SDKs write an exception once, where it was thrown, and name it above: by the exception's id, or (Node) by the id of the
 * subsegment that holds it (XRAY-SPEC §2.6).
 */
export function createExceptions(tree: CauseTree): ReadExceptions {
  let byId: ReadonlyMap<string, CauseException> | undefined;

  function find(entity: CauseEntity): readonly CauseException[] {
    let cause: EntityCause | null | undefined = entity.cause;
    for (let step = 0; step < CAUSE_REFERENCES_MAX && cause != null; step += 1) {
      if (typeof cause !== 'string' && (cause.exceptions ?? []).length > 0) return cause.exceptions ?? [];
      const id: string | undefined = typeof cause === 'string' ? cause : cause.id;
      if (id === undefined) return [];
      byId ??= indexExceptions(tree);
      const exception = byId.get(id);
      if (exception !== undefined) return [exception];
      cause = tree.entityOf(id)?.cause;
    }
    return [];
  }

  return (entity, countMax) => (countMax === 0 ? [] : find(entity).slice(0, countMax).map(toShown));
}

/** Of one id that of the entity that started first, which is the same in whatever order the documents came. */
function indexExceptions(tree: CauseTree): ReadonlyMap<string, CauseException> {
  const byId = new Map<string, CauseException>();
  const throwing = Array.from(tree.entities()).filter(({ cause }) => cause !== null && typeof cause !== 'string');
  for (const { cause } of throwing.sort(byStart)) {
    if (cause === null || typeof cause === 'string') continue;
    for (const exception of cause.exceptions ?? []) {
      if (exception.id !== undefined && !byId.has(exception.id)) byId.set(exception.id, exception);
    }
  }
  return byId;
}

function toShown({ type = '', message }: CauseException): ShownException {
  return {
    name: cutText(type, EXCEPTION_NAME_CHARS_MAX),
    message: message === undefined ? null : cutText(message, EXCEPTION_MESSAGE_CHARS_MAX),
  };
}
