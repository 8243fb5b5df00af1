import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OPERATION_NAMES, OPERATIONS, type OperationName } from '@fluoroscope/api/operations';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { AccessKey } from '../access/access-key.ts';
import { createKey, revokeKey } from '../access/manage-keys.ts';
import { covers, isChange, NEEDS, SCOPES, type Scope } from '../access/scopes.ts';
import { signByAws, type ToSign } from '../access/testing/aws-signer.ts';
import { openAppRig, type AppRig, type AppRigOptions } from '../testing/app-rig.ts';

const OUR_CALLS = [
  ['GET', '/api/map?start=1&end=2', 'read'],
  ['GET', '/api/status', 'read'],
  ['GET', '/api/session', 'read'],
  ['GET', '/api/sampling', 'read'],
  ['GET', '/api/encryption', 'read'],
  ['GET', '/api/trust', 'read'],
  ['GET', '/api/keys', 'admin'],
  ['GET', '/metrics', 'read'],
  ['PUT', '/api/map/positions', 'operator'],
] as const;

let rig: AppRig;
let keys: Readonly<Record<Scope, AccessKey>>;
beforeAll(async () => {
  rig = await openAppRig({ flags: ['--ingest-allow', '10.0.0.0/8'] });
  keys = await makeKeys(rig);
});
afterAll(() => rig[Symbol.asyncDispose]());

test('every operation is in the table, and in docs/access.md under its scope', async () => {
  expect(Object.keys(NEEDS)).toEqual(expect.arrayContaining([...OPERATION_NAMES]));
  const docs = await readFile(new URL('../../../../docs/access.md', import.meta.url), 'utf8');
  const rows = new Map(
    [...docs.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, scope = '', names = '']) => [scope, names]),
  );
  for (const name of OPERATION_NAMES) {
    for (const scope of [NEEDS[name]].flat()) expect(rows.get(scope)).toContain(`\`${actionOf(name)}\``);
  }
});

test.each(OPERATION_NAMES)('%s: a key is asked for, and one with its scope will do', async (name) => {
  const { path } = OPERATIONS[name];
  expect(await send({ url: path })).toMatchObject({ status: 403, code: 'MissingAuthenticationTokenException' });
  for (const scope of SCOPES) {
    const { code, status } = await send({ url: path, body: '{"x":1}', headers: bearer(keys[scope]) });
    if (covers([scope], NEEDS[name])) expect(code).not.toBe('AccessDeniedException');
    else expect({ scope, code, status }).toEqual({ scope, code: 'AccessDeniedException', status: 403 });
  }
});

test.each(OUR_CALLS)('%s %s: 401 without a key, 403 without the scope, and not with it', async (method, url, scope) => {
  const stranger = await send({ method, url });
  expect(stranger.status).toBe(url === '/metrics' ? 403 : 401);
  expect(await send({ method, url, headers: bearer(keys.ingest) })).toMatchObject({ code: 'AccessDeniedException' });
  const { status } = await send({ method, url, body: '{"positions":{}}', headers: bearer(keys[scope]) });
  expect(status).toBe(200);
});

test('health and the console’s page are there for all; health says no more than it must', async () => {
  expect(await send({ method: 'GET', url: '/healthz' })).toMatchObject({ json: { status: 'ok', access: 'keys' } });
  expect((await send({ method: 'GET', url: '/healthz' })).json).not.toHaveProperty('notices');
  expect((await send({ method: 'GET', url: '/' })).status).toBe(404);
});

test.each<[string, number, string | undefined, ToSign, Partial<InjectOptions>]>([
  ['as AWS signs', 200, undefined, {}, {}],
  ['for any region', 200, undefined, { region: 'us-gov-west-1' }, {}],
  ['a body that was changed', 403, 'InvalidSignatureException', {}, { body: '{"TraceSegmentDocuments":["{}"]}' }],
  ['no body although one was signed', 403, 'InvalidSignatureException', {}, { body: '' }],
  ['a path that was not signed', 403, 'InvalidSignatureException', { path: '/Groups' }, {}],
  ['a stale one', 403, 'InvalidSignatureException', { atMs: Date.now() - 301_000 }, {}],
  ['another service', 403, 'InvalidSignatureException', { service: 'execute-api' }, {}],
  ['a session token', 403, 'UnrecognizedClientException', { sessionToken: 'x' }, {}],
])('signed: %s', async (_name, status, code, toSign, altered) => {
  const body = '{"TraceSegmentDocuments":[]}';
  const { headers } = await signByAws(keys.ingest, { body, headers: { 'content-type': 'text/x-odd' }, ...toSign });
  expect(await send({ url: '/TraceSegments', headers, body, ...altered })).toMatchObject({ status, code });
});

