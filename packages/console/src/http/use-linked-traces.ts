import { useQuery } from '@tanstack/react-query';
import { readDocument } from '../trace/entity.ts';
import type { LinkedTrace } from '../trace/joined-plan.ts';
import { linksBelow, type TraceLink } from '../trace/links.ts';
import { hasFlag, nameOfRow, type TracePlan } from '../trace/trace-plan.ts';
import { readTraceDocument } from './operations.ts';
import { readPlan } from './read-plan.ts';
import { ConsoleError } from './request.ts';

export interface LinkedTraces {
  readonly traces: readonly LinkedTrace[];
  /** Ids of traces that are not stored. */
  readonly missing: readonly string[];
  /** Links to further traces than are shown at once. */
  readonly leftOutCount: number;
}

export interface LinkedQuery {
  readonly linked: LinkedTraces;
  readonly isLoading: boolean;
  readonly error: Error | null;
}

/** Shown at once; the links of more are in the details of the rows. */
const TRACES_MAX = 12;
/** Documents of one trace that are read for their links. */
const LINKING_DOCUMENTS_MAX = 40;
/** Rows of one linked trace; a larger one is opened by itself. */
const ROWS_MAX = 20_000;

const NONE: LinkedTraces = { traces: [], missing: [], leftOutCount: 0 };

/** The traces that a trace links to, and those that these link to, as far as they can be shown. */
export function useLinkedTraces(traceId: string, plan: TracePlan | null, enabled: boolean): LinkedQuery {
  const { data, error, isLoading } = useQuery({
    queryKey: ['linked-traces', traceId, plan?.readCount, plan?.pendingCount],
    queryFn: ({ signal }) => (plan === null ? NONE : followLinks(traceId, plan, signal)),
    enabled: enabled && plan !== null && plan.isComplete,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  return { linked: enabled ? (data ?? NONE) : NONE, isLoading, error };
}

async function followLinks(traceId: string, plan: TracePlan, signal: AbortSignal): Promise<LinkedTraces> {
  const seen = new Set([traceId]);
  const traces: LinkedTrace[] = [];
  const missing: string[] = [];
  let leftOutCount = 0;
  // The nearest first: what a linked trace links to is followed after all links of the one before it.
  for (let at: { readonly traceId: string; readonly plan: TracePlan } = { traceId, plan }, next = 0; ; next += 1) {
    for (const { link, from } of await readLinks(at.traceId, at.plan, signal)) {
      if (seen.has(link.traceId)) continue;
      seen.add(link.traceId);
      if (traces.length + missing.length >= TRACES_MAX) {
        leftOutCount += 1;
        continue;
      }
      const found = await readPlan(link.traceId, ROWS_MAX, signal).catch(notStored);
      if (found === null) missing.push(link.traceId);
      else traces.push({ traceId: link.traceId, plan: found, from });
    }
    const further = traces[next];
    if (further === undefined) return { traces, missing, leftOutCount };
    at = further;
  }
}

interface Found {
  readonly link: TraceLink;
  /** The name of the row that has it. */
  readonly from: string;
}

async function readLinks(traceId: string, plan: TracePlan, signal: AbortSignal): Promise<readonly Found[]> {
  const places = new Map<number, string>();
  for (let row = 0; row < plan.count && places.size < LINKING_DOCUMENTS_MAX; row += 1) {
    const place = plan.place[row] ?? 0;
    if (hasFlag(plan, row, 'hasLinks') && !places.has(place)) places.set(place, nameOfRow(plan, row));
  }
  const found: Found[] = [];
  for (const [place, from] of places) {
    const document = readDocument(await readTraceDocument(traceId, place, signal));
    for (const link of linksBelow(document)) found.push({ link, from });
  }
  return found;
}

function notStored(cause: unknown): null {
  if (cause instanceof ConsoleError && cause.status === 404) return null;
  throw cause;
}
