import type { ExceptionEntity, RootCause } from '@fluoroscope/api';
import { isRemote, pathTo, toCauseServices } from './cause-path.ts';
import type { CauseEntity, CauseSegment } from './cause-tree.ts';
import type { ReadExceptions, WireException } from './exceptions.ts';
import { CAUSE_EXCEPTIONS_MAX, CAUSES_MAX, FAILING_LEAVES_MAX } from './limits.ts';

export type FailingFlag = 'fault' | 'error';

/**
 * One cause for each entity below the entry with the flag and without a child that has it: the way to it from the entry. It
 * reaches the client when every entity on the way has the flag. Causes that read the same are one.
 */
export function findFailingCauses(
  entry: CauseSegment,
  flag: FailingFlag,
  readExceptions: ReadExceptions,
): readonly RootCause<ExceptionEntity>[] {
  const causes = new Map<string, RootCause<ExceptionEntity>>();
  for (const leaf of findLeaves(entry, flag)) {
    if (causes.size === CAUSES_MAX) break;
    const cause = toCause(leaf, entry, readExceptions);
    const text = JSON.stringify(cause);
    if (!causes.has(text)) causes.set(text, cause);
  }
  return [...causes.values()];
}

interface Leaf {
  readonly entity: CauseEntity;
  readonly reachesClient: boolean;
}

/** Those that reach the client first; each part by start, parents' before children's. */
function findLeaves(entry: CauseSegment, flag: FailingFlag): readonly Leaf[] {
  const isFailing = ({ document }: CauseEntity): boolean => document[flag] === true;
  const reaching: Leaf[] = [];
  const handled: Leaf[] = [];
  const pending: Leaf[] = [{ entity: entry, reachesClient: isFailing(entry) }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { entity, reachesClient } = at;
    const leaves = reachesClient ? reaching : handled;
    // The entry is its own child when segments name each other in a circle.
    const children = entity.children.filter((child) => child !== entry);
    if (isFailing(entity) && !children.some(isFailing) && leaves.length < FAILING_LEAVES_MAX) leaves.push(at);
    for (const child of children.toReversed()) {
      pending.push({ entity: child, reachesClient: reachesClient && isFailing(child) });
    }
  }
  return [...reaching, ...handled];
}

function toCause(leaf: Leaf, entry: CauseSegment, readExceptions: ReadExceptions): RootCause<ExceptionEntity> {
  const path = pathTo(leaf.entity, entry);
  const exceptions = new Map<CauseEntity, readonly WireException[]>();
  let room = CAUSE_EXCEPTIONS_MAX;
  for (const { entity } of path.toReversed()) {
    const found = readExceptions(entity, room);
    exceptions.set(entity, found);
    room -= found.length;
  }
  const toEntity = (entity: CauseEntity): ExceptionEntity => ({
    Name: entity.document.name,
    Exceptions: exceptions.get(entity) ?? [],
    Remote: isRemote(entity),
  });
  return { Services: toCauseServices(path, toEntity), ClientImpacting: leaf.reachesClient };
}
