import { toCauseServices, type CauseService } from './cause-path.ts';
import type { CauseEntity, CauseTree } from './cause-tree.ts';
import { COVERAGE_MIN } from './limits.ts';

export type SlowCause = readonly CauseService<SlowEntity>[];

export interface SlowEntity {
  readonly name: string;
  readonly remote: boolean;
  /** Of the root's response time, in thousandths. */
  readonly coverage: number;
}

/**
 * Down from the entry, at every level into the child that the answer waited for longest, as long as it covers
 * half of the response time. None while the entry is in progress or took no time.
 */
export function findResponseTimeCause(tree: CauseTree, entry: CauseEntity): SlowCause | null {
  // While it is in progress it ends at its start.
  if (entry.endUs <= entry.startUs) return null;
  const path = [entry];
  for (let next = followed(tree, entry, entry); next !== null; next = followed(tree, next, entry)) path.push(next);
  return toCauseServices(path, (entity) => {
    const { name, remote } = entity;
    return { name, remote, coverage: Math.round(coverageOf(entity, entry) * 1_000) };
  });
}

/** Its share of the root's response time; what lies outside of that does not count. */
function coverageOf({ startUs, endUs }: CauseEntity, entry: CauseEntity): number {
  const coveredUs = Math.max(0, Math.min(endUs, entry.endUs) - Math.max(startUs, entry.startUs));
  return coveredUs / (entry.endUs - entry.startUs);
}

/** Each moment belongs to the one that ends last of those running: who waits for all, waits for that one. */
function followed(tree: CauseTree, parent: CauseEntity, entry: CauseEntity): CauseEntity | null {
  const candidates: CauseEntity[] = [];
  for (const child of tree.childrenOf(parent)) {
    if (child.id !== entry.id && coverageOf(child, entry) >= COVERAGE_MIN) candidates.push(child);
  }
  if (candidates.length > 1) candidates.sort(byEnd);
  let best: CauseEntity | null = null;
  let bestUs = 0;
  let freeUntilUs = entry.endUs;
  for (const child of candidates) {
    const startUs = Math.max(child.startUs, entry.startUs);
    const waitedUs = Math.min(child.endUs, freeUntilUs) - startUs;
    freeUntilUs = Math.min(freeUntilUs, startUs);
    if (waitedUs <= bestUs) continue;
    best = child;
    bestUs = waitedUs;
  }
  return best;
}

/** The last first; of those that end together the one that started first. */
function byEnd(a: CauseEntity, b: CauseEntity): number {
  return b.endUs - a.endUs || a.startUs - b.startUs || (a.id < b.id ? -1 : Number(a.id > b.id));
}
