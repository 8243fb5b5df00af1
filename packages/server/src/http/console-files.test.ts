import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAppRig, type AppRig } from '../testing/app-rig.ts';

const SCRIPT = 'console.log("a script");\n'.repeat(100);
const PAGE =
  '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__" src="/assets/index-CAFE1234.js"></script>';

let rig: AppRig;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fluoroscope-console-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  writeFileSync(join(folder, 'assets', 'index-CAFE1234.js'), SCRIPT);
  rig = await openAppRig({ app: { consoleFolder: folder } });
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test.each(['/', '/traces', '/traces/1-5759e988-bd862e3fe1be46a994272793?tab=raw'])(
  '%s is the page, with a nonce of its own',
  async (url) => {
    const nonces = new Set<string>();
    for (let visit = 0; visit < 2; visit += 1) {
      const { statusCode, headers, body } = await get(url, { accept: 'text/html,*/*' });
      expect([statusCode, headers['cache-control']]).toEqual([200, 'no-store']);
      const policy = String(headers['content-security-policy']);
      const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
      expect(body).toBe(PAGE.replaceAll('__CSP_NONCE__', nonce));
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).not.toMatch(/unsafe|\*/);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(2);
  },
);

test('hashed assets are kept for ever, other files asked for again', async () => {
  const asset = await get('/assets/index-CAFE1234.js');
  expect(asset.body).toBe(SCRIPT);
  expect(asset.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
  const icon = await get('/favicon.svg');
  expect(icon.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' });
  expect(await get('/favicon.svg', { 'if-none-match': String(icon.headers['etag']) })).toMatchObject({
    statusCode: 304,
    body: '',
  });
});

test.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('compressed as %s', async (encoding, decompress) => {
  const { rawPayload, headers } = await get('/assets/index-CAFE1234.js', { 'accept-encoding': `deflate, ${encoding}` });
  expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'Accept-Encoding' });
  expect(rawPayload.byteLength).toBeLessThan(SCRIPT.length / 2);
  expect(decompress(rawPayload).toString()).toBe(SCRIPT);
});

test.each([
  '/assets/missing.js',
  '/index.html',
  '/../package.json',
  '/%2e%2e/package.json',
  '/assets/..%2findex.html',
  '/api/nothing',
])('%s is nothing of ours', async (url) => {
  expect(await get(url, { accept: 'text/html' })).toMatchObject({ statusCode: 404 });
});

test('a link from another site opens the page, and no data', async () => {
  const visit = {
    accept: 'text/html',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  expect(await get('/', visit)).toMatchObject({ statusCode: 200 });
  expect(await get('/traces', visit)).toMatchObject({ statusCode: 200 });
  for (const url of ['/api/status', '/metrics', '/healthz', '/assets/index-CAFE1234.js']) {
    expect(await get(url, visit)).toMatchObject({ statusCode: 403 });
  }
});

function get(url: string, headers: Record<string, string> = {}) {
  return rig.app.http.inject({ method: 'GET', url, headers: { host: 'localhost:2000', ...headers } });
}
