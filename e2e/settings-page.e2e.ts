/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { setUpBrowser } from './browser.ts';
import { eventually, makeFolder, post, removeFolder, serveFlags, startProgram, type Program } from './program.ts';

const SECTIONS = ['groups', 'sampling', 'indexing', 'encryption', 'keys', 'policies', 'health'] as const;

const dataDir = makeFolder();
let program: Program;
let page: Page;
const { complaints } = setUpBrowser((opened) => (page = opened));

beforeAll(async () => {
  program = await startProgram(serveFlags(dataDir));
  await send(['POST /pay', 'POST /pay', 'GET /items']);
});

afterAll(async () => {
  await program?.stop();
  removeFolder(dataDir);
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
  complaints.expectStatus(400);

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
  complaints.expectStatus(400);
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

test('a policy is made from the example, refused where its text breaks, changed and deleted', async () => {
  await page.goto(`http://${program.http}/settings/policies`);
  await page.getByTestId('no-policies').waitFor();
  const example = await page.getByTestId('policy-example').innerText();
  await page.getByTestId('start-policy').click();
  await page.waitForURL(/\/settings\/policies\?v=1&new=/);
  const editor = page.getByTestId('policy-document');
  expect((await editor.inputValue()).trim()).toBe(example);
  await page.getByTestId('policy-name').fill('keep');
  const refusal = page.getByTestId('policy-refusal');
  complaints.expectStatus(400);
  for (const [text, line, named] of [
    [example.replace('"Deny"', '"Deni"'), 5, 'Statement[0].Effect'],
    [example.replace('"Deny",', '"Deny"'), 6, 'JSON'],
  ] as const) {
    await editor.fill(text);
    await page.getByTestId('save').click();
    await refusal.getByText(`Line ${line},`).waitFor();
    expect(await refusal.innerText()).toContain(named);
    const caret = await editor.evaluate((field: HTMLTextAreaElement) => field.value.slice(0, field.selectionStart));
    expect([caret.split('\n').length, await isFocused('policy-document')]).toEqual([line, true]);
  }
  expect(await violations(page)).toEqual([]);

  await editor.fill(JSON.stringify(JSON.parse(example)));
  await page.getByTestId('policy-format').click();
  expect((await editor.inputValue()).split('\n').length).toBeGreaterThan(8);
  await page.getByTestId('save').click();
  const row = page.getByTestId('policy-row-keep');
  await row.getByText('xray:DeleteGroup, xray:DeleteSamplingRule').waitFor();

  await page.getByTestId('copy-keep').click();
  await page.getByTestId('policy-name').fill('keep');
  await page.getByTestId('save').click();
  await page.locator('.form-problem').getByText('already').waitFor();
  await page.keyboard.press('Escape');

  await page.getByTestId('edit-keep').click();
  await editor.fill(example.replace('xray:DeleteGroup', 'xray:*'));
  await page.getByTestId('save').click();
  await page.getByTestId('policy-bypass').waitFor();
  await editor.fill(example.replace('xray:DeleteGroup', 'xray:UpdateGroup'));
  await page.getByTestId('save').click();
  await row.getByText('xray:UpdateGroup').waitFor();
  await page.getByTestId('delete-keep').click();
  await page.getByTestId('confirm-yes').click();
  await page.getByTestId('no-policies').waitFor();
});

test('who changes a policy that somebody else changed meanwhile is told, and chooses', async () => {
  const policy = (Action: string): string =>
    JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action: `xray:${Action}` } });
  const put = (Action: string): Promise<unknown> =>
    post(program.http, '/PutResourcePolicy', { PolicyName: 'shared', PolicyDocument: policy(Action) });
  await put('GetGroup');
  await page.goto(`http://${program.http}/settings/policies?edit=shared`);
  const editor = page.getByTestId('policy-document');
  await editor.fill(policy('GetInsight'));
  await put('GetGroups');
  await page.getByTestId('save').click();
  await page.getByTestId('policy-conflict').getByText('Nothing was saved').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByTestId('take-theirs').click();
  expect(await editor.inputValue()).toBe(policy('GetGroups'));

  await editor.fill(policy('GetInsight'));
  await put('GetGroup');
  await page.getByTestId('save').click();
  await page.getByTestId('keep-mine').click();
  await page.getByTestId('policy-row-shared').getByText('xray:GetInsight').waitFor();

  await page.getByTestId('edit-shared').click();
  await editor.fill(policy('GetTraceGraph'));
  await post(program.http, '/DeleteResourcePolicy', { PolicyName: 'shared' });
  await page.getByTestId('save').click();
  await page.getByTestId('policy-conflict').getByText('deleted').waitFor();
  await page.getByTestId('keep-mine').click();
  await page.getByTestId('policy-row-shared').getByText('xray:GetTraceGraph').waitFor();

  await page.getByTestId('delete-shared').click();
  await put('GetGroup');
  await page.getByTestId('confirm-yes').click();
  await page.getByTestId('confirm').getByText('look at it again').waitFor();
  complaints.expectStatus(400);
  await post(program.http, '/DeleteResourcePolicy', { PolicyName: 'shared' });
});

