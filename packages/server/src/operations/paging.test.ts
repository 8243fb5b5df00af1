import { expect, test } from 'vitest';
import { secondsFromUs, timeUs } from '@fluoroscope/model';
import { ALL_TRACES, createSamplingBook, defaultRule } from '@fluoroscope/query';
import { createPageTokens } from '../page-token.ts';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';
import { createBatchGetTraces } from './batch-get-traces.ts';
import { chooseTraces } from './chosen-traces.ts';
import { createGetSamplingStatisticSummaries } from './get-sampling-statistic-summaries.ts';
import { ALL_TIME } from './time-range.ts';

const tokens = createPageTokens(Buffer.alloc(32, 1));
const NOW = Math.floor(Date.now() / 1000);

test('BatchGetTraces: a page ends after the trace that filled it, and every id is answered once', async () => {
  await using rig = await openAppRig();
  const ids = ['1', '2', '3'].map((digit) => `1-5759e988-${digit.repeat(24)}`);
  await rig.post('/TraceSegments', { TraceSegmentDocuments: ids.map((id) => document(id)) });
  await rig.settle();
  const batchGetTraces = createBatchGetTraces({
    store: rig.storage.store,
    tokens,
    events: rig.events,
    pageCharsMax: 200,
  });
  const TraceIds = [ids[0] ?? '', 'unknown', ids[1] ?? '', ids[2] ?? ''];
  const pages: unknown[] = [];
  let NextToken: string | undefined;
  do {
    const page = await batchGetTraces({ TraceIds, NextToken });
    pages.push([page.Traces?.map((trace) => trace.Id), page.UnprocessedTraceIds]);
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  expect(pages).toEqual([
    [[ids[0], ids[1]], ['unknown']],
    [[ids[2]], []],
  ]);
});

test('ListRetrievedTraces: five traces and a hundred spans of each a page, and every span once', async () => {
  await using rig = await openAppRig();
  const ids = Array.from({ length: 7 }, (_, at) => `1-5759e988-${String(at + 1).repeat(24)}`);
  const [large = ''] = ids;
  const many = Array.from({ length: 240 }, (_, at) => document(large, `2${String(at).padStart(15, '0')}`));
  const documents = [...ids.map((id) => document(id)), ...many];
  await rig.post('/TraceSegments', { TraceSegmentDocuments: documents });
  await rig.settle();
  const range = { StartTime: NOW - 60, EndTime: NOW + 60 };
  const started = await rig.post('/StartTraceRetrieval', { TraceIds: ids, ...range });
  const { RetrievalToken } = started.body;
  const pages: [string, number][][] = [];
  const seen = new Set<string>();
  let NextToken: unknown;
  do {
    const { body } = await rig.post('/ListRetrievedTraces', { RetrievalToken, NextToken });
    const traces = body['Traces'] as { Id: string; Spans: { Id: string }[] }[];
    pages.push(traces.map(({ Id, Spans }) => [Id.slice(-1), Spans.length]));
    for (const { Id, Spans } of traces) for (const span of Spans) seen.add(`${Id} ${span.Id}`);
    ({ NextToken } = body);
  } while (NextToken !== undefined);
  expect(pages).toEqual([
    [['1', 100]],
    [['1', 100]],
    [
      ['1', 41],
      ['2', 1],
      ['3', 1],
      ['4', 1],
      ['5', 1],
    ],
    [
      ['6', 1],
      ['7', 1],
    ],
  ]);
  expect(seen.size).toBe(247);
  const other = await rig.post('/StartTraceRetrieval', { TraceIds: ids, ...range });
  const first = await rig.post('/ListRetrievedTraces', { RetrievalToken });
  const misused = { RetrievalToken: other.body['RetrievalToken'], NextToken: first.body['NextToken'] };
  expect(await rig.post('/ListRetrievedTraces', misused)).toMatchObject({ status: 400 });
});

const RANGE = { StartTime: NOW - 60, EndTime: NOW };
test.each([
  ['/EncryptionConfig', {}, 200],
  ['/Groups', {}, 400],
  ['/GetIndexingRules', {}, 400],
  ['/InsightSummaries', { ...RANGE, GroupName: 'Default' }, 400],
  ['/GetSamplingRules', {}, 400],
  ['/SamplingStatisticSummaries', {}, 400],
  ['/ServiceGraph', RANGE, 400],
  ['/TimeSeriesServiceStatistics', RANGE, 400],
  ['/TraceGraph', { TraceIds: ['1-5759e988-bd862e3fe1be46a994272793'] }, 400],
  ['/TraceSummaries', RANGE, 400],
  ['/Traces', { TraceIds: ['1-5759e988-bd862e3fe1be46a994272793'] }, 400],
  ['/ListResourcePolicies', {}, 400],
  ['/ListTagsForResource', { ResourceARN: 'Default' }, 400],
])('%s answers without a token, and with one that it did not give out: %#', async (path, body, expected) => {
  await using rig = await openAppRig();
  const question = 'ResourceARN' in body ? { ResourceARN: await defaultGroupArn(rig) } : body;
  expect(await rig.post(path, question)).toMatchObject({ status: 200 });
  const given = createPageTokens(Buffer.alloc(32, 2)).issue(['get-groups'], [1]);
  for (const NextToken of ['made-up', given]) {
    expect(await rig.post(path, { ...question, NextToken })).toMatchObject({
      status: expected,
      ...(expected === 400 && {
        body: { __type: 'InvalidRequestException', Message: expect.stringMatching('NextToken') },
      }),
    });
  }
});

test('more traces than can be summed are refused, not cut', async () => {
  await using rig = await openAppRig();
  const ids = ['1', '2', '3'].map((digit) => `1-5759e988-${digit.repeat(24)}`);
  await rig.post('/TraceSegments', { TraceSegmentDocuments: ids.map((id) => document(id)) });
  await rig.settle();
  const choose = (tracesMax: number) =>
    chooseTraces(rig.storage.store, {
      range: ALL_TIME,
      rangeOf: 'active',
      plan: ALL_TRACES,
      unjudged: () => {},
      tracesMax,
    });
  expect((await choose(3)).map(({ traceId }) => traceId).toSorted()).toEqual(ids);
  await expect(choose(2)).rejects.toMatchObject({ code: 'InvalidRequestException' });
});

test('GetSamplingStatisticSummaries: each line once, though reports come in between pages', async () => {
  const rules = ['a', 'b', 'c'].map((RuleName) => {
    const record = defaultRule({ reservoirSize: 1, fixedRate: 0, createdUs: timeUs(0) });
    return { ...record, SamplingRule: { ...record.SamplingRule, RuleName } };
  });
  const sampling = createSamplingBook({ records: rules, lastModified: 0 });
  let nowUs = timeUs(NOW * 1e6);
  function report(...names: string[]): void {
    const counts = { RequestCount: 1, SampledCount: 0, Timestamp: secondsFromUs(nowUs) };
    sampling.report({ documents: names.map((RuleName) => ({ RuleName, ClientID: 'x', ...counts })) }, nowUs);
    nowUs = timeUs(nowUs + 10e6);
  }
  report('c', 'a');
  report('b', 'a');
  const read = createGetSamplingStatisticSummaries({ sampling, tokens, nowUs: () => nowUs, pageCountMax: 2 });
  const seen: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await read({ NextToken });
    seen.push(...(page.SamplingStatisticSummaries ?? []).map(({ RuleName }) => RuleName ?? ''));
    if (seen.length === 2) report('b');
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  expect(seen).toEqual(['a', 'c', 'a', 'b', 'b']);
});

async function defaultGroupArn(rig: AppRig): Promise<unknown> {
  const { body } = await rig.post('/GetGroup', { GroupName: 'Default' });
  return (body['Group'] as { GroupARN: string }).GroupARN;
}

function document(traceId: string, id = '1111111111111111'): string {
  return JSON.stringify({
    id,
    trace_id: traceId,
    name: 'shop',
    start_time: NOW,
    end_time: NOW + 1,
  });
}
