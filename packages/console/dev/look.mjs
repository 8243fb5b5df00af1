// Screenshots of every page and state from the made-up shop: `node packages/console/dev/look.mjs OUT [name…]`.
// Exits 1 when a page logs an error or breaks the content security policy. Not shipped.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startFixture } from './fixture-server.mjs';
import { largeTraceId, oddTraceId } from './odd-traces.mjs';

const [out = '/tmp/console-look', ...only] = process.argv.slice(2);
const ARGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

const fixture = startFixture();
await new Promise((done) => fixture.server.on('listening', done));
const base = `http://127.0.0.1:${fixture.server.address().port}`;
const bornAt = Date.now() / 1000;
const failing = fixture.traces.findLast((trace) => trace.documents[0].fault && trace.documents.length > 2);
const idOf = (name) => fixture.traces.find((trace) => trace.traceId.slice(11) === name(bornAt).slice(11)).traceId;
const payment = failing.documents.find((document) => document.name === 'payment');
const key = (...parts) => encodeURIComponent(JSON.stringify(parts));
const ECS = 'AWS::ECS::Container';

const SHOTS = {
  map: { url: '/' },
  node: { url: `/map?node=${key('order', ECS, null)}` },
  edge: { url: `/map?caller=${key('frontend', ECS, null)}&callee=${key('cart', ECS, null)}` },
  list: { url: '/map?view=list' },
  replay: {
    url: `/map?range=${bornAt - 300}~${bornAt}&at=${bornAt - 150}&step=10`,
  },
  diff: { url: `/map?range=${bornAt - 120}~${bornAt}&vs=before` },
  'diff-list': { url: `/map?range=${bornAt - 120}~${bornAt}&vs=before&view=list` },
  'diff-node': { url: `/map?range=${bornAt - 120}~${bornAt}&vs=before&node=${key('order', ECS, null)}` },
  boxes: { url: `/map?by=type&node=${key('AWS::DynamoDB::Table', 'box:type', null)}` },
  focus: { url: `/map?focus=${key('order', ECS, null)}&way=callees&hops=2` },
  display: { url: '/map', act: (page) => page.getByTestId('display').click() },
  sized: { url: '/map?size=traffic' },
  'sized-errors': { url: '/map?size=errors&weigh=errors' },
  compare: { url: '/map', act: (page) => page.getByTestId('compare').click() },
  keys: { url: '/map', act: (page) => page.keyboard.press('?') },
  large: { url: '/map', mode: 'large500' },
  huge: { url: '/map', mode: 'large2000' },
  relayout: { url: '/map', act: (page, size) => (size === 'phone' ? undefined : page.getByTestId('relayout').click()) },
  traces: { url: '/traces' },
  groups: { url: '/traces?by=outcome' },
  refused: { url: `/traces?filter=${encodeURIComponent('service("cart") AND bogus > 3')}`, refusal: true },
  trace: { url: `/traces/${failing.traceId}` },
  exception: { url: `/traces/${failing.traceId}?row=${payment.id}&tab=exceptions` },
  overview: { url: `/traces/${failing.traceId}?row=${failing.documents[0].id}` },
  resources: { url: `/traces/${failing.traceId}?row=${failing.documents[0].id}&tab=resources` },
  raw: { url: `/traces/${failing.traceId}?view=raw` },
  flame: { url: `/traces/${failing.traceId}?view=flame` },
  statistics: { url: `/traces/${failing.traceId}?view=statistics` },
  spans: { url: `/traces/${failing.traceId}?view=spans` },
  'compare-traces': { url: `/traces/${fixture.traces[0].traceId}/compare/${failing.traceId}` },
  odd: { url: `/traces/${idOf(oddTraceId)}` },
  'large-trace': { url: `/traces/${idOf(largeTraceId)}` },
  unknown: { url: '/traces/1-00000001-000000000000000000000009' },
  missing: { url: '/nowhere' },
  status: { url: '/map', act: (page) => page.getByTestId('status').click() },
  'empty-map': { url: '/map', mode: 'empty' },
  'empty-traces': { url: '/traces', mode: 'empty' },
  'error-map': { url: '/map', mode: 'error', refusal: true },
  'error-traces': { url: '/traces', mode: 'error', refusal: true },
  'loading-map': { url: '/map', mode: 'slow' },
  'loading-trace': { url: `/traces/${failing.traceId}`, mode: 'slow' },
};

await mkdir(out, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
const problems = [];
for (const [name, shot] of Object.entries(SHOTS)) {
  if (only.length > 0 && !only.includes(name)) continue;
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark']) await take(name, shot, size, viewport, colorScheme);
  }
}
await browser.close();
fixture.stop();
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

async function take(name, { url, mode, act, refusal }, size, viewport, colorScheme) {
  const context = await browser.newContext({ viewport, colorScheme });
  if (mode !== undefined) await context.addCookies([{ name: 'fixture', value: mode, url: base }]);
  const page = await context.newPage();
  const where = `${name}-${size}-${colorScheme}`;
  page.on('console', (message) => {
    const expected = refusal === true && /Failed to load resource/.test(message.text());
    if (message.type() === 'error' && !expected) problems.push(`${where}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`${where}: ${error.stack}`));
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', (event) =>
      // oxlint-disable-next-line no-console -- runs in the page, and is heard above
      console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`),
    ),
  );
  await page.goto(base + url);
  await page.waitForTimeout(mode === 'error' ? 2600 : 900);
  await act?.(page, size);
  if (act !== undefined) await page.waitForTimeout(1600);
  await page.screenshot({ path: join(out, `${where}.png`) });
  await context.close();
}
