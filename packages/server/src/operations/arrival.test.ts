import type { Service, TraceSummary } from '@fluoroscope/api';
import type { InputOf } from '@fluoroscope/api/operations';
import { parseTraceId, timeUs, type TraceId } from '@fluoroscope/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Groups } from '../control/groups.ts';
import { createPageTokens } from '../page-token.ts';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';
import { createGetRetrievedTracesGraph } from './get-retrieved-traces-graph.ts';
import { createGetServiceGraph } from './get-service-graph.ts';
import { createGetTimeSeriesServiceStatistics } from './get-time-series-service-statistics.ts';
import { createGetTraceGraph } from './get-trace-graph.ts';
import { createGetTraceSummaries } from './get-trace-summaries.ts';

// A token stays valid while data arrives: what was there when the first page was asked for is given once, whatever comes.

const NOW = Math.floor(Date.now() / 60_000) * 60 - 600;
const RANGE = { StartTime: NOW, EndTime: NOW + 1_200 };
const FIRST = ['b', 'd', 'f', 'h', 'j'];

const groups: Pick<Groups, 'find'> = { find: () => null };
const tokens = createPageTokens(Buffer.alloc(32, 1));

let rig: AppRig;
beforeEach(async () => {
  rig = await openAppRig();
});
afterEach(() => rig[Symbol.asyncDispose]());

type ReadPage = (
  NextToken: string | undefined,
) => Promise<{ names: readonly string[]; NextToken?: string | undefined }>;

test.each<[string, () => ReadPage]>([
  ['GetTraceSummaries', () => summaries({})],
  ['GetTraceSummaries, by documents', () => summaries({ FilterExpression: 'service() { ok }' })],
  ['GetTraceSummaries, by activity', () => summaries({ TimeRangeType: 'Event' })],
  ['GetServiceGraph', serviceGraph],
  ['GetTraceGraph', traceGraph],
  ['GetRetrievedTracesGraph', retrievedGraph],
  ['GetTimeSeriesServiceStatistics', timeSeries],
])('%s', async (_name, open) => {
  await put(FIRST.map((name) => segmentOf(name)));
  const readPage = open();
  const pages: (readonly string[])[] = [];
  const arriving = Array.from('acegik');
  let token: string | undefined;
  do {
    const { names, NextToken } = await readPage(token);
    pages.push(names);
    token = NextToken;
    const next = arriving.splice(0, 1).map((name) => segmentOf(name));
    await put([...next, segmentOf('d', String(pages.length))]);
  } while (token !== undefined);
  const seen = pages.flat();
  expect(pages.length).toBeGreaterThan(2);
  expect(seen.filter((name) => FIRST.includes(name)).toSorted()).toEqual(FIRST);
  expect(new Set(seen).size).toBe(seen.length);
});

test('ListRetrievedTraces goes on inside a segment of many spans', async () => {
  const subsegments = Array.from({ length: 150 }, (_, at) => ({
    id: `b${String(at).padStart(15, '0')}`,
    trace_id: traceId('d'),
    parent_id: hexOf('d').padStart(16, '0'),
    type: 'subsegment',
    name: 'work',
    start_time: NOW,
    end_time: NOW + 1,
    metadata: { text: 'x'.repeat(30_000) },
  }));
  await put([segmentOf('d'), ...subsegments.slice(0, 140)]);
  const { body } = await rig.post('/StartTraceRetrieval', { TraceIds: [traceId('d')], ...RANGE });
  const RetrievalToken = body['RetrievalToken'];
  const seen: string[] = [];
  let later = 140;
  let NextToken: unknown;
  do {
    const page = await rig.post('/ListRetrievedTraces', { RetrievalToken, NextToken });
    const [trace] = page.body['Traces'] as { Spans: { Id: string; Document: string }[] }[];
    for (const { Id, Document } of trace?.Spans ?? []) {
      expect(Document.length).toBeLessThanOrEqual(204_800);
      seen.push(Id, ...idsBelow(JSON.parse(Document)));
    }
    ({ NextToken } = page.body);
    await put(subsegments.slice(later, (later += 5)));
  } while (NextToken !== undefined);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining(subsegments.slice(0, 140).map(({ id }) => id)));
});

