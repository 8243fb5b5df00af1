import {
  type FilterWords,
  SUMMARIES_ASKED_MAX,
  type SummariesAnswer,
  TRACE_FIELDS,
  type TraceGroups,
} from '@fluoroscope/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';

const NOW = Math.floor(Date.now() / 1000);
const RANGE = { startTime: NOW - 60, endTime: NOW + 60 };

let rig: AppRig;
beforeAll(async () => {
  rig = await openAppRig();
  const documents = [
    trace(1, 200, { tier: 'gold', items: 2.5, trial: false }, 'ann'),
    trace(2, 200, { tier: 'a "quoted\\" \\ word', 'order.id': -3e-9, trial: true }, 'ann'),
    trace(3, 404, { tier: 'gold' }, 'bob'),
    trace(4, 500, { 'order.id': 1e21 }, null),
    trace(5, null, {}, null),
  ];
  await rig.post('/TraceSegments', { TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) });
  await rig.settle();
});
afterAll(() => rig[Symbol.asyncDispose]());

const FIELDS = [...TRACE_FIELDS, 'annotation.tier', 'annotation.items', 'annotation.order.id', 'annotation.trial'];

test.each(FIELDS)('by %s: the filter of each group finds its traces', async (by) => {
  const { groups, total } = await readGroups({ by });
  expect(total.count).toBe(5);
  expect(groups.length).toBeGreaterThan(0);
  for (const { value, count } of groups) {
    if (value.filter === null) expect(value.text, by).toBeNull();
    else expect((await readGroups({ by, filter: value.filter })).total.count, value.filter).toBe(count);
  }
});

test('shares, failures and percentiles of a group, and when its traces began', async () => {
  const { groups, looked, othersCount, valueCount } = await readGroups({ by: 'annotation.tier', steps: 2 });
  expect(looked).toMatchObject({ count: 5, complete: true, matchingCount: 5, reachedTime: RANGE.startTime });
  expect([valueCount, othersCount]).toEqual([3, 0]);
  expect(groups.find(({ value }) => value.text === 'gold')).toMatchObject({
    count: 2,
    errorCount: 1,
    faultCount: 0,
    p50: 0.1,
    p99: 0.3,
    trend: [2, 0],
  });
});

test('a set with a filter, by root cause', async () => {
  const { groups } = await readGroups({ by: 'cause.fault', filter: 'fault' });
  expect(groups.map(({ value }) => value.text)).toEqual(['shop → bank: CardDeclined']);
});

test('traces by their ids are told with their causes, in the order asked for', async () => {
  const { status, body } = await rig.post('/api/traces/summaries', { ids: [idOf(4), idOf(9), idOf(1), idOf(4)] });
  const { traces } = body as unknown as SummariesAnswer;
  expect([status, traces.map(({ Id }) => Id)]).toEqual([200, [idOf(4), idOf(1)]]);
  const listed = await rig.post('/TraceSummaries', { StartTime: RANGE.startTime, EndTime: RANGE.endTime });
  const byList = (listed.body['TraceSummaries'] as SummariesAnswer['traces']).find(({ Id }) => Id === idOf(4));
  expect(byList?.FaultRootCauses).toHaveLength(1);
  expect(traces[0]).toEqual(byList);
});

test('words for completion: most frequent first', async () => {
  const { body } = await rig.post('/api/filter/words', RANGE);
  const words = body as unknown as FilterWords;
  expect(words.services.map(({ name }) => name).toSorted()).toEqual(['bank', 'shop']);
  expect(words.annotations.find(({ key }) => key === 'tier')?.values).toEqual(['gold', 'a "quoted\\" \\ word']);
  expect(words.texts['http.status'].toSorted()).toEqual(['200', '404', '500']);
  expect(words.texts.user).toEqual(['ann', 'bob']);
});

test.each([
  ['', null],
  ['service("shop") AND fault', null],
  ['service("shop") AND bogus > 3', { start: 20, end: 25 }],
  ['responsetime >', { start: 14, end: 14 }],
])('%j is checked', async (filter, problem) => {
  const { body } = await rig.post('/api/filter/check', { filter });
  expect(body).toMatchObject({ problem });
});

test.each([
  ['/api/traces/groups', { ...RANGE, by: 'colour' }, 'by: "colour" is no field'],
  ['/api/traces/groups', { ...RANGE, by: 'url', steps: 1_000 }, 'steps'],
  ['/api/traces/groups', { ...RANGE, by: 'url', filter: 'bogus' }, 'column 1'],
  ['/api/traces/summaries', { ids: ['1-2'] }, 'ids: "1-2" is no trace id'],
  ['/api/traces/summaries', { ids: [] }, 'ids'],
  ['/api/traces/summaries', { ids: Array.from({ length: SUMMARIES_ASKED_MAX + 1 }, () => '') }, 'ids'],
  ['/api/filter/words', { startTime: 2, endTime: 1 }, 'must be before'],
  ['/api/filter/check', {}, 'filter'],
])('%s refuses %j', async (path, input, why) => {
  const { status, body } = await rig.post(path, input);
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(why.replaceAll('"', String.raw`\"`))]);
});

async function readGroups(input: object): Promise<TraceGroups> {
  const { status, body } = await rig.post('/api/traces/groups', { ...RANGE, ...input });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as unknown as TraceGroups;
}

function idOf(at: number): string {
  return `1-${NOW.toString(16)}-${String(at).padStart(24, '0')}`;
}

function trace(at: number, status: number | null, annotations: object, user: string | null): object {
  const start = NOW - 10;
  const fault = status === 500;
  return {
    trace_id: idOf(at),
    id: `00000000000000a${at}`,
    name: 'shop',
    start_time: start,
    end_time: start + at / 10,
    annotations,
    ...(user !== null && { user }),
    ...(status !== null && {
      http: {
        request: { method: 'GET', url: `https://shop.test/${at % 2}`, client_ip: '10.0.0.1' },
        response: { status },
      },
      fault,
      error: status === 404,
    }),
    subsegments: [
      {
        id: `00000000000000b${at}`,
        name: 'bank',
        namespace: 'remote',
        start_time: start,
        end_time: start + 0.05,
        fault,
        ...(fault && {
          cause: { working_directory: '/', exceptions: [{ id: 'a'.repeat(16), type: 'CardDeclined', message: 'no' }] },
        }),
      },
    ],
  };
}
