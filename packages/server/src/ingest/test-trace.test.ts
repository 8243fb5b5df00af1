import { parseTraceId, timeUs } from '@fluoroscope/model';
import { expect, test } from 'vitest';
import { createKey } from '../access/manage-keys.ts';
import { openAppRig } from '../testing/app-rig.ts';
import { makeTestTrace } from './test-trace.ts';

test('a test trace goes the way of all others, and is a trace of several services', async () => {
  await using rig = await openAppRig();
  const { status, body } = await rig.post('/api/test-trace', {});
  expect(status).toBe(200);
  await rig.settle();
  const now = Date.now() / 1000;
  const { body: found } = await rig.post('/TraceSummaries', { StartTime: now - 60, EndTime: now + 1 });
  expect(found['TraceSummaries']).toMatchObject([
    { Id: body['traceId'], HasFault: false, IsPartial: false, EntryPoint: { Name: 'test-shop' }, ResponseTime: 0.324 },
  ]);
  const { body: graph } = await rig.post('/TraceGraph', { TraceIds: [body['traceId']] });
  const names = (graph['Services'] as readonly { Name: string }[]).map(({ Name }) => Name);
  expect(new Set(names)).toEqual(
    new Set(['test-shop', 'test-orders', 'test-payment', 'test-orders-table', 'bank.example']),
  );
});

test('it ended now, and its id says when it began', () => {
  let next = 0;
  const { traceId, documents } = makeTestTrace(timeUs(1_800_000_000_000_000), (bytes) =>
    (next += 1).toString(16).padStart(bytes * 2, '0'),
  );
  expect(parseTraceId(traceId).ok).toBe(true);
  expect(Number.parseInt(traceId.slice(2, 10), 16)).toBe(1_799_999_999);
  expect(documents.map(({ end_time: end }) => Number(end) <= 1_800_000_000)).toEqual([true, true, true]);
});

test('pages of others cannot make the server send itself traces', async () => {
  await using rig = await openAppRig();
  const answer = await rig.app.http.inject({
    method: 'POST',
    url: '/api/test-trace',
    headers: { host: 'localhost', origin: 'http://evil.example' },
  });
  expect(answer.statusCode).toBe(403);
});

test.each([
  ['ingest', 200],
  ['operator', 200],
  ['admin', 200],
  ['read', 403],
] as const)('with a key that may %s: %i', async (scope, status) => {
  await using rig = await openAppRig();
  const { id, secret } = await createKey(rig.dataDir, '', [scope]);
  await rig.app.access.ring.refresh();
  const headers = { host: 'localhost', authorization: `Bearer ${id}:${secret}` };
  expect((await rig.app.http.inject({ method: 'POST', url: '/api/test-trace', headers })).statusCode).toBe(status);
});
