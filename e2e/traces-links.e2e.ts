/// <reference lib="dom" />
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { setUpBrowser } from './browser.ts';
import {
  eventually,
  makeFolder,
  post,
  removeFolder,
  serveFlags,
  startProgram,
  steady,
  type Program,
} from './program.ts';

// What leads to traces and from one to another: ids, links, the live tail, groups, what to compare with.

const dataDir = makeFolder();
let server: Program;
let page: Page;
const { openPage } = setUpBrowser((opened) => (page = opened));

beforeAll(async () => {
  server = await startProgram(serveFlags(dataDir));
});

afterAll(async () => {
  await server?.stop();
  removeFolder(dataDir);
});

test('a trace that comes live shows its causes as a listed one does, and so it does from its link', async () => {
  const name = `failing-${randomBytes(4).toString('hex')}`;
  await page.goto(`http://${server.http}/traces?filter=service("${name}")&columns=url,cause.fault,cause.responsetime`);
  await page.getByTestId('empty-traces').getByTestId('tail').click();
  await page.getByTestId('tail').and(page.locator('[aria-pressed="true"]')).waitFor();
  const exceptions = [{ id: 'ab'.repeat(8), type: 'CardDeclined', message: 'no' }];
  const id = await send(name, { fault: true, cause: { working_directory: '/', exceptions } });
  await page.getByTestId(`trace-${id}`).waitFor();
  const tailed = await eventually(causes, ([fault]) => fault !== undefined && fault !== '');
  expect(tailed).toEqual([`${name}: CardDeclined`, name]);
  await page.reload();
  await page.getByTestId('tail').and(page.locator('[aria-pressed="true"]')).waitFor();
  expect(await eventually(causes, ([fault]) => fault !== undefined && fault !== '')).toEqual(tailed);
  await page.keyboard.press('l');
  await page.getByTestId('tail').and(page.locator('[aria-pressed="false"]')).waitFor();
  await page.getByTestId(`trace-${id}`).waitFor();
  expect(await causes()).toEqual(tailed);
});

test('a trace id in the filter opens the trace, in either spelling', async () => {
  const id = await listed('by-id');
  for (const text of [id, id.slice(2).replaceAll('-', '')]) {
    await page.goto(`http://${server.http}/traces`);
    await page.locator('.filter-editor').waitFor();
    await page.getByTestId('filter').focus();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === `/traces/${id}`);
    await page.getByTestId('trace-id').getByText(id).waitFor();
  }
});

test("links of X-Ray's own console open the same here", async () => {
  const id = await listed('linked');
  await page.goto(`http://${server.http}/xray/home?region=eu-west-1#/traces/${id}`);
  await page.getByTestId('trace-id').getByText(id).waitFor();
  await page.evaluate(() => (location.hash = '#/traces?timeRange=PT15M&filter=service(%22linked%22)'));
  await page.waitForURL((url) => url.pathname === '/traces' && url.search.includes('range=15m') && url.hash === '');
  await page.getByTestId(`trace-${id}`).waitFor();
});

test('what a trace can be compared with is offered: the same request, those that went otherwise first', async () => {
  const well = await listed('compared');
  const other = await listed('another');
  const failed = await listed('compared', { fault: true });
  const same = await listed('compared', { fault: true });
  await page.goto(`http://${server.http}/traces/${failed}`);
  await page.getByTestId('compare-with').click();
  await page.getByTestId(`compare-${well}`).waitFor();
  const offered = await page
    .locator('[data-testid^="compare-1-"]')
    .evaluateAll((all) => all.map((it) => it.dataset['testid']));
  expect(offered).toEqual([`compare-${well}`, `compare-${same}`]);
  expect(offered).not.toContain(`compare-${other}`);
  expect(await violations(page)).toEqual([]);
  await page.getByTestId(`compare-${well}`).click();
  await page.waitForURL((url) => url.pathname === `/traces/${failed}/compare/${well}`);
  await page.getByTestId('compare-table').waitFor();
});

test('two traces are ticked, by pointer and by keyboard, and compared; of three, the first is given up', async () => {
  const [a, b, c] = [await listed('ticked'), await listed('ticked'), await listed('ticked')];
  await page.goto(`http://${server.http}/traces?filter=service("ticked")`);
  await page.getByTestId('live').click(); // rows stay where they are
  await page.getByTestId(`tick-${a}`).click();
  await page.getByTestId('tick-bar').getByText('tick another trace').waitFor();
  expect(await page.getByTestId('compare-ticked').isDisabled()).toBe(true);
  await page.getByTestId(`trace-${b}`).focus();
  await page.keyboard.press('x');
  await page.getByTestId(`tick-${c}`).focus();
  await page.keyboard.press('Space');
  expect(await page.getByTestId(`tick-${a}`).isChecked()).toBe(false);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
  }
  await page.keyboard.press('c');
  await page.waitForURL((url) => url.pathname === `/traces/${b}/compare/${c}`);
  await page.getByTestId('compare-table').waitFor();
  await page.goBack();
  await page.getByTestId(`tick-${b}`).waitFor();
  expect(await page.getByTestId('tick-bar').count()).toBe(0);
});

