import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewKey, SamplingAnswer, TrustAnswer } from '@fluoroscope/api';
import { timeUs } from '@fluoroscope/model';
import type { InjectOptions } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { alterStore } from '../testing/altered-store.ts';
import { openAppRig, type AppRig, type AppRigOptions } from '../testing/app-rig.ts';

const NOW = Math.floor(Date.now() / 1_000);

test('the first key is made on the machine itself, with admin, and closes the server', async () => {
  const rig = await open();
  const ask = (body: object, remoteAddress = '127.0.0.1') =>
    send(rig, { method: 'POST', url: '/api/keys', body: JSON.stringify(body), remoteAddress });
  expect(await ask({ name: 'me', scopes: ['admin'] }, '192.0.2.7')).toMatchObject({ code: 'AccessDeniedException' });
  expect(await ask({ name: 'me', scopes: ['read'] })).toMatchObject({ code: 'InvalidRequestException' });
  expect((await get(rig, '/api/keys')).json).toMatchObject({ keys: [], isMade: false });
  const { json } = await ask({ name: 'me', scopes: ['admin', 'read'] });
  const key = json as unknown as NewKey;
  expect(key).toMatchObject({ id: expect.stringMatching(/^FLUO/), name: 'me', scopes: ['read', 'admin'] });

  expect((await get(rig, '/api/session')).status).toBe(401);
  const headers = bearer(key);
  expect((await get(rig, '/api/session', headers)).json).toEqual({ keyId: key.id, scopes: ['read', 'admin'] });
  const other = await send(rig, { method: 'POST', url: '/api/keys', headers, body: '{"name":"","scopes":["ingest"]}' });
  expect(other.status).toBe(200);
  const listed = (await get(rig, '/api/keys', headers)).json;
  expect(listed).toMatchObject({
    isMade: true,
    keys: [
      { id: key.id, usedAt: expect.any(Number) },
      { id: other.json['id'], scopes: ['ingest'], usedAt: null },
    ],
  });
  expect(JSON.stringify(listed)).not.toContain(key.secret);

  const revoke = (id: string) => send(rig, { method: 'DELETE', url: `/api/keys/${id}`, headers });
  expect((await revoke(String(other.json['id']))).status).toBe(200);
  expect((await revoke(String(other.json['id']))).code).toBe('ResourceNotFoundException');
  expect((await revoke('x')).code).toBe('InvalidRequestException');
  expect((await revoke(key.id)).status).toBe(200);
  expect((await get(rig, '/api/keys', headers)).status).toBe(403);

  const log = await readFile(join(rig.dataDir, 'audit.jsonl'), 'utf8');
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ operation, resource, outcome }) => [operation, resource, outcome])).toEqual([
    ['create-key', null, 'AccessDeniedException'],
    ['create-key', null, 'InvalidRequestException'],
    ['create-key', key.id, 'done'],
    ['create-key', other.json['id'], 'done'],
    ['revoke-key', other.json['id'], 'done'],
    ['revoke-key', other.json['id'], 'ResourceNotFoundException'],
    ['revoke-key', null, 'InvalidRequestException'],
    ['revoke-key', key.id, 'done'],
  ]);
  expect(log).not.toContain(key.secret);
});

test.each([
  ['a scope that is none', '{"name":"","scopes":["root"]}', /scopes\[0\]/],
  ['no scope', '{"name":"","scopes":[]}', /scopes/],
  ['a long name', `{"name":"${'n'.repeat(101)}","scopes":["admin"]}`, /name/],
])('a key with %s is refused, and the member named', async (_name, body, message) => {
  const { code, json } = await send(await open(), { method: 'POST', url: '/api/keys', body });
  expect([code, json['message']]).toEqual(['InvalidRequestException', expect.stringMatching(message)]);
});

test('pages of another origin change no keys, even where they may read', async () => {
  const rig = await open({ flags: ['--cors-origins', 'https://grafana.example'] });
  const headers = { origin: 'https://grafana.example' };
  expect((await get(rig, '/api/trust', headers)).status).toBe(200);
  const body = '{"name":"","scopes":["admin"]}';
  expect((await send(rig, { method: 'POST', url: '/api/keys', headers, body })).code).toBe('AccessDeniedException');
});

test('sampling: what clients reported of each rule, and which rule recent requests would meet', async () => {
  const rig = await open();
  const rule = {
    RuleName: 'pay',
    Priority: 5,
    FixedRate: 1,
    ReservoirSize: 10,
    Version: 1,
    ResourceARN: '*',
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: 'POST',
    URLPath: '/pay*',
  };
  expect((await rig.post('/CreateSamplingRule', { SamplingRule: rule })).status).toBe(200);
  await put(rig, [
    segment(1, 'shop', { method: 'POST', url: 'https://shop.example/pay?x=1' }),
    segment(2, 'shop'),
    segment(3, 'shop'),
  ]);
  const report = {
    RuleName: 'pay',
    ClientID: 'ab'.repeat(12),
    Timestamp: NOW,
    RequestCount: 20,
    SampledCount: 7,
    BorrowCount: 1,
  };
  await rig.post('/SamplingTargets', { SamplingStatisticsDocuments: [report] });
  const answer = (await get(rig, '/api/sampling')).json as unknown as SamplingAnswer;
  expect(answer.rules).toMatchObject([
    { name: 'pay', requestCount: 20, sampledCount: 7, borrowedCount: 1, clientCount: 1, reservoirQuota: 10 },
    { name: 'Default', requestCount: 0, clientCount: 0, reservoirQuota: 0 },
  ]);
  expect(answer.rules[0]?.trend.reduce((sum, count) => sum + count, 0)).toBe(20);
  expect(answer.requests).toEqual([
    { serviceName: 'shop', count: 2, rule: 'Default' },
    { serviceName: 'shop', method: 'POST', host: 'shop.example', path: '/pay', count: 1, rule: 'pay' },
  ]);
  expect(answer.looked).toMatchObject({ traceCount: 3, complete: true, othersCount: 0 });
});

