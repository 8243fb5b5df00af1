import type { VerifyBudget } from '@fluoroscope/query';
import { expect, test } from 'vitest';
import { createPageTokens } from '../page-token.ts';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';
import { chooseTraces } from './chosen-traces.ts';
import { readFilterPlan } from './filter-plan.ts';
import { createGetTraceSummaries } from './get-trace-summaries.ts';
import { ALL_TIME } from './time-range.ts';

const NOW = Math.floor(Date.now() / 1000);
const RANGE = { StartTime: NOW - 3_600, EndTime: NOW + 60 };
const PLENTY: VerifyBudget = { traceCountMax: 1e6, documentCountMax: 1e6, charsMax: 1e9, wallMsMax: 60_000 };
const NO_GROUPS = { find: () => null };
/** Every third trace's call fails. */
const TRACES = 10;
const EXPRESSION = 'edge("shop", "stock") { fault }';

test.each([
  ['all of it', PLENTY, 100],
  ['pages of two', PLENTY, 2],
  ['one trace a page', { ...PLENTY, traceCountMax: 1 }, 100],
  ['one document a page', { ...PLENTY, documentCountMax: 1 }, 100],
  ['a little text a page', { ...PLENTY, charsMax: 1 }, 3],
  ['no time at all', { ...PLENTY, wallMsMax: 0 }, 100],
])('%s: every trace is found once, and walked over once', async (_name, budget, pageCountMax) => {
  await using rig = await filledRig();
  const pages = await readPages(rig, budget, pageCountMax);
  expect(pages.flatMap(({ ids }) => ids)).toEqual([9, 6, 3, 0].map(traceId));
  expect(pages.reduce((sum, { scanned }) => sum + scanned, 0)).toBe(TRACES + 1);
  expect(Math.max(...pages.map(({ ids }) => ids.length))).toBeLessThanOrEqual(pageCountMax);
  if (budget.traceCountMax === 1) expect(pages.some(({ ids }) => ids.length === 0)).toBe(true);
});

test('through the API: groups in expressions, of graphs and of series', async () => {
  await using rig = await filledRig();
  await rig.post('/CreateGroup', { GroupName: 'failing', FilterExpression: EXPRESSION });
  const search = (FilterExpression: string) => rig.post('/TraceSummaries', { ...RANGE, FilterExpression });
  const found = async (expression: string): Promise<number> => {
    const { body } = await search(expression);
    return (body['TraceSummaries'] as unknown[]).length;
  };
  expect(await found('group.name = "failing"')).toBe(4);
  expect(await found('group.name != "failing"')).toBe(7);
  expect(await found('group.name = "failing" AND service("stock"){fault}')).toBe(0);
  expect(await found('group.name = "Default"')).toBe(11);
  expect(await found('rootcause.fault.entity{last and name = "stock.local"}')).toBe(4);
  expect(await search('ok OR group.name = "none"')).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('column 7: there is no group "none"') },
  });

  const { body: graph } = await rig.post('/ServiceGraph', { ...RANGE, GroupName: 'failing' });
  expect(graph).toMatchObject({ Services: expect.arrayContaining([expect.objectContaining({ Name: 'stock' })]) });
  const shop = (graph['Services'] as { Name: string; SummaryStatistics?: object }[]).find(
    ({ Name, SummaryStatistics }) => Name === 'shop' && SummaryStatistics !== undefined,
  );
  expect(shop).toMatchObject({ SummaryStatistics: { TotalCount: 4 } });

  const EntitySelectorExpression = `service("shop") AND ${EXPRESSION}`;
  const { body: series } = await rig.post('/TimeSeriesServiceStatistics', { ...RANGE, EntitySelectorExpression });
  const counts = (series['TimeSeriesServiceStatistics'] as { ServiceSummaryStatistics: { TotalCount: number } }[]).map(
    ({ ServiceSummaryStatistics }) => ServiceSummaryStatistics.TotalCount,
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
});

test('a graph of more traces than may be looked at is refused, not cut', async () => {
  await using rig = await filledRig();
  const choose = (budget: VerifyBudget) =>
    chooseTraces(rig.storage.store, {
      range: ALL_TIME,
      rangeOf: 'active',
      plan: readFilterPlan(EXPRESSION, NO_GROUPS),
      unjudged: () => {},
      budget,
    });
  expect(await choose(PLENTY)).toHaveLength(4);
  await expect(choose({ ...PLENTY, documentCountMax: 5 })).rejects.toMatchObject({
    code: 'InvalidRequestException',
    message: expect.stringContaining('ask for a shorter time'),
  });
});

async function readPages(rig: AppRig, budget: VerifyBudget, pageCountMax: number) {
  const getTraceSummaries = createGetTraceSummaries({
    store: rig.storage.store,
    groups: NO_GROUPS,
    tokens: createPageTokens(Buffer.alloc(32, 1)),
    events: rig.events,
    pageCountMax,
    budget,
  });
  const pages: { readonly ids: readonly string[]; readonly scanned: number }[] = [];
  let NextToken: string | undefined;
  do {
    const page = await getTraceSummaries({ ...RANGE, FilterExpression: EXPRESSION, NextToken });
    const ids = (page.TraceSummaries ?? []).map(({ Id = '' }) => Id);
    pages.push({ ids, scanned: page.TracesProcessedCount ?? 0 });
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return pages;
}

/** Ten traces of shop and stock, and one of shop alone, which no edge leads from. */
async function filledRig(): Promise<AppRig> {
  const rig = await openAppRig();
  const documents = Array.from({ length: TRACES }, (_, at) => {
    const trace_id = traceId(at);
    const times = { start_time: NOW - 600 + at, end_time: NOW - 599 + at };
    const call = { id: '2'.repeat(16), name: 'stock.local', namespace: 'remote', ...times, fault: at % 3 === 0 };
    return [
      { id: '1'.repeat(16), name: 'shop', trace_id, ...times, subsegments: [call] },
      { id: '3'.repeat(16), name: 'stock', trace_id, parent_id: '2'.repeat(16), ...times },
    ];
  });
  const alone = { id: '1'.repeat(16), name: 'shop', trace_id: traceId(99), start_time: NOW - 700, end_time: NOW - 699 };
  const TraceSegmentDocuments = [...documents.flat(), alone].map((document) => JSON.stringify(document));
  await rig.post('/TraceSegments', { TraceSegmentDocuments });
  await rig.settle();
  return rig;
}

function traceId(at: number): string {
  return `1-5759e988-${String(at).padStart(24, '0')}`;
}
