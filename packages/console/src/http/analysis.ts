import type {
  DifferencesInput,
  FilterCheck,
  FilterWords,
  GroupsInput,
  SetDifferences,
  SummariesAnswer,
  TraceGroups,
  TraceSet,
} from '@fluoroscope/api';
import type { TimeWindow } from '../url/range.ts';
import { post } from './request.ts';

export async function checkFilter(filter: string, signal: AbortSignal): Promise<FilterCheck> {
  return post<FilterCheck>('/api/filter/check', { filter }, signal);
}

export async function readFilterWords({ startS, endS }: TimeWindow, signal: AbortSignal): Promise<FilterWords> {
  const set: TraceSet = { startTime: startS, endTime: endS };
  return post<FilterWords>('/api/filter/words', set, signal);
}

export async function readTraceGroups(input: GroupsInput, signal: AbortSignal): Promise<TraceGroups> {
  return post<TraceGroups>('/api/traces/groups', input, signal);
}

/** Of these traces, with what the live stream leaves out. */
export async function readSummariesOf(ids: readonly string[], signal: AbortSignal): Promise<SummariesAnswer> {
  return post<SummariesAnswer>('/api/traces/summaries', { ids }, signal);
}

export async function readDifferences(input: DifferencesInput, signal: AbortSignal): Promise<SetDifferences> {
  return post<SetDifferences>('/api/analysis/differences', input, signal);
}
