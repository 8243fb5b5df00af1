import { afterAll, beforeAll, expect, test } from 'vitest';
import { alterStore } from '../testing/altered-store.ts';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';

const NOW = Math.floor(Date.now() / 1000);

let rig: AppRig;
beforeAll(async () => {
  rig = await openAppRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

test('the map: services of the range, each with a position that stays', async () => {
  await put('1111111111111111', 'shop');
  const first = await get(`/api/map?start=${NOW - 60}&end=${NOW + 60}`);
  expect(first).toMatchObject({ startTime: NOW - 60, endTime: NOW + 60, revision: 1 });
  const names = (answer: Record<string, unknown>) =>
    (answer['services'] as { Name: string; Type?: string }[]).map(({ Name, Type }) => [Name, Type ?? null, null]);
  expect(Object.keys(first['positions'] as object).sort()).toEqual(
    names(first)
      .map((key) => JSON.stringify(key))
      .sort(),
  );
  await put('2222222222222222', 'cart');
  const second = await get(`/api/map?start=${NOW - 60}&end=${NOW + 60}`);
  expect(names(second)).toHaveLength(4);
  expect(second['positions']).toMatchObject(first['positions'] as object);
});

test.each([
  '',
  '?start=1',
  '?start=a&end=b',
  '?start=2&end=1',
  '?start=1&end=1',
  '?start=1&start=2&end=3',
  '?start=1e9&end=2e9',
])('the map of %s is refused', async (query) => {
  expect(await get(`/api/map${query}`)).toMatchObject({ __type: 'InvalidRequestException' });
});

test('positions are put, and bad ones refused', async () => {
  const ask = async (body: string) =>
    (
      await rig.app.http.inject({ method: 'PUT', url: '/api/map/positions', headers: { host: 'localhost' }, body })
    ).json();
  expect(await ask('{"positions":{"a":{"x":3,"y":4}},"replace":true}')).toEqual({ positions: { a: { x: 3, y: 4 } } });
  expect(await ask('{"positions":{"a":{"x":null,"y":4}}}')).toMatchObject({
    __type: 'InvalidRequestException',
    message: expect.stringContaining('positions.a.x'),
  });
});

test('status and health', async () => {
  expect(await get('/api/status')).toMatchObject({
    version: '0.0.0-test',
    status: 'ok',
    durability: 'fsync',
    access: 'open',
    traceCount: 2,
    documentCount: 2,
    backlogCount: 0,
    notices: [expect.stringContaining('No access key exists')],
  });
  expect(await get('/healthz')).toMatchObject({ status: 'ok' });
});

test('what is broken or weaker is told, and the rest answered', async () => {
  await using broken = await openAppRig({
    flags: ['--durability', 'os', '--udp-listen', '0.0.0.0:0', '--allow-unauthenticated'],
    store: (store) => alterStore(store, { readStats: () => Promise.reject(new Error('gone')) }),
    app: { notices: () => ['The UDP buffer is small.'] },
  });
  const response = await broken.app.http.inject({ url: '/api/status', headers: { host: 'localhost' } });
  expect(response.json()).toMatchObject({ status: 'degraded', durability: 'os' });
  expect(response.json().notices).toEqual([
    'The store cannot be read.',
    expect.stringContaining('No access key'),
    expect.stringContaining('beyond loopback'),
    expect.stringContaining('power cut'),
    'The UDP buffer is small.',
  ]);
});

test('metrics balance: received = stored + refused + dropped + duplicate + waiting + backlog', async () => {
  await using counted = await openAppRig();
  const good = document('1111111111111111', 'shop');
  await counted.post('/TraceSegments', {
    TraceSegmentDocuments: [good, good, '{}', document('2222222222222222', 'cart')],
  });
  for (const text of [good, 'no JSON', document('3333333333333333', 'order')]) counted.app.ingest.offer(text);
  await counted.settle();
  const { body } = await counted.app.http.inject({ url: '/metrics', headers: { host: 'localhost' } });
  const sum = (name: string): number =>
    [...body.matchAll(new RegExp(`^fluoroscope_${name}(?:{.*})? (\\d+)$`, 'gm'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  const parts = [
    'documents_stored_total',
    'documents_refused_total',
    'documents_dropped_total',
    'documents_duplicate_total',
    'waiting_documents',
    'backlog_documents',
  ];
  expect(sum('documents_received_total')).toBe(7);
  expect(Object.fromEntries(parts.map((part) => [part, sum(part)]))).toEqual({
    documents_stored_total: 3,
    documents_refused_total: 2,
    documents_dropped_total: 0,
    documents_duplicate_total: 2,
    waiting_documents: 0,
    backlog_documents: 0,
  });
});

async function get(url: string): Promise<Record<string, unknown>> {
  return (await rig.app.http.inject({ method: 'GET', url, headers: { host: 'localhost' } })).json();
}

async function put(id: string, name: string): Promise<void> {
  await rig.post('/TraceSegments', { TraceSegmentDocuments: [document(id, name)] });
  await rig.settle();
}

function document(id: string, name: string): string {
  return JSON.stringify({ id, trace_id: `1-5759e988-${id}00000000`, name, start_time: NOW, end_time: NOW + 1 });
}

test('activity: requests that clients sent, period by period', async () => {
  const answer = await get(`/api/map/activity?start=${NOW - 75}&end=${NOW + 45}&steps=4`);
  expect(answer).toMatchObject({ startTime: NOW - 75, endTime: NOW + 45, stepSeconds: 30 });
  const steps = answer['steps'] as { ok: number; fault: number }[];
  expect(steps.map(({ ok }) => ok)).toEqual([0, 0, 2, 0]);
  const long = await get(`/api/map/activity?start=${NOW - 180}&end=${NOW + 60}&steps=4`);
  expect((long['steps'] as { ok: number }[]).reduce((sum, { ok }) => sum + ok, 0)).toBe(2);
});

test.each([
  '',
  `?start=${NOW - 60}&end=${NOW}&steps=0`,
  `?start=${NOW - 60}&end=${NOW}&steps=121`,
  '?start=2&end=1&steps=2',
])('activity of %s is refused', async (query) => {
  expect(await get(`/api/map/activity${query}`)).toMatchObject({ __type: 'InvalidRequestException' });
});

test('with boxes, the positions are those of what is shown', async () => {
  const plain = await get(`/api/map?start=${NOW - 60}&end=${NOW + 60}`);
  const keys = async (query: string) =>
    Object.keys((await get(`/api/map?start=${NOW - 60}&end=${NOW + 60}${query}`))['positions'] as object).sort();
  expect(await keys('&by=type')).toEqual(Object.keys(plain['positions'] as object).sort());
  expect(await get(`/api/map?start=1&end=2&by=colour`)).toMatchObject({ __type: 'InvalidRequestException' });
});

test('by group, the nodes that its expression names are one, wherever the answer is read', async () => {
  const expression = (FilterExpression: string) => ({ GroupName: 'stores', FilterExpression });
  await rig.post('/CreateGroup', expression('service("shop") OR service("cart")'));
  const range = `start=${NOW - 60}&end=${NOW + 60}`;
  const read = async (query: string) => get(`/api/map?${range}${query}`);
  const boxed = await read('&by=group');
  const box = JSON.stringify(['stores', 'box:group', null]);
  expect(Object.keys(boxed['positions'] as object)).toContain(box);
  expect(Object.keys(boxed['positions'] as object)).toHaveLength(3);
  expect(boxed['groups']).toMatchObject([{ name: 'stores', services: [{ name: 'shop' }, { name: 'cart' }] }]);
  expect(Object.keys((await read('&by=group&open=stores'))['positions'] as object)).not.toContain(box);
  await rig.post('/UpdateGroup', expression('service("cart")'));
  expect(Object.keys((await read('&by=group'))['positions'] as object)).not.toContain(box);
  await rig.post('/UpdateGroup', expression('service("shop") OR service("cart")'));
  expect((await read('&by=group'))['positions']).toEqual(boxed['positions']);
  await rig.post('/DeleteGroup', { GroupName: 'stores' });
});

test('the map and the activity of a group are those of its traces', async () => {
  await rig.post('/CreateGroup', { GroupName: 'carts', FilterExpression: 'service("cart")' });
  const range = `start=${NOW - 60}&end=${NOW + 60}`;
  const names = async (query: string) =>
    ((await get(`/api/map?${range}${query}`))['services'] as { Name: string }[]).map(({ Name }) => Name);
  expect(new Set(await names(''))).toEqual(new Set(['shop', 'cart']));
  expect(new Set(await names('&group=carts'))).toEqual(new Set(['cart']));
  const requests = async (query: string) =>
    ((await get(`/api/map/activity?${range}&steps=4${query}`))['steps'] as { ok: number }[]).map(({ ok }) => ok);
  expect((await requests('')).reduce((sum, ok) => sum + ok)).toBe(2);
  expect((await requests('&group=carts')).reduce((sum, ok) => sum + ok)).toBe(1);
  expect(await get(`/api/map?${range}&group=none`)).toMatchObject({ __type: 'InvalidRequestException' });
});

test('a new layout answers what was before', async () => {
  const body = JSON.stringify({ startTime: NOW - 60, endTime: NOW + 60 });
  const ask = () =>
    rig.app.http.inject({ method: 'POST', url: '/api/map/layout', headers: { host: 'localhost' }, body });
  const first = (await ask()).json();
  expect(Object.keys(first.positions)).toHaveLength(4);
  expect((await ask()).json().before).toEqual(first.positions);
});
