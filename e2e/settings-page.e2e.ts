/// <reference lib="dom" />
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { BROWSER_ARGS, findBrowser } from '../tools/browser.mjs';
import { violations } from './accessibility.ts';
import { eventually, makeFolder, post, removeFolder, serveFlags, startProgram, type Program } from './program.ts';

const SECTIONS = ['groups', 'sampling', 'encryption', 'keys', 'health'] as const;

const dataDir = makeFolder();
let program: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  program = await startProgram(serveFlags(dataDir));
  browser = await chromium.launch({ executablePath: await findBrowser(), args: [...BROWSER_ARGS] });
  await send(['POST /pay', 'POST /pay', 'GET /items']);
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
  removeFolder(dataDir);
});

beforeEach(async () => {
  complaints.length = 0;
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      // oxlint-disable-next-line no-console -- how the page tells this test
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
});

afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

test('a group is made, changed and deleted; an expression that cannot be read is refused where it breaks', async () => {
  await page.goto(`http://${program.http}/settings`);
  await page.getByTestId('no-groups').waitFor();
  await page.getByTestId('new-group').click();
  await page.waitForURL(/\/settings\/groups\?v=1&new=/);
  await page.getByTestId('group-name').fill('payments');
  await write('service("shop") AND bogus > 3');
  await page.getByTestId('save').click();
  const refusal = page.getByTestId('filter-refusal');
  await refusal.waitFor();
  const [, place = ''] = /column (\d+)/.exec(await refusal.innerText()) ?? [];
  expect(place).toBe('21');
  const picture = (await refusal.locator('pre').innerText()).split('\n');
  expect(picture.at(1)?.indexOf('▲')).toBe(20);
  complaints.length = 0; // the browser itself logs the 400

  await write('service("shop") AND http.method = "POST"');
  await page.getByTestId('group-insights').check();
  await page.getByRole('button', { name: 'Add tag' }).click();
  await page.getByLabel('tag 1, key').fill('team');
  await page.getByLabel('tag 1, value').fill('money');
  await page.getByTestId('save').click();
  const row = page.getByTestId('group-row-payments');
  await row.getByText('team=money').waitFor();
  expect(await row.innerText()).toContain('service("shop") AND http.method = "POST"');

  await page.getByTestId('edit-payments').click();
  await write('http.url CONTAINS "/pay"');
  await page.getByTestId('save').click();
  await row.getByText('http.url CONTAINS "/pay"').waitFor();
  await page.getByTestId('traces-of-payments').click();
  await page.waitForURL((url) => url.searchParams.get('filter') === 'group.name = "payments"');
  await eventually(
    () => page.locator('[data-testid^="trace-1-"]').count(),
    (count) => count === 2,
  );
  await page.goto(`http://${program.http}/settings/groups`);
  await page.getByTestId('map-of-payments').click();
  await page.waitForURL((url) => url.pathname === '/map' && url.searchParams.get('group') === 'payments');
  await page.locator('.node').first().waitFor();

  await page.goto(`http://${program.http}/settings/groups`);
  await page.getByTestId('delete-payments').click();
  await page.getByTestId('confirm-yes').click();
  await page.getByTestId('no-groups').waitFor();
});

test('a rule is made, moved, changed and deleted; it says what it matches and what clients report', async () => {
  await page.goto(`http://${program.http}/settings/sampling`);
  await page.getByTestId('new-rule').click();
  await page.getByTestId('rule-name').fill('pay');
  await page.getByTestId('rule-priority').fill('0');
  await page.getByTestId('rule-reservoir').fill('4');
  await page.getByTestId('rule-rate').fill('100');
  await page.getByTestId('rule-path').fill('/pay*');
  await page.getByTestId('preview').getByText('2 of the newest traces').waitFor();
  await page.getByTestId('save').click();
  expect(await page.locator('.form-problem').innerText()).toContain('Priority');
  complaints.length = 0; // the browser itself logs the 400
  await page.getByTestId('rule-priority').fill('50');
  await page.getByTestId('save').click();
  await page.getByTestId('matches-pay').getByText('2 traces').waitFor();
  await page.getByTestId('matches-Default').getByText('1 trace').waitFor();

  const report = { RuleName: 'pay', ClientID: 'ab'.repeat(12), RequestCount: 20, SampledCount: 7, BorrowCount: 1 };
  const SamplingStatisticsDocuments = [{ ...report, Timestamp: Math.floor(Date.now() / 1000) }];
  await post(program.http, '/SamplingTargets', { SamplingStatisticsDocuments });
  await post(program.http, '/CreateSamplingRule', { SamplingRule: rule('all', 60) });
  await page.reload();
  await page.getByTestId('rule-row-pay').getByText('20 requests, 7 sampled, 1 borrowed').waitFor();
  await page.getByTestId('quota-pay').getByText('4 of 4/s').waitFor();
  await page.getByTestId('up-all').click();
  await page.getByTestId('matches-all').getByText('3 traces').waitFor();
  const names = await page.locator('[data-testid^="rule-row-"] th').allInnerTexts();
  expect(names.map((name) => name.split('\n')[0])).toEqual(['all', 'pay', 'Default']);

  await page.getByTestId('edit-pay').click();
  await page.getByTestId('rule-rate').fill('12.5');
  await page.getByTestId('save').click();
  await page.getByTestId('rule-row-pay').getByText('13').first().waitFor();
  for (const name of ['pay', 'all']) {
    await page.getByTestId(`delete-${name}`).click();
    await page.getByTestId('confirm-yes').click();
    await page.getByTestId(`rule-row-${name}`).waitFor({ state: 'detached' });
  }
  await page.getByTestId('no-rules').waitFor();
});

