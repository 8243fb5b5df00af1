import { printServiceKey, timeUs, UNRESOLVED_CLIENT_TYPE, type TimeUs } from '@fluoroscope/model';
import type { EdgeSum, GraphSums, NodeSum, OutcomeCounts } from '@fluoroscope/store';

/** A segment may arrive before its caller's by as long as the caller goes on working. */
const CLIENT_SETTLES_US = 10_000_000;

/** Both ends of a call are sent within moments: what answered it is stored at most one or two batches later. */
const REMOTE_SETTLES_US = 500_000;

/** Facts that a node may have and still be nothing but a few late arrivals. */
const LATE_FACTS_MAX = 3;

/**
 * For a live map, which must not flash nodes up: leaves out clients of segments whose parent is probably only late,
 * and remote nodes that a segment on its way will replace. Both show once they have stood for a moment.
 */
export function settledSums({ nodes, edges }: GraphSums, nowUs: TimeUs): GraphSums {
  const remoteSinceUs = timeUs(nowUs - REMOTE_SETTLES_US);
  const unsettled = new Set<string>();
  for (const node of nodes) {
    const isStandIn = node.state === 'inferred' && node.service.type === 'remote';
    if (isStandIn && isYoung(node, remoteSinceUs)) unsettled.add(printServiceKey(node.service));
  }
  const clientSinceUs = timeUs(nowUs - CLIENT_SETTLES_US);
  return {
    nodes: nodes.filter((node) => !unsettled.has(printServiceKey(node.service))),
    edges: edges.filter(
      (edge) =>
        !unsettled.has(printServiceKey(edge.target)) &&
        !(edge.source.type === UNRESOLVED_CLIENT_TYPE && isYoung(edge, clientSinceUs)),
    ),
  };
}

function isYoung(sum: NodeSum | EdgeSum, sinceUs: TimeUs): boolean {
  return sum.startUs >= sinceUs || (sum.endUs >= sinceUs && countOf(sum.counts) <= LATE_FACTS_MAX);
}

function countOf({ ok, error, throttle, fault, pending }: OutcomeCounts): number {
  return ok + error + throttle + fault + pending;
}