function idsBelow({ subsegments = [] }: { readonly subsegments?: readonly { readonly id: string }[] }): string[] {
  return subsegments.map(({ id }) => id);
}

function summaries(members: Partial<InputOf<'get-trace-summaries'>>): ReadPage {
  const read = createGetTraceSummaries({ ...parts(), pageCountMax: 2 });
  const nameOf = ({ Id = '' }: TraceSummary): string => String.fromCodePoint(Number.parseInt(Id.slice(-2), 16));
  return async (NextToken) => {
    const page = await read({ ...RANGE, ...members, NextToken });
    return { names: (page.TraceSummaries ?? []).map(nameOf), NextToken: page.NextToken };
  };
}

function serviceGraph(): ReadPage {
  const read = createGetServiceGraph({ ...parts(), pageCountMax: 3 });
  return async (NextToken) => namesOf(await read({ ...RANGE, NextToken }));
}

function traceGraph(): ReadPage {
  const read = createGetTraceGraph({ ...parts(), pageCountMax: 3 });
  const TraceIds = Array.from('abcdefghij', traceId);
  return async (NextToken) => namesOf(await read({ TraceIds, NextToken }));
}

function retrievedGraph(): ReadPage {
  const traceIds = Array.from('abcdefghij', traceId);
  const retrieval = { status: 'COMPLETE', traceIds, startUs: timeUs(NOW * 1e6), endUs: timeUs(NOW * 2e6) } as const;
  const read = createGetRetrievedTracesGraph({ ...parts(), retrievals: { find: () => retrieval }, pageCountMax: 3 });
  return async (NextToken) => {
    const { Services = [], ...page } = await read({ RetrievalToken: 'x', NextToken });
    return namesOf({ ...page, Services: Services.map(({ Service = {} }) => Service) });
  };
}

/** Each name has a minute of its own. */
function timeSeries(): ReadPage {
  const read = createGetTimeSeriesServiceStatistics({ ...parts(), pagePeriodsMax: 2 });
  return async (NextToken) => {
    const { TimeSeriesServiceStatistics: series = [], ...page } = await read({ ...RANGE, NextToken });
    const names = series.map(({ Timestamp = 0 }) => LETTERS[(Timestamp - NOW) / 60] ?? '');
    return { names, NextToken: page.NextToken };
  };
}

function parts() {
  return { store: rig.storage.store, groups, tokens, events: rig.events };
}

function namesOf({ Services = [], NextToken }: { Services?: readonly Service<unknown>[]; NextToken?: string }) {
  return { names: Services.map(({ Name = '', Type = '' }) => `${Name}${Type}`), NextToken };
}

const LETTERS = 'abcdefghijk';

/** A segment in the trace of this name, in its minute; a second one, when `id` is another. */
function segmentOf(name: string, id: string = name): object {
  const start = NOW + LETTERS.indexOf(name) * 60 + 1;
  return { id: hexOf(id).padStart(16, '0'), trace_id: traceId(name), name, start_time: start, end_time: start + 1 };
}

async function put(documents: readonly object[]): Promise<void> {
  if (documents.length === 0) return;
  const TraceSegmentDocuments = documents.map((document) => JSON.stringify(document));
  const { body } = await rig.post('/TraceSegments', { TraceSegmentDocuments });
  expect(body).toEqual({ UnprocessedTraceSegments: [] });
  await rig.settle();
}

function traceId(name: string): TraceId {
  const id = parseTraceId(`1-5759e988-${hexOf(name).padStart(24, '0')}`);
  if (!id.ok) throw new Error(`no trace id: ${name}`);
  return id.value;
}

function hexOf(name: string): string {
  return (name.codePointAt(0) ?? 0).toString(16);
}