test('a search says how much of the time lies behind it, and goes on to the first that it finds', async () => {
  const id = await listed('rare');
  // The first two pages reach back without finding anything, as a search for what is rare does.
  const now = Date.now() / 1000;
  let asked = 0;
  let answer = (): void => {};
  await page.route('**/TraceSummaries', async (route) => {
    asked += 1;
    if (asked > 2) return route.continue({ postData: JSON.stringify(withoutToken(route.request().postDataJSON())) });
    if (asked === 2) await new Promise<void>((resolve) => (answer = resolve));
    return route.fulfill({ json: { TraceSummaries: [], ApproximateTime: now - asked * 900, NextToken: 'more' } });
  });
  await page.goto(`http://${server.http}/traces?range=${now - 3600}~${now + 1}&filter=service("rare")`);
  const progress = page.getByTestId('search-progress');
  await progress.getByText('25 % of the time searched, 0 found').waitFor();
  expect(await page.getByTestId('empty-traces').count()).toBe(0);
  answer();
  await page.getByTestId(`trace-${id}`).waitFor();
  await progress.getByText('All of the time searched, 1 found').waitFor();
  expect(await progress.getByRole('progressbar').getAttribute('value')).toBe('1');
});

test('on a phone the response times are a tap away, and a band of them is chosen by touch', async () => {
  await listed('touched', { start_time: Date.now() / 1000 - 0.5 });
  await listed('touched');
  const phone = await openPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await phone.goto(`http://${server.http}/traces?filter=service("touched")`);
  await phone.getByTestId('chart-times').tap();
  const box = await steady(() => phone.getByTestId('brush').boundingBox());
  if (box === null) throw new Error('no histogram');
  const touch = await phone.context().newCDPSession(phone);
  const at = (share: number): { x: number; y: number } => ({ x: box.x + box.width * share, y: box.y + 30 });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at(0.5)] });
  for (const share of [0.6, 0.7, 0.8, 0.9])
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [at(share)] });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  expect(await violations(phone)).toEqual([]);
  const filter = phone.getByTestId('band-filter');
  // The bar moves it while a search goes on.
  await steady(() => filter.boundingBox());
  await filter.tap();
  await phone.waitForURL((url) => (url.searchParams.get('filter') ?? '').includes('responsetime >= '));
});

test('the traces of a group: chosen beside the filter, in the link, and given up again', async () => {
  const [inside, outside] = [await listed('grouped'), await listed('ungrouped')];
  await post(server.http, '/DeleteGroup', { GroupName: 'chosen' }).catch(() => null);
  await page.goto(`http://${server.http}/traces`);
  await page.getByTestId('traces-group').click();
  await page.getByTestId('groups-settings').waitFor();
  await post(server.http, '/CreateGroup', { GroupName: 'chosen', FilterExpression: 'service("grouped")' });
  await page.reload();
  await page.getByTestId('traces-group').click();
  expect(await violations(page)).toEqual([]);
  await page.getByTestId('group-chosen').click();
  await page.waitForURL((url) => url.searchParams.get('filter') === 'group.name = "chosen"');
  await page.getByTestId(`trace-${inside}`).waitFor();
  await page.getByTestId(`trace-${outside}`).waitFor({ state: 'detached' });
  expect(await page.getByTestId('traces-group').innerText()).toBe('chosen');
  await page.getByTestId('traces-group').click();
  await page.getByTestId('group-all').click();
  await page.waitForURL((url) => !url.searchParams.has('filter'));
  await page.getByTestId(`trace-${outside}`).waitFor();
});

test('order and choice of the tables of a trace are in its link', async () => {
  const id = await listed('tables', {
    subsegments: ['broken', 'well', 'broken too'].map((name, at) => ({
      id: randomBytes(8).toString('hex'),
      name,
      start_time: Date.now() / 1000 - 0.05 + at / 100,
      end_time: Date.now() / 1000 - 0.02,
      fault: name !== 'well',
    })),
  });
  await page.goto(`http://${server.http}/traces/${id}?view=spans`);
  await page.getByTestId('sort-name').click();
  await page.getByTestId('sort-name').click();
  await page.getByLabel('Only errors').check();
  await page.getByTestId('spans-filter').fill('broken');
  const names = (): Promise<string[]> => page.locator('.span-row > :first-child').allInnerTexts();
  const shown = await eventually(names, ({ length }) => length === 2);
  expect(shown[0]).toContain('broken too');
  await page.reload();
  await page.getByTestId('spans').waitFor();
  expect(await eventually(names, ({ length }) => length === 2)).toEqual(shown);
  expect(await page.getByLabel('Only errors').isChecked()).toBe(true);
});

function withoutToken(input: object): object {
  return { ...input, NextToken: undefined };
}

async function causes(): Promise<string[]> {
  return page.locator('.traces-row :is(.c-cause-fault, .c-cause-responsetime) span').allInnerTexts();
}

/** Sent, and found by searches. */
async function listed(name: string, more: object = {}): Promise<string> {
  const id = await send(name, more);
  const now = Date.now() / 1000;
  const query = { StartTime: now - 60, EndTime: now + 60, FilterExpression: `service("${name}")` };
  await eventually(
    () => post(server.http, '/TraceSummaries', query),
    (answer) => JSON.stringify(answer).includes(id),
  );
  return id;
}

/** A request to a service; its id. */
async function send(name: string, more: object = {}): Promise<string> {
  const now = Date.now() / 1000;
  const id = `1-${Math.floor(now).toString(16)}-${randomBytes(12).toString('hex')}`;
  const document = {
    trace_id: id,
    id: id.slice(-16),
    name,
    start_time: now - 0.05,
    end_time: now,
    http: { request: { method: 'GET', url: `https://shop.test/${name}` }, response: { status: 200 } },
    ...more,
  };
  await post(server.http, '/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(document)] });
  return id;
}
