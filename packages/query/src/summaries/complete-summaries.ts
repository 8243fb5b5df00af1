import type { TraceSummary } from '@fluoroscope/api';
import { secondsFromUs, type TimeUs, type TraceId } from '@fluoroscope/model';
import { StoreError, type StoredDocument, type TraceRow } from '@fluoroscope/store';
import { findRootCauses, toRootCauses, type RootCauses } from '../root-causes/find-root-causes.ts';
import { unpackCauses } from '../root-causes/pack-causes.ts';
import {
  SUMMARIES_CHARS_MAX,
  SUMMARIES_DOCUMENTS_MAX,
  SUMMARIES_READ_DOCUMENTS_MAX,
  SUMMARY_TRACE_DOCUMENTS_MAX,
} from './limits.ts';
import { toTraceSummary } from './trace-summary.ts';
import { documentsOf, groupByTrace, mergeStored } from './traces.ts';

export interface CompleteSummariesOptions {
  readonly readDocuments: (ids: readonly TraceId[]) => Promise<readonly StoredDocument[]>;
  /** Where the range begins that traces were active in; null when they were not asked for by that. */
  readonly activeFromUs: TimeUs | null;
  /** Instead of `SUMMARIES_CHARS_MAX`. */
  readonly charsMax?: number;
}

type Causes = Pick<TraceSummary, 'FaultRootCauses' | 'ErrorRootCauses' | 'ResponseTimeRootCauses'>;

/**
 * One page of GetTraceSummaries: what rows keep. Where a row keeps no root causes they come from the documents: small traces
 * are read first, within a budget of documents and characters; the summaries of those beyond it, or that cannot be opened,
 * have no root causes at all.
 */
export async function completeSummaries(
  rows: readonly TraceRow[],
  options: CompleteSummariesOptions,
): Promise<readonly TraceSummary[]> {
  const kept = new Map<TraceId, Causes>();
  for (const row of rows) {
    const found = unpackCauses(row);
    if (found !== null) kept.set(row.traceId, toCauses(toRootCauses(found)));
  }
  const read = await readCauses(
    rows.filter(({ traceId }) => !kept.has(traceId)),
    options,
  );
  const causes = new Map([...kept, ...read]);
  return rows.map((row) => completeSummary(row, causes.get(row.traceId), options.activeFromUs));
}

function toCauses({ fault, error, responseTime }: RootCauses): Causes {
  return { FaultRootCauses: fault, ErrorRootCauses: error, ResponseTimeRootCauses: responseTime };
}

function completeSummary(row: TraceRow, causes: Causes | undefined, activeFromUs: TimeUs | null): TraceSummary {
  return {
    ...toTraceSummary(row),
    ...causes,
    // The first moment of the trace in that range (ADR-013).
    ...(activeFromUs !== null && { MatchedEventTime: secondsFromUs(Math.max(row.startUs, activeFromUs)) }),
  };
}

async function readCauses(
  rows: readonly TraceRow[],
  { readDocuments, charsMax = SUMMARIES_CHARS_MAX }: CompleteSummariesOptions,
): Promise<ReadonlyMap<TraceId, Causes>> {
  const causes = new Map<TraceId, Causes>();
  let chars = 0;
  for (const ids of planReads(rows)) {
    if (chars >= charsMax) break;
    for (const [traceId, stored] of groupByTrace(await readOpenable(ids, readDocuments))) {
      for (const { text } of stored) chars += text.length;
      causes.set(traceId, toCauses(findRootCauses(mergeStored(stored))));
    }
  }
  return causes;
}

/** One trace that is encrypted and cannot be opened must not cost the page: it is left out alone. */
export async function readOpenable(
  ids: readonly TraceId[],
  readDocuments: CompleteSummariesOptions['readDocuments'],
): Promise<readonly StoredDocument[]> {
  try {
    return await readDocuments(ids);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'sealed') throw error;
    const opened: StoredDocument[] = [];
    if (ids.length === 1) return opened;
    for (const id of ids) opened.push(...(await readOpenable([id], readDocuments)));
    return opened;
  }
}

function planReads(rows: readonly TraceRow[]): readonly (readonly TraceId[])[] {
  const reads: TraceId[][] = [];
  let planned = 0;
  let inRead = Infinity;
  for (const row of rows.toSorted((a, b) => documentsOf(a) - documentsOf(b))) {
    const count = documentsOf(row);
    planned += count;
    if (count > SUMMARY_TRACE_DOCUMENTS_MAX || planned > SUMMARIES_DOCUMENTS_MAX) break;
    inRead += count;
    if (inRead > SUMMARIES_READ_DOCUMENTS_MAX) {
      reads.push([]);
      inRead = count;
    }
    reads.at(-1)?.push(row.traceId);
  }
  return reads;
}