test.each([
  [
    'an unknown key',
    'UnrecognizedClientException',
    'Bearer FLUOZZZZZZZZZZZZZZZZ:0000000000000000000000000000000000000000',
  ],
  ['a wrong secret', 'UnrecognizedClientException', 'ID:0000000000000000000000000000000000000000'],
  ['no such form', 'IncompleteSignatureException', 'Bearer x'],
  ['Basic', 'IncompleteSignatureException', 'Basic eDp5'],
  ['nothing behind AWS4', 'IncompleteSignatureException', 'AWS4-HMAC-SHA256'],
])('%s: %s', async (_name, code, text) => {
  const authorization = text.replace(/^ID/, `Bearer ${keys.read.id}`);
  expect(await send({ url: '/TraceSummaries', headers: { authorization } })).toMatchObject({ code });
});

test('--ingest-allow: its networks may send, signed with whatever key, and nothing else', async () => {
  const body = '{"TraceSegmentDocuments":[]}';
  const from = (remoteAddress: string, url: string, headers = {}) => send({ url, body, remoteAddress, headers });
  const { headers } = await signByAws({ id: 'AKIAIOSFODNN7EXAMPLE', secret: 'x' }, { body });
  expect((await from('10.1.2.3', '/TraceSegments')).status).toBe(200);
  expect((await from('::ffff:10.1.2.3', '/TraceSegments', headers)).status).toBe(200);
  expect((await from('10.1.2.3', '/GetSamplingRules')).status).toBe(200);
  expect((await from('10.1.2.3', '/TraceSummaries')).code).toBe('MissingAuthenticationTokenException');
  expect((await from('192.0.2.1', '/TraceSegments')).code).toBe('MissingAuthenticationTokenException');
  expect((await from('192.0.2.1', '/TraceSegments', headers)).code).toBe('UnrecognizedClientException');
  const ours = await signByAws({ ...keys.ingest, secret: 'x' }, { body });
  expect((await from('10.1.2.3', '/TraceSegments', ours.headers)).code).toBe('InvalidSignatureException');
  const forwarded = { 'x-forwarded-for': '10.1.2.3' };
  expect((await from('192.0.2.1', '/TraceSegments', forwarded)).code).toBe('MissingAuthenticationTokenException');
  const { gate } = rig.app.access;
  expect(['10.0.0.1', '127.0.0.1'].map((address) => gate.takesDatagram(address))).toEqual([true, false]);
});

