import { expect, test } from 'vitest';
import { decideAccess, type GuardedRequest, type GuardPolicy } from './guard.ts';

const POLICY: GuardPolicy = {
  boundHost: '127.0.0.1',
  allowedHosts: ['fluoroscope.internal', 'traces.example:8080', '[fd00::1]'],
  corsOrigins: ['https://grafana.example'],
};

test.each([
  ['localhost'],
  ['localhost:2000'],
  ['LOCALHOST:2000'],
  ['localhost.:2000'],
  ['127.0.0.1:2000'],
  ['127.8.8.8'],
  ['[::1]:2000'],
  ['fluoroscope.internal'],
  ['fluoroscope.internal:9999'],
  ['traces.example:8080'],
  ['[fd00::1]:2000'],
])('host %s is ours', (host) => {
  expect(decide({ host })).toEqual({ allowed: true, corsOrigin: null });
});

test.each([
  ['a name that resolves to us', 'rebound.attacker.example'],
  ['with our port', 'rebound.attacker.example:2000'],
  ['ours as a part', 'localhost.attacker.example'],
  ['ours as user', 'localhost@attacker.example'],
  ['an allowed name, other port', 'traces.example:2000'],
  ['another address', '192.0.2.1:2000'],
  ['a wildcard', '0.0.0.0:2000'],
  ['empty', ''],
  ['two', 'localhost, attacker.example'],
  ['open bracket', '[::1:2000'],
  ['none', undefined],
])('host refused: %s', (_name, host) => {
  expect(decide({ host })).toMatchObject({ allowed: false, reason: 'host' });
});

test('on a wildcard listener any address is ours, and no name more', () => {
  const policy = { ...POLICY, boundHost: '0.0.0.0' };
  expect(decide({ host: '192.0.2.1:2000' }, policy)).toMatchObject({ allowed: true });
  expect(decide({ host: '[2001:db8::1]' }, policy)).toMatchObject({ allowed: true });
  expect(decide({ host: 'rebound.example' }, policy)).toMatchObject({ allowed: false });
});

test.each<[string, Partial<GuardedRequest>]>([
  ['a form of a foreign page', { origin: 'https://attacker.example', secFetchSite: 'cross-site' }],
  ['a foreign page in an old browser', { origin: 'https://attacker.example' }],
  ['a sandboxed frame or a file', { origin: 'null', secFetchSite: 'cross-site' }],
  ['another port of this machine', { origin: 'http://localhost:3000', secFetchSite: 'same-site' }],
  ['our port under another name', { origin: 'http://127.0.0.1:2000', secFetchSite: 'cross-site' }],
  [
    'an image of a foreign page',
    { method: 'GET', secFetchSite: 'cross-site', secFetchMode: 'no-cors', secFetchDest: 'image' },
  ],
  ['an image of a page on this machine', { method: 'GET', secFetchSite: 'same-site', secFetchMode: 'no-cors' }],
  ['a value nobody knows yet', { method: 'GET', secFetchSite: 'near-site' }],
  ['a foreign form that navigates by POST', { isPage: true, secFetchSite: 'cross-site', secFetchMode: 'navigate' }],
  ['a link to data', { method: 'GET', secFetchSite: 'cross-site', secFetchMode: 'navigate', secFetchDest: 'document' }],
  [
    'a frame around the console',
    { method: 'GET', isPage: true, secFetchSite: 'cross-site', secFetchMode: 'navigate', secFetchDest: 'iframe' },
  ],
])('refused: %s', (_name, request) => {
  expect(decide(request)).toMatchObject({ allowed: false, reason: 'origin' });
});

test.each<[string, Partial<GuardedRequest>]>([
  ['an SDK', {}],
  ['the console', { origin: 'http://localhost:2000', secFetchSite: 'same-origin', secFetchMode: 'cors' }],
  ['the console behind TLS', { origin: 'https://localhost:2000', secFetchSite: 'same-origin' }],
  ["the console's script", { method: 'GET', secFetchSite: 'same-origin', secFetchMode: 'no-cors' }],
  ['an address typed', { method: 'GET', secFetchSite: 'none', secFetchMode: 'navigate', secFetchDest: 'document' }],
  [
    'a link to the console',
    { method: 'GET', isPage: true, secFetchSite: 'cross-site', secFetchMode: 'navigate', secFetchDest: 'document' },
  ],
])('allowed: %s', (_name, request) => {
  expect(decide(request)).toEqual({ allowed: true, corsOrigin: null });
});

test('an origin that was named is answered with CORS headers, and only exactly', () => {
  expect(decide({ origin: 'https://grafana.example', secFetchSite: 'cross-site' })).toEqual({
    allowed: true,
    corsOrigin: 'https://grafana.example',
  });
  expect(decide({ origin: 'http://grafana.example' })).toMatchObject({ allowed: false });
  expect(decide({ origin: 'https://grafana.example.attacker.example' })).toMatchObject({ allowed: false });
});

function decide(request: Partial<GuardedRequest>, policy = POLICY) {
  const plain = { method: 'POST', host: 'localhost:2000', isPage: false };
  const silent = { origin: undefined, secFetchSite: undefined, secFetchMode: undefined, secFetchDest: undefined };
  return decideAccess({ ...plain, ...silent, ...request }, policy);
}