test('trust: what came is stored, refused or dropped, by channel and reason; late ones and orphans by service', async () => {
  // Orphans are told of settled traces.
  let aheadUs = 0;
  const rig = await open({ app: { nowUs: () => timeUs(Date.now() * 1_000 + aheadUs) } });
  const late = segment(1, 'shop', undefined, { start_time: NOW - 200, end_time: NOW - 190 });
  const lost = segment(2, 'cart', undefined, { parent_id: 'ffffffffffffffff' });
  const tooOld = segment(4, 'cart', undefined, { start_time: 1 });
  await put(rig, [late, lost, segment(3, 'shop'), tooOld, '{}', 'no JSON']);
  aheadUs = 31_000_000;
  const trust = (await get(rig, '/api/trust')).json as unknown as TrustAnswer;
  const { received, backlogAtStart, ...rest } = trust.documents;
  expect(trust.documents).toMatchObject({ received: 6, refused: 3, stored: 3, dropped: 0, duplicate: 0 });
  expect(received + backlogAtStart).toBe(Object.values(rest).reduce((sum, count) => sum + count, 0));
  expect(trust.channels).toMatchObject([{ channel: 'http', received: 6, refused: 3, dropped: 0 }]);
  expect(trust.losses).toEqual([
    { kind: 'refused', channel: 'http', reason: 'InvalidTime', count: 1 },
    { kind: 'refused', channel: 'http', reason: 'MissingId', count: 1 },
    { kind: 'refused', channel: 'http', reason: 'ParseError', count: 1 },
  ]);
  expect(trust.services).toEqual([
    { name: 'shop', receivedCount: 2, refusedCount: 0, droppedCount: 0, lateCount: 1, recentCount: 2, orphanCount: 0 },
    { name: 'cart', receivedCount: 2, refusedCount: 1, droppedCount: 0, lateCount: 0, recentCount: 1, orphanCount: 1 },
  ]);
  expect(trust.unknown).toEqual([{ channel: 'http', receivedCount: 2, refusedCount: 2, droppedCount: 0 }]);
  expect(trust.orphans).toMatchObject({ traceCount: 3, complete: true });
  expect(trust.store).toMatchObject({ state: 'ok', documentCount: 3, days: [{ documentCount: 3 }] });
  expect(trust.journal).toMatchObject({ kind: 'file', isFailing: false });
  expect(trust.limits).toContainEqual({ setting: 'groups-max', value: 25, unit: 'count' });
});

test('trust is told of a store that is broken, and of one that does not answer', async () => {
  for (const read of [() => Promise.reject(new Error('gone')), () => new Promise<never>(() => {})]) {
    const rig = await open({ store: (store) => alterStore(store, { readStats: read, findTraces: read }) });
    const answer = await get(rig, '/api/trust');
    expect([answer.status, answer.json['documents']]).toMatchObject([200, { received: 0 }]);
  }
});

test('encryption: nothing is chosen, and there is no file of keys', async () => {
  const none = { type: 'NONE', status: 'ACTIVE', keyId: null, hasKeyFile: false, keys: [] };
  expect((await get(await open(), '/api/encryption')).json).toEqual(none);
});

async function open(options: AppRigOptions = {}): Promise<AppRig> {
  const rig = await openAppRig(options);
  onTestFinished(() => rig[Symbol.asyncDispose]());
  return rig;
}

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly json: Readonly<Record<string, unknown>>;
}

async function send(rig: AppRig, { headers = {}, ...options }: InjectOptions): Promise<Answer> {
  const response = await rig.app.http.inject({
    ...options,
    headers: { host: 'localhost', ...headers },
  } as InjectOptions);
  const code = response.headers['x-amzn-errortype'];
  return { status: response.statusCode, code: code === undefined ? undefined : String(code), json: response.json() };
}

function get(rig: AppRig, url: string, headers: object = {}): Promise<Answer> {
  return send(rig, { method: 'GET', url, headers } as InjectOptions);
}

function bearer({ id, secret }: Pick<NewKey, 'id' | 'secret'>): { readonly authorization: string } {
  return { authorization: `Bearer ${id}:${secret}` };
}

async function put(rig: AppRig, documents: readonly string[]): Promise<void> {
  await rig.post('/TraceSegments', { TraceSegmentDocuments: documents });
  await rig.settle();
}

function segment(trace: number, name: string, request?: object, more: object = {}): string {
  const hex = trace.toString(16);
  return JSON.stringify({
    trace_id: `1-${NOW.toString(16)}-${hex.padStart(24, '0')}`,
    id: hex.padStart(16, '0'),
    name,
    start_time: NOW - 2,
    end_time: NOW - 1,
    ...(request !== undefined && { http: { request } }),
    ...more,
  });
}
