import { toCauseServices, type CausePath, type CauseService } from './cause-path.ts';
import { byStart, type CauseEntity, type CauseTree, type FailingFlag } from './cause-tree.ts';
import { createExceptions, type ReadExceptions, type ShownException } from './exceptions.ts';
import { CAUSE_EXCEPTIONS_MAX, CAUSES_MAX, FAILING_LEAVES_MAX } from './limits.ts';

export interface FailingCause {
  readonly services: readonly CauseService<FailingEntity>[];
  readonly reachesClient: boolean;
}

export interface FailingEntity {
  readonly name: string;
  readonly remote: boolean;
  readonly exceptions: readonly ShownException[];
}

const NO_CAUSES: readonly FailingCause[] = [];

/**
 * One cause for each entity below the entry with the flag and without a child that has it: the way to it from the entry. It
 * reaches the client when every entity on the way has the flag. Causes that read the same are one.
 */
export function findFailingCauses(tree: CauseTree, entry: CauseEntity, flag: FailingFlag): readonly FailingCause[] {
  if (!tree.mayFail(flag)) return NO_CAUSES;
  const readExceptions = createExceptions(tree);
  const causes = new Map<string, FailingCause>();
  for (const leaf of findLeaves(tree, entry, flag)) {
    if (causes.size === CAUSES_MAX) break;
    const cause = toCause(leaf, readExceptions);
    const text = JSON.stringify(cause);
    if (!causes.has(text)) causes.set(text, cause);
  }
  return [...causes.values()];
}

interface Leaf {
  readonly entity: CauseEntity;
  readonly above: Leaf | null;
  readonly reachesClient: boolean;
}

/** Those that reach the client first; each part by start, parents' before children's. */
function findLeaves(tree: CauseTree, entry: CauseEntity, flag: FailingFlag): readonly Leaf[] {
  const reaching: Leaf[] = [];
  const handled: Leaf[] = [];
  const pending: Leaf[] = [{ entity: entry, above: null, reachesClient: entry[flag] }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { entity, reachesClient } = at;
    const leaves = reachesClient ? reaching : handled;
    // The entry is its own child when segments name each other in a circle.
    const children = tree.childrenOf(entity).filter(({ id }) => id !== entry.id);
    const isLeaf = entity[flag] && !children.some((child) => child[flag]);
    if (isLeaf && leaves.length < FAILING_LEAVES_MAX) leaves.push(at);
    for (const child of children.sort(byStart).toReversed()) {
      pending.push({ entity: child, above: at, reachesClient: reachesClient && child[flag] });
    }
  }
  return [...reaching, ...handled];
}

function toCause(leaf: Leaf, readExceptions: ReadExceptions): FailingCause {
  const path = pathTo(leaf);
  const exceptions = new Map<CauseEntity, readonly ShownException[]>();
  let room = CAUSE_EXCEPTIONS_MAX;
  for (const entity of path.toReversed()) {
    const found = readExceptions(entity, room);
    exceptions.set(entity, found);
    room -= found.length;
  }
  const toEntity = (entity: CauseEntity): FailingEntity => {
    const { name, remote } = entity;
    return { name, remote, exceptions: exceptions.get(entity) ?? [] };
  };
  return { services: toCauseServices(path, toEntity), reachesClient: leaf.reachesClient };
}

function pathTo(leaf: Leaf): CausePath {
  const path: CauseEntity[] = [];
  for (let at: Leaf | null = leaf; at !== null; at = at.above) path.push(at.entity);
  return path.toReversed();
}
