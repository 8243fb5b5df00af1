import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeAccessKey } from './access-key.ts';
import { canonicalRequest, type SignedRequest } from './canonical-request.ts';
import { checkSignature, parseSignature } from './sigv4.ts';
import { signByAws, type Signed, type ToSign } from './testing/aws-signer.ts';

const SEED = 20_261_121;
const NOW = Date.UTC(2026, 10, 21, 10);
const KEY = makeAccessKey('', ['read'], 0);
const EMPTY = createHash('sha256').update('').digest('hex');

// From the test suite that AWS publishes; the hashes are its own.
test.each([
  ['get-vanilla', '/', 'bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63'],
  [
    'get-vanilla-query-order-key-case',
    '/?Param2=value2&Param1=value1',
    '816cd5b414d056048ba4f7c5386d6e0533120fb1fcfa93762cf0fc39e2cf19e0',
  ],
  ['normalize-path get-slash', '//', 'bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63'],
  ['normalize-path get-relative', '/example/..', 'bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63'],
  ['normalize-path get-slash-dot-slash', '/./', 'bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63'],
])('the canonical request of %s is AWS’s', (_name, url, hash) => {
  const rawHeaders = ['X-Amz-Date', '20150830T123600Z', 'Host', 'example.amazonaws.com'];
  const canonical = canonicalRequest({ method: 'GET', url, rawHeaders }, ['host', 'x-amz-date'], EMPTY);
  expect(canonical.ok && createHash('sha256').update(canonical.value).digest('hex')).toBe(hash);
});

test.each<[string, string, readonly string[], string]>([
  ['a path is encoded once more', '/a%20b/x', [], '/a%2520b/x'],
  ['a query is sorted by code point', '/?b=1&a=2&a=1&A=0&c', [], 'A=0&a=1&a=2&b=1&c='],
  ['a query is encoded strictly', "/?a=(x)!*'~-._%2b+", [], 'a=%28x%29%21%2A%27~-._%2B%2B'],
  ['blanks fold', '/', ['x', ' a   b '], 'x:a b\n'],
  ['values of one name join in their order', '/', ['x', 'b', 'X', 'a'], 'x:b,a\n'],
])('%s', (_name, url, rawHeaders, expected) => {
  const canonical = canonicalRequest({ method: 'GET', url, rawHeaders }, rawHeaders.length > 0 ? ['x'] : [], EMPTY);
  expect(canonical.ok && canonical.value).toContain(expected);
});

const token = fc.stringMatching(/^[a-zA-Z0-9-]{1,12}$/);
const value = fc.string({ unit: 'grapheme-ascii', maxLength: 20 });
const request: fc.Arbitrary<ToSign> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  path: fc
    .array(fc.string({ maxLength: 8 }), { maxLength: 4 })
    .map((segments) => `/${segments.map(encodeURIComponent).join('/')}`),
  query: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), value, { maxKeys: 3, noNullPrototype: true }),
  headers: fc.dictionary(
    token.map((name) => `x-${name.toLowerCase()}`),
    value,
    { maxKeys: 3, noNullPrototype: true },
  ),
  body: fc.string({ unit: 'grapheme', maxLength: 60 }),
  region: fc.constantFrom('eu-west-1', 'us-east-1', 'ap-southeast-2'),
  atMs: fc.integer({ min: NOW - 299_000, max: NOW + 299_000 }),
});