test('the console logs in, is known by its cookie, and logs out', async () => {
  const { id: keyId, secret } = keys.read;
  const login = await send({ url: '/api/login', body: JSON.stringify({ keyId, secret }) });
  const cookie = String(login.headers['set-cookie']);
  expect(login).toMatchObject({ status: 200, json: { keyId } });
  expect(cookie).toMatch(/^fluoroscope_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
  const headers = { cookie: `other=1; ${cookie.split(';')[0]}` };
  expect((await send({ method: 'GET', url: '/api/status', headers })).status).toBe(200);
  expect((await send({ url: '/Groups', headers })).status).toBe(200);
  expect((await send({ url: '/CreateGroup', headers, body: '{"GroupName":"g"}' })).code).toBe('AccessDeniedException');
  const foreign = { ...headers, origin: 'https://attacker.example' };
  expect((await send({ method: 'GET', url: '/api/status', headers: foreign })).code).toBe('AccessDeniedException');
  expect((await send({ url: '/api/logout', headers })).headers['set-cookie']).toMatch(
    /^fluoroscope_session=; .*Max-Age=0/,
  );
  expect((await send({ method: 'GET', url: '/api/status', headers })).status).toBe(401);
});

test.each([
  ['UnrecognizedClientException', { keyId: 'FLUOZZZZZZZZZZZZZZZZ', secret: '0'.repeat(40) }],
  ['InvalidRequestException', { keyId: 'x', secret: '0'.repeat(40) }],
  ['InvalidRequestException', {}],
])('a login that is none: %s', async (code, body) => {
  const login = await send({ url: '/api/login', body: JSON.stringify(body) });
  expect(login).toMatchObject({ code });
  expect(login.headers).not.toHaveProperty('set-cookie');
});

test('over TLS, or from a page that came over it, the cookie is for TLS only', async () => {
  const { id: keyId, secret } = keys.read;
  const headers = { origin: 'https://localhost:2000' };
  const login = await send({ url: '/api/login', headers, body: JSON.stringify({ keyId, secret }) });
  expect(login.headers['set-cookie']).toMatch(/; Secure$/);
});

test('until a key exists all is open on loopback; from then on it is not, even when the last one is revoked', async () => {
  const laptop = await openRig();
  const ask = (headers = {}) => send({ url: '/Groups', headers }, laptop);
  const { headers } = await signByAws({ id: 'AKIAIOSFODNN7EXAMPLE', secret: 'x' }, { path: '/Groups' });
  expect([(await ask()).status, (await ask(headers)).status]).toEqual([200, 200]);
  expect((await send({ method: 'GET', url: '/healthz' }, laptop)).json).toMatchObject({ access: 'open' });
  expect(laptop.app.access.gate.takesDatagram('127.0.0.1')).toBe(true);
  const key = await createKey(laptop.dataDir, '', ['read']);
  await laptop.app.access.ring.refresh();
  expect([(await ask()).status, (await ask(bearer(key))).status]).toEqual([403, 200]);
  expect(laptop.app.access.gate.takesDatagram('127.0.0.1')).toBe(false);
  await revokeKey(laptop.dataDir, key.id);
  await laptop.app.access.ring.refresh();
  expect([(await ask()).status, (await ask(bearer(key))).code]).toEqual([403, 'UnrecognizedClientException']);
});

test('a session ends when its key is revoked', async () => {
  const own = await openRig();
  const { id: keyId, secret } = await createKey(own.dataDir, '', ['read']);
  await own.app.access.ring.refresh();
  const login = await send({ url: '/api/login', body: JSON.stringify({ keyId, secret }) }, own);
  const headers = { cookie: String(login.headers['set-cookie']) };
  expect((await send({ method: 'GET', url: '/api/status', headers }, own)).status).toBe(200);
  await revokeKey(own.dataDir, keyId);
  await own.app.access.ring.refresh();
  expect((await send({ method: 'GET', url: '/api/status', headers }, own)).status).toBe(401);
});

test('resource policies widen and narrow what scopes say, by name and by ARN', async () => {
  const own = await openRig();
  const { admin, read, operator } = await makeKeys(own);
  const call = (key: AccessKey, url: string, body: object) =>
    send({ url, body: JSON.stringify(body), headers: bearer(key) }, own);
  const group = { GroupName: 'slow' };
  const { json } = await call(admin, '/CreateGroup', group);
  const { GroupARN } = json['Group'] as { GroupARN: string };
  const Statement = [
    { Effect: 'Allow', Principal: { AWS: read.id }, Action: 'xray:UpdateGroup', Resource: GroupARN },
    { Effect: 'Deny', Principal: { AWS: operator.id }, Action: 'xray:*Group', Resource: 'arn:*:group/slow/*' },
  ];
  const put = { PolicyName: 'p', PolicyDocument: JSON.stringify({ Statement }) };
  expect((await call(admin, '/PutResourcePolicy', put)).status).toBe(200);
  expect((await call(read, '/UpdateGroup', group)).status).toBe(200);
  expect((await call(read, '/UpdateGroup', { GroupARN })).status).toBe(200);
  expect((await call(read, '/DeleteGroup', group)).code).toBe('AccessDeniedException');
  expect((await call(operator, '/DeleteGroup', group)).code).toBe('AccessDeniedException');
  expect((await call(operator, '/DeleteGroup', { GroupARN })).code).toBe('AccessDeniedException');
  expect((await call(operator, '/CreateGroup', { GroupName: 'fast' })).status).toBe(200);
});

test('a key, or an address without one, has a rate of its own', async () => {
  const own = await openRig({ flags: ['--request-rate', '1', '--ingest-allow', '10.0.0.0/8'] });
  const { read, admin } = await makeKeys(own);
  const ask = (headers: object, remoteAddress = '127.0.0.1') =>
    send({ url: '/Groups', headers, remoteAddress } as InjectOptions, own);
  const statuses = async (count: number, headers: object) => {
    const answers = [];
    for (let at = 0; at < count; at += 1) answers.push((await ask(headers)).status);
    return answers;
  };
  expect(await statuses(3, bearer(read))).toEqual([200, 200, 429]);
  expect(await ask(bearer(read), '192.0.2.1')).toMatchObject({
    code: 'ThrottledException',
    headers: { 'retry-after': '1' },
  });
  expect(await statuses(3, {})).toEqual([403, 403, 429]);
  expect((await ask(bearer(admin))).status).toBe(200);
  expect((await send({ method: 'GET', url: '/healthz' }, own)).status).toBe(200);
});

test('the audit log has every change, made or refused, and no secret', async () => {
  const own = await openRig();
  const { operator, read } = await makeKeys(own);
  const body = '{"GroupName":"slow"}';
  await send({ url: '/CreateGroup', body, headers: bearer(operator) }, own);
  await send({ url: '/CreateGroup', body, headers: bearer(operator) }, own);
  await send({ url: '/CreateGroup', body, headers: bearer(read) }, own);
  await send({ url: '/DeleteGroup', body }, own);
  await send({ url: '/Groups', headers: bearer(read) }, own);
  await send({ url: '/api/login', body: JSON.stringify({ keyId: read.id, secret: read.secret }) }, own);
  const log = await readFile(join(own.dataDir, 'audit.jsonl'), 'utf8');
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const address = '127.0.0.1';
  expect(lines.slice(SCOPES.length)).toMatchObject([
    { by: operator.id, address, operation: 'CreateGroup', resource: 'slow', outcome: 'done' },
    { by: operator.id, address, operation: 'CreateGroup', resource: 'slow', outcome: 'InvalidRequestException' },
    { by: read.id, address, operation: 'CreateGroup', resource: 'slow', outcome: 'AccessDeniedException' },
    { by: address, operation: 'DeleteGroup', resource: null, outcome: 'MissingAuthenticationTokenException' },
    { by: address, operation: 'login', resource: read.id, outcome: 'done' },
  ]);
  for (const { secret } of [operator, read]) expect(log).not.toContain(secret);
});

test('what changes something is what needs operator or admin, and logging in', () => {
  const changes = Object.keys(NEEDS).filter((name) => isChange(name as OperationName));
  expect(changes).toContain('put-map-positions');
  expect(changes).not.toContain('put-trace-segments');
  expect(changes).toHaveLength(18);
});

async function openRig(options: AppRigOptions = {}): Promise<AppRig> {
  const own = await openAppRig(options);
  onTestFinished(() => own[Symbol.asyncDispose]());
  return own;
}

async function makeKeys({ dataDir, app }: AppRig): Promise<Readonly<Record<Scope, AccessKey>>> {
  const made = {
    ingest: await createKey(dataDir, '', ['ingest']),
    read: await createKey(dataDir, '', ['read']),
    operator: await createKey(dataDir, '', ['operator']),
    admin: await createKey(dataDir, '', ['admin']),
  };
  await app.access.ring.refresh();
  return made;
}

function bearer({ id, secret }: AccessKey): { readonly authorization: string } {
  return { authorization: `Bearer ${id}:${secret}` };
}

function actionOf(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

async function send(request: InjectOptions, { app }: AppRig = rig) {
  const headers = { host: 'localhost:2000', ...request.headers };
  const response = await app.http.inject({ method: 'POST', ...request, headers });
  const isJson = String(response.headers['content-type']).startsWith('application/json');
  const json: Record<string, unknown> = isJson ? response.json() : {};
  return { status: response.statusCode, headers: response.headers, code: response.headers['x-amzn-errortype'], json };
}