test('what is refused is counted where it can be seen', async () => {
  await post(program.http, '/TraceSegments', { TraceSegmentDocuments: ['{"name":"nobody"}'] });
  await page.goto(`http://${program.http}/settings/health`);
  await page.getByTestId('loss-MissingId').waitFor();
  expect(await page.getByTestId('balance-refused').innerText()).toMatch(/^1\n/);
  expect(await page.getByTestId('trust-services').innerText()).toContain('shop');
});

test('keys go from page to page, and so does a menu on a phone', async () => {
  await page.goto(`http://${program.http}/settings/keys`);
  await page.getByTestId('open-mode').waitFor();
  for (const [key, path] of Object.entries({ m: '/map', t: '/traces', a: '/analytics', s: '/settings/groups' })) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname === path);
  }
  await page.getByTestId('groups-table').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('x');
  await page.keyboard.press('m');
  await page.getByTestId('trace-jump').fill('');
  await page.keyboard.type('gt');
  expect(new URL(page.url()).pathname).toBe('/settings/groups');

  await page.setViewportSize({ width: 390, height: 844 });
  for (const [name, path] of Object.entries({ traces: '/traces', settings: '/settings/groups' })) {
    await page.getByTestId('pages').click();
    await page.getByTestId(`pages-${name}`).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByTestId(`pages-${name}`).click();
    await page.waitForURL((url) => url.pathname === path);
  }
});

test.each(['light', 'dark'] as const)(
  'in %s no rule of axe is broken, on a desk and on a phone',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const section of SECTIONS) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(`http://${program.http}/settings/${section}`);
      await page.locator('.settings-body h1').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    }
    for (const form of ['groups?new=', 'sampling?new=']) {
      await page.goto(`http://${program.http}/settings/${form}`);
      await page.getByTestId('save').waitFor();
      await page.locator('.sheet-body input').first().waitFor();
      expect(await violations(page)).toEqual([]);
    }
  },
);

test('the first key closes the server, its maker goes on logged in, and revoking it ends that', async () => {
  await page.goto(`http://${program.http}/settings/keys`);
  await page.getByTestId('open-mode').waitFor();
  await page.getByTestId('first-key').click();
  await page.getByTestId('key-name').fill('me');
  await page.getByTestId('save').click();
  const id = await page.getByTestId('made-id').innerText();
  const secret = await page.getByTestId('made-secret').innerText();
  expect([id.length, secret.length]).toEqual([20, 40]);
  await page.keyboard.press('Escape');
  await page.getByTestId('kept').click();
  await page.getByTestId(`key-row-${id}`).getByText('you').waitFor();
  expect(await page.content()).not.toContain(secret);
  expect((await fetch(`http://${program.http}/api/keys`)).status).toBe(401);
  await page.getByTestId('settings-groups').click();
  await page.getByTestId('groups-table').waitFor();

  await page.goto(`http://${program.http}/settings/keys`);
  await page.getByTestId(`revoke-${id}`).click();
  await page.getByText('you will be logged out').waitFor();
  await page.getByTestId('confirm-yes').click();
  await page.getByTestId('login').waitFor();
  complaints.length = 0; // the browser itself logs the 401
});

/** As a person does: what Chrome makes of replaced text in an editor has styles of its own, which the policy refuses. */
async function write(expression: string): Promise<void> {
  await page.getByTestId('filter').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(expression);
}

async function send(requests: readonly string[]): Promise<void> {
  const now = Date.now() / 1000;
  const documents = requests.map((request, at) => {
    const [method, path] = request.split(' ');
    return JSON.stringify({
      trace_id: `1-${Math.floor(now).toString(16)}-${String(at + 1).padStart(24, '0')}`,
      id: String(at + 1).padStart(16, '0'),
      name: 'shop',
      start_time: now - 2,
      end_time: now - 1,
      http: { request: { method, url: `https://shop.example${path}` }, response: { status: 200 } },
    });
  });
  await post(program.http, '/TraceSegments', { TraceSegmentDocuments: documents });
  await eventually(
    () => post(program.http, '/TraceSummaries', { StartTime: now - 60, EndTime: now + 60 }),
    ({ TraceSummaries }) => Array.isArray(TraceSummaries) && TraceSummaries.length === requests.length,
  );
}

function rule(RuleName: string, Priority: number): object {
  const any = { ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*', ResourceARN: '*' };
  return { RuleName, Priority, FixedRate: 0.5, ReservoirSize: 1, Version: 1, ...any };
}
