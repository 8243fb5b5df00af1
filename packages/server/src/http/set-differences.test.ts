import type { SetDifferences, SetPart } from '@fluoroscope/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';

const NOW = Math.floor(Date.now() / 1000);
const RANGE = { startTime: NOW - 60, endTime: NOW + 60 };

let rig: AppRig;
beforeAll(async () => {
  rig = await openAppRig();
  const documents = Array.from({ length: 60 }, (_document, at) => JSON.stringify(trace(at)));
  await rig.post('/TraceSegments', { TraceSegmentDocuments: documents });
  await rig.settle();
});
afterAll(() => rig[Symbol.asyncDispose]());

test.each<readonly [string, SetPart]>([
  ['slow', { filter: 'responsetime > 0.5' }],
  ['failed', { filter: 'fault' }],
  ['failed further on', { filter: 'service("bank") { fault }' }],
])('the annotation that explains what is %s comes first', async (_what, a) => {
  const { fields, a: setA, b: setB } = await read({ a });
  expect([setA.count, setB.count]).toEqual([20, 40]);
  const [first] = fields;
  expect(first?.field, JSON.stringify(fields.slice(0, 3))).toBe('annotation.release');
  expect(first?.values[0]).toMatchObject({ value: { text: 'v2' }, a: 20, b: 0, difference: 1, named: false });
  expect(first?.score).toBeGreaterThan(0.4);
});

test('what the filter is about comes last, whatever it differs by', async () => {
  const { fields } = await read({ a: { filter: 'fault' } });
  const named = fields.filter((field) => field.named).map(({ field }) => field);
  expect(named.toSorted()).toEqual(['outcome', 'status']);
  expect(
    fields
      .slice(-2)
      .map(({ field }) => field)
      .toSorted(),
  ).toEqual(['outcome', 'status']);
  const failing = fields.find(({ field }) => field === 'failing');
  expect(failing?.values.map(({ value, named: isNamed }) => [value.text, value.type, isNamed])).toEqual([
    ['bank', 'fault', false],
    ['shop', 'fault', true],
  ]);
});

test('the filter of each value finds as many traces as were counted', async () => {
  const { fields } = await read({ a: { filter: 'fault' } });
  for (const { field, values } of fields) {
    for (const { value, a, b } of values) {
      if (value.filter === null) continue;
      const found = await read({ filter: value.filter, a: { filter: 'fault' } });
      expect([found.a.count, found.b.count], `${field}: ${value.filter}`).toEqual([a, b]);
    }
  }
});

test('many different numbers come in bands', async () => {
  const { fields } = await read({ a: { filter: 'fault' } });
  const weight = fields.find(({ field }) => field === 'annotation.weight');
  expect(weight?.kind).toBe('bands');
  expect(weight?.values.length).toBe(5);
  expect(weight?.score).toBeGreaterThan(0);
});

test('root causes of both sets: where, how often, and how much of the time', async () => {
  const { causes } = await read({ a: { filter: 'fault' } });
  expect(causes.fault).toMatchObject({ covered: { a: 20, b: 0 }, causeCount: 1, uncounted: { a: 0, b: 0 } });
  expect(causes.fault.causes).toMatchObject([
    { services: [{ name: 'shop' }, { name: 'bank' }], exceptions: ['CardDeclined'], a: 20, b: 0, coverageA: null },
  ]);
  expect(causes.responsetime.causes[0]).toMatchObject({ services: [{ name: 'shop' }, { name: 'bank' }] });
  expect(causes.responsetime.causes[0]?.coverageA).toBeCloseTo(0.9, 1);
  const { filter } = causes.fault.causes[0] ?? {};
  expect((await read({ filter: filter ?? 'none', a: {} })).a.count).toBe(20);
});

test('both sets by filters of their own, within a filter for both', async () => {
  const { a, b } = await read({ filter: 'user = "ann"', a: { filter: 'fault' }, b: { filter: 'ok' }, steps: 2 });
  expect([a.count, b.count]).toEqual([10, 20]);
  expect(a).toMatchObject({ faultCount: 10, trend: [10, 0] });
  expect(a.histogram.length).toBeGreaterThan(0);
});

test.each([
  [{ a: { filter: 'bogus' } }, 'a: FilterExpression: column 1'],
  [{ a: {}, b: { filter: 'fault AND' } }, 'b: FilterExpression: column 10'],
  [{ a: { startTime: 5, endTime: 4 } }, 'a: StartTime (5) must be before EndTime (4)'],
  [{}, 'a'],
  [{ a: {}, steps: 1_000 }, 'steps'],
])('%j is refused: %s', async (input, why) => {
  const { status, body } = await rig.post('/api/analysis/differences', { ...RANGE, ...input });
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(why)]);
});

async function read(input: object): Promise<SetDifferences> {
  const { status, body } = await rig.post('/api/analysis/differences', { ...RANGE, ...input });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as unknown as SetDifferences;
}

/** Every third is of the new release, slow, and fails in the bank. */
function trace(at: number): object {
  const start = NOW - 30;
  const bad = at % 3 === 0;
  const seconds = bad ? 1 : 0.1;
  const id = (prefix: string) => `${prefix}${String(at).padStart(15, '0')}`;
  return {
    trace_id: `1-${NOW.toString(16)}-${String(at).padStart(24, '0')}`,
    id: id('a'),
    name: 'shop',
    start_time: start,
    end_time: start + seconds,
    user: at % 2 === 0 ? 'ann' : 'bob',
    annotations: { release: bad ? 'v2' : 'v1', order: `order ${at}`, weight: (bad ? 100 : 0) + at },
    http: { request: { method: 'GET', url: 'https://shop.test/' }, response: { status: bad ? 500 : 200 } },
    fault: bad,
    subsegments: [
      {
        id: id('b'),
        name: 'bank',
        namespace: 'remote',
        start_time: start,
        end_time: start + seconds * 0.9,
        fault: bad,
        ...(bad && {
          cause: { working_directory: '/', exceptions: [{ id: 'a'.repeat(16), type: 'CardDeclined', message: 'no' }] },
        }),
      },
    ],
  };
}