test('destination and indexing rule are kept as they are set, and said to change nothing', async () => {
  await page.goto(`http://${program.http}/settings/indexing`);
  await page.getByTestId('indexing-notice').getByText('Neither changes anything here').waitFor();
  await page.getByTestId('destination-choice').selectOption('CloudWatchLogs');
  await page.getByTestId('save-destination').click();
  await page.getByTestId('destination-kept').getByText('CloudWatch Logs').waitFor();
  expect(await post(program.http, '/GetTraceSegmentDestination', {})).toMatchObject({ Destination: 'CloudWatchLogs' });

  const share = page.getByTestId('indexing-percentage');
  for (const wrong of ['101', 'few', '']) {
    await share.fill(wrong);
    await page.getByTestId('save-indexing').click();
    await page.locator('.form-problem').getByText('DesiredSamplingPercentage').waitFor();
  }
  expect(await violations(page)).toEqual([]);
  complaints.expectStatus(400);
  await share.fill('2.5');
  await page.getByTestId('save-indexing').click();
  await page.getByTestId('indexing-kept').getByText('2.5 %').waitFor();
  expect(await page.getByTestId('indexing-actual').innerText()).toBe('100 %');
  expect(await page.locator('.form-problem').count()).toBe(0);
});

test('what is refused is counted where it can be seen, by service where that is known', async () => {
  const noTime = { name: 'clockless', id: '1'.repeat(16), trace_id: `1-5759e988-${'1'.repeat(24)}` };
  const TraceSegmentDocuments = ['{"name":"nobody"', JSON.stringify(noTime), '{}'];
  await post(program.http, '/TraceSegments', { TraceSegmentDocuments });
  await page.goto(`http://${program.http}/settings/health`);
  await page.getByTestId('loss-MissingId').waitFor();
  expect(await page.getByTestId('balance-refused').innerText()).toMatch(/^3\n/);
  const services = page.getByTestId('trust-services');
  const rows = await services.locator('tbody tr').allInnerTexts();
  const figures = rows.map((row) => row.split(/\s+/));
  expect(figures.find(([name]) => name === 'clockless')?.slice(1, 3)).toEqual(['1', '1']);
  expect(figures.find(([name]) => name === 'shop')?.slice(1, 3)).toEqual(['3', '0']);
  expect(figures.find(([name]) => name === 'unknown')?.slice(1, 4)).toEqual(['http', '2', '2']);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await services.evaluate((table) => table.scrollWidth <= table.clientWidth)).toBe(true);
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
    for (const form of ['groups?new=', 'sampling?new=', 'policies?new=']) {
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
  complaints.expectStatus(401);
});

/** As a person does: what Chrome makes of replaced text in an editor has styles of its own, which the policy refuses. */
async function write(expression: string): Promise<void> {
  // The plain field that stands there until then takes its selection along.
  await page.locator('.filter-editor').waitFor();
  await page.getByTestId('filter').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(expression);
}

async function isFocused(testId: string): Promise<boolean> {
  return page.getByTestId(testId).evaluate((element) => element === document.activeElement);
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
