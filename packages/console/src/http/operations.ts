import type {
  BoxKind,
  Group,
  LaidOut,
  LayoutInput,
  MapActivity,
  MapAnswer,
  PutPositions,
  Service,
  StatusAnswer,
  TestTraceAnswer,
  Trace,
  TraceSummary,
} from '@fluoroscope/api';
import type { JsonObject } from '@fluoroscope/model';
import type { TimeWindow } from '../url/range.ts';
import { ConsoleError, get, post, put, send } from './request.ts';

export interface SummariesPage {
  readonly TraceSummaries?: readonly TraceSummary[];
  readonly TracesProcessedCount?: number;
  /** How far back the page reaches. */
  readonly ApproximateTime?: number;
  readonly NextToken?: string;
}

export interface MapChoice {
  readonly by: BoxKind | null;
  readonly open: readonly string[];
  readonly group: string | null;
}

export async function readMap(window: TimeWindow, choice: MapChoice, signal: AbortSignal): Promise<MapAnswer> {
  const { by, open, group } = choice;
  const query = windowQuery(window);
  if (group !== null) query.set('group', group);
  if (by !== null) query.set('by', by);
  if (by !== null) for (const label of open) query.append('open', label);
  return get<MapAnswer>(`/api/map?${query}`, signal);
}

export interface ActivityQuery {
  readonly window: TimeWindow;
  readonly steps: number;
  readonly group: string | null;
}

export async function readActivity({ window, steps, group }: ActivityQuery, signal: AbortSignal): Promise<MapActivity> {
  const query = windowQuery(window);
  query.set('steps', String(steps));
  if (group !== null) query.set('group', group);
  return get<MapActivity>(`/api/map/activity?${query}`, signal);
}

export async function layOutMap(input: LayoutInput): Promise<LaidOut> {
  return send<LaidOut>('/api/map/layout', { method: 'POST', body: JSON.stringify(input) });
}

function windowQuery({ startS, endS }: TimeWindow): URLSearchParams {
  return new URLSearchParams({ start: startS.toFixed(3), end: endS.toFixed(3) });
}

export async function putPositions(input: PutPositions): Promise<void> {
  await put<unknown>('/api/map/positions', input);
}

export async function readStatus(signal: AbortSignal): Promise<StatusAnswer> {
  return get<StatusAnswer>('/api/status', signal);
}

/** The server sends itself a trace of made-up services. */
export async function sendTestTrace(): Promise<TestTraceAnswer> {
  return send<TestTraceAnswer>('/api/test-trace', { method: 'POST', body: '{}' });
}

export interface SummariesQuery {
  readonly window: TimeWindow;
  readonly filter: string;
  readonly nextToken?: string | undefined;
}

export async function readTraceSummaries(query: SummariesQuery, signal: AbortSignal): Promise<SummariesPage> {
  const input = {
    StartTime: query.window.startS,
    EndTime: query.window.endS,
    ...(query.filter.trim() === '' ? {} : { FilterExpression: query.filter }),
    ...(query.nextToken === undefined ? {} : { NextToken: query.nextToken }),
  };
  return post<SummariesPage>('/TraceSummaries', input, signal);
}

/** Protects against a server that never ends. */
const GROUP_PAGES_MAX = 20;

export async function readGroups(signal: AbortSignal): Promise<readonly Group[]> {
  const groups: Group[] = [];
  let token: string | undefined;
  for (let page = 0; page < GROUP_PAGES_MAX; page += 1) {
    const input = token === undefined ? {} : { NextToken: token };
    const answer: { Groups?: readonly Group[]; NextToken?: string } = await post('/Groups', input, signal);
    groups.push(...(answer.Groups ?? []));
    token = answer.NextToken;
    if (token === undefined) break;
  }
  return groups;
}

/** A trace comes in pages of segments when it is large. Protects against a server that never ends. */
const TRACE_PAGES_MAX = 200;

export async function readTrace(traceId: string, signal: AbortSignal): Promise<Trace | null> {
  const parts: Trace[] = [];
  let token: string | undefined;
  for (let page = 0; page < TRACE_PAGES_MAX; page += 1) {
    const answer: { Traces?: readonly Trace[]; NextToken?: string } = await post(
      '/Traces',
      { TraceIds: [traceId], ...(token === undefined ? {} : { NextToken: token }) },
      signal,
    );
    parts.push(...(answer.Traces ?? []));
    token = answer.NextToken;
    if (token === undefined) return joined(parts);
  }
  throw new ConsoleError('failed', `The trace did not end within ${TRACE_PAGES_MAX} pages.`);
}

function joined(parts: readonly Trace[]): Trace | null {
  const [first] = parts;
  return first === undefined ? null : { ...first, Segments: parts.flatMap((part) => part.Segments ?? []) };
}

/** One document of a trace, at the place that its outline gave. */
export async function readTraceDocument(traceId: string, place: number, signal: AbortSignal): Promise<JsonObject> {
  return get<JsonObject>(`/api/traces/${traceId}/documents/${place}`, signal);
}

export async function readTraceGraph(traceId: string, signal: AbortSignal): Promise<readonly Service[]> {
  const answer = await post<{ Services?: readonly Service[] }>('/TraceGraph', { TraceIds: [traceId] }, signal);
  return answer.Services ?? [];
}