test('what AWS signs is taken, and no byte of it can be changed', async () => {
  const change = fc.record({ part: fc.nat(), at: fc.nat(), bit: fc.nat(6) });
  await fc.assert(
    fc.asyncProperty(request, fc.array(change, { minLength: 10, maxLength: 10 }), async (asked, changes) => {
      const signed = await signByAws(KEY, asked);
      expect(verdict(signed)).toBe('taken');
      for (const { part, at, bit } of changes) {
        const mutant = mutate(signed, part, at, bit);
        if (mutant !== null) expect({ verdict: verdict(mutant), mutant }).not.toMatchObject({ verdict: 'taken' });
      }
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});

const signedNow = (asked: ToSign = {}) => signByAws(KEY, { atMs: NOW, ...asked });

test.each<[string, string, Promise<Signed>]>([
  ['a clock 5 minutes slow', 'taken', signedNow({ atMs: NOW - 300_000 })],
  ['a clock 5 minutes fast', 'taken', signedNow({ atMs: NOW + 300_000 })],
  ['older', 'InvalidSignatureException: Signature expired', signedNow({ atMs: NOW - 301_000 })],
  ['of the future', 'InvalidSignatureException: Signature not yet current', signedNow({ atMs: NOW + 301_000 })],
  ['another service', 'InvalidSignatureException: Credential', signedNow({ service: 's3' })],
  ['a session token', 'UnrecognizedClientException: The security token', signedNow({ sessionToken: 'x' })],
  [
    'another secret',
    'InvalidSignatureException: The request signature',
    signByAws({ id: KEY.id, secret: 'x' }, { atMs: NOW }),
  ],
  [
    'a body hash that is none',
    'InvalidSignatureException: X-Amz-Content',
    signedNow({ headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }),
  ],
  [
    'of a streamed body',
    'InvalidSignatureException: X-Amz-Content',
    signedNow({ headers: { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' } }),
  ],
  [
    'the hash of another body',
    "InvalidSignatureException: The provided 'x-amz-content-sha256'",
    signedNow({ headers: { 'x-amz-content-sha256': EMPTY } }),
  ],
])('%s: %s', async (_name, expected, signed) => {
  expect(verdict(await signed)).toMatch(expected);
});

test.each<[string, (signed: Signed) => readonly string[]]>([
  ['no date', ({ rawHeaders }) => without(rawHeaders, 'x-amz-date')],
  ['two dates', ({ rawHeaders }) => [...rawHeaders, 'x-amz-date', '20261121T100000Z']],
  ['a header of AWS that is not signed', ({ rawHeaders }) => [...rawHeaders, 'x-amz-target', 'x']],
  ['a host that is not signed', (signed) => changed(signed, /;host|host;/, '')],
  ['a signed header that is missing', ({ rawHeaders }) => without(rawHeaders, 'content-type')],
  ['names out of order', (signed) => changed(signed, /content-type;host/, 'host;content-type')],
  ['no signature', (signed) => changed(signed, /, Signature=.*/, '')],
  ['two signatures', (signed) => changed(signed, /(, Signature=.*)/, '$1$1')],
  ['a part that is unknown', (signed) => changed(signed, /$/, ', More=x')],
  ['another end of the scope', (signed) => changed(signed, /aws4_request/, 'aws4_requests')],
  ['a date that is none', (signed) => changed(signed, /\/20261121\//, '/20261131/')],
  ['no key', (signed) => changed(signed, /Credential=[^/]*/, 'Credential=')],
  ['a key id like no other', (signed) => changed(signed, /Credential=[^/]*/, 'Credential=__proto__')],
  ['another algorithm', (signed) => changed(signed, /AWS4-HMAC-SHA256/, 'AWS4-HMAC-SHA1')],
])('%s: refused', async (_name, alter) => {
  const signed = await signByAws(KEY, { atMs: NOW, headers: { 'content-type': 'application/json' } });
  const rawHeaders = alter(signed);
  expect(rawHeaders).not.toEqual(signed.rawHeaders);
  expect(verdict({ ...signed, rawHeaders })).toMatch(/^(Incomplete|Invalid|Unrecog)/);
});

test('any Authorization ends in an answer', () => {
  const authorization = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `AWS4-HMAC-SHA256 ${rest}`),
    fc
      .tuple(fc.string(), fc.string(), fc.string())
      .map(([a, b, c]) => `AWS4-HMAC-SHA256 Credential=${a}, SignedHeaders=${b}, Signature=${c}`),
  );
  fc.assert(
    fc.property(authorization, (text) => {
      expect(parseSignature({ method: 'POST', url: '/', rawHeaders: ['authorization', text] }, NOW).ok).toBe(false);
    }),
    { seed: SEED, numRuns: 20_000 },
  );
});

function verdict({ body, ...signed }: SignedRequest & { readonly body: Uint8Array }): string {
  const claim = parseSignature(signed, NOW);
  if (!claim.ok) return `${claim.problem.code}: ${claim.problem.message}`;
  if (claim.value.keyId !== KEY.id) return 'UnrecognizedClientException: unknown';
  const checked = checkSignature(signed, claim.value, KEY.secret, body);
  return checked.ok ? 'taken' : `${checked.problem.code}: ${checked.problem.message}`;
}

/** One bit of one part; null when it means the same afterwards: a letter's case in a name, a way to write a query. */
function mutate(signed: Signed, part: number, at: number, bit: number): (SignedRequest & { body: Buffer }) | null {
  const texts = [signed.method, signed.url, ...signed.rawHeaders, signed.body.toString('latin1')];
  const index = part % texts.length;
  const old = texts[index] ?? '';
  if (old === '') return null;
  const spot = at % old.length;
  const now = `${old.slice(0, spot)}${String.fromCharCode(old.charCodeAt(spot) ^ (1 << bit))}${old.slice(spot + 1)}`;
  texts[index] = now;
  const [method = '', url = '', ...rest] = texts;
  const mutant = { method, url, rawHeaders: rest.slice(0, -1), body: Buffer.from(rest.at(-1) ?? '', 'latin1') };
  return meaningOf(mutant) === meaningOf({ ...signed, body: signed.body }) ? null : mutant;
}

/** Written apart from the code under test: what two requests must share to be the same. */
function meaningOf({ method, url, rawHeaders, body }: SignedRequest & { readonly body: Buffer }): string {
  const headers = rawHeaders.map((text, at) => {
    if (at % 2 === 0) return text.toLowerCase();
    const folded = text.split(' ').filter(Boolean).join(' ');
    return rawHeaders[at - 1]?.toLowerCase() === 'authorization' ? folded.replaceAll(/, */g, ',') : folded;
  });
  const [path = '', query = ''] = split(url);
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  }
  const pairs = query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      try {
        const [name = '', ...values] = pair.split('=');
        return JSON.stringify([decodeURIComponent(name), decodeURIComponent(values.join('='))]);
      } catch {
        return pair;
      }
    })
    .sort();
  return JSON.stringify([method, steps, path.endsWith('/') && steps.length > 0, pairs, headers, body.toString('hex')]);
}

function split(url: string): readonly string[] {
  const at = url.indexOf('?');
  return at === -1 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}

function without(rawHeaders: readonly string[], name: string): readonly string[] {
  const at = rawHeaders.indexOf(name);
  return rawHeaders.toSpliced(at, 2);
}

function changed({ rawHeaders }: Signed, from: RegExp, to: string): readonly string[] {
  return rawHeaders.map((text, at) => (rawHeaders[at - 1] === 'authorization' ? text.replace(from, to) : text));
}
