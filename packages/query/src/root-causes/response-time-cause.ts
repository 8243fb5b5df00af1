import type { CoverageEntity, RootCause } from '@fluoroscope/api';
import { isRemote, pathTo, toCauseServices } from './cause-path.ts';
import type { CauseEntity, CauseSegment } from './cause-tree.ts';
import { COVERAGE_MIN } from './limits.ts';

/**
 * Down from the entry, at every level into the child that the answer waited for longest, as long as it covers
 * half of the response time. None while the entry is in progress or took no time.
 */
export function findResponseTimeCause(entry: CauseSegment): RootCause<CoverageEntity> | null {
  if (entry.document.in_progress === true || entry.endUs <= entry.startUs) return null;
  let last: CauseEntity = entry;
  for (let next = followed(last, entry); next !== null; next = followed(last, entry)) last = next;
  const toEntity = (entity: CauseEntity): CoverageEntity => ({
    Name: entity.document.name,
    Coverage: Math.round(coverageOf(entity, entry) * 1_000) / 1_000,
    Remote: isRemote(entity),
  });
  return { Services: toCauseServices(pathTo(last, entry), toEntity), ClientImpacting: true };
}

/** Its share of the root's response time; what lies outside of that does not count. */
function coverageOf(entity: CauseEntity, entry: CauseSegment): number {
  return coveredUs(entity, entry) / (entry.endUs - entry.startUs);
}

function coveredUs({ startUs, endUs }: CauseEntity, within: CauseEntity): number {
  return Math.max(0, Math.min(endUs, within.endUs) - Math.max(startUs, within.startUs));
}

/** Each moment belongs to the one that ends last of those running: who waits for all, waits for that one. */
function followed(parent: CauseEntity, entry: CauseSegment): CauseEntity | null {
  const candidates = parent.children
    .filter((child) => child !== entry && coverageOf(child, entry) >= COVERAGE_MIN)
    .toSorted((a, b) => b.endUs - a.endUs);
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
