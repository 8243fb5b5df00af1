/// <reference lib="dom" />
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { setUpBrowser } from './browser.ts';
import {
  demoFlags,
  eventually,
  makeFolder,
  post,
  removeFolder,
  serveFlags,
  SET_UP_MS,
  startProgram,
  steady,
  type Program,
} from './program.ts';
import { rushUntil } from './rush.ts';

/** More than the list ever loaded by itself. */
const PAGED_COUNT = 2_600;
const PAGED_START = Math.floor(Date.now() / 1000) - 7200;
const PAGED = `/traces?range=${PAGED_START - 10}~${PAGED_START + 100}&filter=service("paged")`;

const dataDir = makeFolder();
let demo: Program;
let page: Page;
const { complaints, openPage } = setUpBrowser((opened) => (page = opened));

beforeAll(async () => {
  demo = await startProgram(demoFlags(dataDir));
  await rushUntil(demo, async () => {
    await eventually(
      () => countOf('annotation.page = "checkout" AND service("payment")'),
      (count) => count > 0,
      SET_UP_MS,
    );
    await eventually(pagesOffered, (pages) => pages.includes('checkout'), SET_UP_MS);
  });
  await sendPaged();
});

afterAll(async () => {
  await demo?.stop();
  removeFolder(dataDir);
});

test('an expression is written by keyboard, with names and values of live data', async () => {
  await open('/traces');
  await page.getByTestId('filter').focus();
  await page.keyboard.type('service("pay');
  await offer('payment').waitFor();
  await page.keyboard.press('Enter');
  await page.getByTestId('filter').getByText('service("payment")').waitFor();
  await page.keyboard.press('End');
  await page.keyboard.type(' AND annotation.pa');
  await offer('annotation.page').waitFor();
  await page.keyboard.type('g');
  await page.keyboard.press('Enter'); // at once, as who types fast does
  await page.keyboard.type('= ');
  await offer('checkout').waitFor();
  await page.keyboard.type('"chec');
  await eventually(
    () => page.locator('.filter-offers li').count(),
    (count) => count === 1,
  );
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(
    (url) => url.searchParams.get('filter') === 'service("payment") AND annotation.page = "checkout"',
  );
  await page.locator('[data-testid^="trace-1-"]').first().waitFor();
  expect(await page.locator('.tok-function').allInnerTexts()).toEqual(['service', 'annotation.page']);
});

test('what the server cannot read is underlined where it breaks, and said', async () => {
  await open('/traces');
  await page.getByTestId('filter').focus();
  await page.keyboard.type('service("cart") AND bogus > 3');
  await page.locator('.filter-problem').getByText('bogus').waitFor();
  expect(await page.getByTestId('filter').getAttribute('aria-invalid')).toBe('true');
  await page.locator('.filter-problem').hover();
  await page.locator('.filter-tip').getByText('column 21: unknown keyword "bogus"').waitFor();
  expect(complaints.list).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByTestId('filter-refusal').getByText('column 21').waitFor();
  complaints.expectStatus(400);
});

test('an expression is built from choices, saved, and there again later', async () => {
  await open('/traces?filter=ok');
  await page.getByTestId('filter-builder').click();
  await page.getByTestId('builder-field').selectOption('annotation.page');
  await page.getByTestId('builder-value').fill('checkout');
  expect(await page.getByTestId('built-filter').innerText()).toBe('ok AND annotation.page = "checkout"');
  expect(await violations(page)).toEqual([]);
  await page.getByTestId('builder-run').click();
  await page.waitForURL(/checkout/);
  await page.getByTestId('filter-menu').click();
  await page.getByTestId('save-name').fill('golden');
  await page.getByTestId('save-filter').click();
  await page.getByTestId('saved-golden').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(`http://${demo.http}/traces`);
  await page.getByTestId('filter-menu').click();
  await page.getByTestId('saved-golden').click();
  await page.waitForURL(/checkout/);
});

test('traces told apart by a field: the figures add up, and a group becomes the filter', async () => {
  await open('/traces?range=1h');
  await page.getByTestId('group-by').selectOption('annotation.page');
  await page.waitForURL(/by=annotation\.page/);
  const checkout = page
    .getByTestId('groups')
    .getByRole('row')
    .filter({ has: page.getByTestId('group-checkout') });
  await checkout.waitFor();
  expect(await page.getByTestId('looked').innerText()).toMatch(/^All [\d.,k]+ matching traces$/);
  const shares = await page.getByTestId('groups').locator('.share-cell').allInnerTexts();
  const sum = shares.reduce((all, text) => all + Number(text.replace(/[^\d.]/g, '')), 0);
  expect(sum).toBeGreaterThan(97);
  expect(sum).toBeLessThan(103);
  await page.getByTestId('group-checkout').click();
  await page.waitForURL((url) => url.searchParams.get('filter') === 'annotation.page = "checkout"');
  await page.locator('[data-testid^="trace-1-"]').first().waitFor();
});

test('a brushed band of response times becomes the filter, by mouse and by keyboard', async () => {
  await open('/traces');
  const box = await boxOf(page.getByTestId('brush'));
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 20, box.y + 20, { steps: 5 });
  await page.mouse.up();
  await page.getByTestId('brush').getByRole('slider').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.getByTestId('band-filter').click();
  await page.waitForURL((url) =>
    /^responsetime >= [\d.]+ AND responsetime <= [\d.]+$/.test(url.searchParams.get('filter') ?? ''),
  );
});

test('what is shown can be taken along', async () => {
  await open('/traces?by=service');
  await page.getByTestId('group-payment').first().waitFor();
  await page.getByTestId('export').click();
  const downloading = page.waitForEvent('download');
  await page.getByTestId('export-csv').click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('fluoroscope-groups.csv');
  const text = readFileSync(await download.path(), 'utf8');
  expect(text.split('\r\n')[0]).toBe(
    'value,type,filter,count,faultCount,errorCount,throttleCount,p50Seconds,p95Seconds,p99Seconds',
  );
  expect(text).toContain('payment');
});

test('all that matches is exported, with the columns of choice; it can be cancelled', async () => {
  await open(`${PAGED}&columns=id,annotation.at`);
  // One page comes; the next does not before it is cancelled.
  let asked = 0;
  await page.route('**/TraceSummaries', (route) => ((asked += 1) === 1 ? route.continue() : undefined));
  await page.getByTestId('export').click();
  await page.getByTestId('export-csv').click();
  await page.getByTestId('export-progress').waitFor();
  await page.getByTestId('export-cancel').click();
  await page.getByTestId('export').click();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  const downloading = page.waitForEvent('download');
  await page.getByTestId('export-csv').click();
  const lines = readFileSync(await (await downloading).path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect([lines[0], lines.length]).toEqual(['id,annotation.at', PAGED_COUNT + 1]);
});

test('the list goes on to its end, page by page, and says how much of all it has', async () => {
  await open(PAGED);
  await page
    .getByTestId('traces-foot')
    .getByText(`100 traces loaded of ${PAGED_COUNT.toLocaleString('en-US')}`)
    .waitFor();
  await page
    .getByTestId('search-progress')
    .getByText(/^4\d % of the time searched, 100 found$/)
    .waitFor();
  await page.locator('.traces-scroll').evaluate((scroller) => scroller.scrollTo(0, 1e6));
  await page.getByTestId('traces-foot').getByText('600 traces loaded').waitFor();
  await page.getByTestId('load-all').click();
  await page
    .getByTestId('traces-foot')
    .getByText(`${PAGED_COUNT.toLocaleString('en-US')} traces, all of this window`)
    .waitFor();
  await page.getByTestId('search-progress').getByText('All of the time searched, 2,600 found').waitFor();
  await page.locator('.traces-scroll').evaluate((scroller) => scroller.scrollTo(0, 1e7));
  await page.locator(`[aria-rowindex="${PAGED_COUNT + 1}"]`).waitFor();
  expect(await page.locator('.traces-row').count()).toBeLessThan(100);
});

test('columns are chosen, ordered by keyboard and by pointer, kept in the link and for the next visit', async () => {
  await open('/traces');
  await page.getByTestId('columns').click();
  await page.getByTestId('column-annotation.page').click();
  await page.getByTestId('column-entry').click();
  await page.getByTestId('grip-annotation.page').focus();
  await page.keyboard.press('ArrowUp');
  await page.waitForURL((url) => columnsIn(url).at(-2) === 'annotation.page' && !columnsIn(url).includes('entry'));
  expect(await violations(page)).toEqual([]);
  const [grip, first] = [page.getByTestId('grip-annotation.page'), page.getByTestId('grip-outcome')];
  const [from, to] = [await boxOf(grip), await boxOf(first)];
  await page.mouse.move(from.x + 8, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(to.x + 8, to.y + 8, { steps: 6 });
  await page.mouse.up();
  await page.waitForURL((url) => columnsIn(url)[0] === 'annotation.page');
  await page.keyboard.press('Escape');
  await eventually(firstHeader, (text) => text === 'page');
  await page.getByTestId('sort-annotation.page').click();
  await page.waitForURL(/sort=annotation\.page\.desc/);
  await open('/traces');
  expect(await firstHeader()).toBe('page');
});

test('an area of the scatter becomes the range and the filter, by mouse and by keyboard', async () => {
  await open('/traces');
  await brushScatter();
  await page.getByRole('slider', { name: 'Longest response time' }).focus();
  await page.keyboard.press('Shift+ArrowDown');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByTestId('scatter-area').waitFor({ state: 'detached' });
  await page.keyboard.press('Shift+ArrowDown');
  await page.getByRole('slider', { name: 'Earliest start' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.waitForURL(
    (url) =>
      /^[\d.]+~[\d.]+$/.test(url.searchParams.get('range') ?? '') &&
      /^responsetime >= [\d.]+ AND responsetime <= [\d.]+$/.test(url.searchParams.get('filter') ?? ''),
  );
});

test('a live tail brings new traces on top, and moves nothing under a reader', async () => {
  await open('/traces?filter=service("catalog")');
  await page.keyboard.press('l');
  await page.getByTestId('tail').and(page.locator('[aria-pressed="true"]')).waitFor();
  const before = await topRow();
  await eventually(topRow, (id) => id !== before);
  const rows = await boxOf(page.locator('.traces-scroll'));
  await page.mouse.move(rows.x + 300, rows.y + 150);
  const held = await topRowWhileMoreWait();
  expect(await violations(page)).toEqual([]);
  await page.getByTestId('tail-pill').click();
  await eventually(topRow, (id) => id !== held);
  await page.getByTestId('live').click();
  await page.getByTestId('live').and(page.locator('[data-state="paused"]')).waitFor();
  const paused = await topRowWhileMoreWait();
  await page.getByTestId('live').click();
  await eventually(topRow, (id) => id !== paused);
});

test('an empty list waits for the first trace that matches', async () => {
  const name = `awaited-${randomBytes(4).toString('hex')}`;
  const id = randomBytes(12).toString('hex');
  await page.goto(`http://${demo.http}/traces?filter=service("${name}")`);
  await page.getByTestId('empty-traces').getByTestId('tail').click();
  await page.getByTestId('tail').and(page.locator('[aria-pressed="true"]')).waitFor();
  const now = Date.now() / 1000;
  await post(demo.http, '/TraceSegments', { TraceSegmentDocuments: [documentOf(name, id, now)] });
  await page.getByTestId(`trace-1-5759e988-${id}`).waitFor();
});

test('times are local or UTC everywhere, and the choice is kept', async () => {
  await page.close();
  page = await openPage({ timezoneId: 'Asia/Tokyo' });
  await open(PAGED);
  const shown = (): Promise<string | null> => page.locator('.traces-row .c-start span').first().getAttribute('title');
  const local = await shown();
  await page.getByTestId('zone').click();
  await eventually(shown, (text) => text !== null && text !== local);
  const utc = await shown();
  expect(new Date(`${local?.replace(' ', 'T')}Z`).getTime() - new Date(`${utc?.replace(' ', 'T')}Z`).getTime()).toBe(
    9 * 3600e3,
  );
  await open(PAGED);
  expect(await shown()).toBe(utc);
});

test('a server without traces says how to send some, notices the first one, and sends one itself', async () => {
  const folder = makeFolder();
  const server = await startProgram(serveFlags(folder));
  const [watching, map] = [await openPage(), await openPage()];
  try {
    await watching.goto(`http://${server.http}/traces`);
    await map.goto(`http://${server.http}/map`);
    for (const it of [watching, map]) await it.getByTestId('first-run').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await map.emulateMedia({ colorScheme });
      expect(await violations(map), colorScheme).toEqual([]);
    }
    await page.goto(`http://${server.http}/traces`);
    await page.getByTestId('way-python').click();
    await page.getByTestId('snippet').getByText(`tcp:${server.http} udp:${server.udp}`).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    expect(await violations(page)).toEqual([]);
    // What it says stands there for a second only.
    const said = await page.getByTestId('test-trace-state').evaluateHandle((state) => {
      const texts: string[] = [];
      new MutationObserver(() => texts.push(state.textContent ?? '')).observe(state, {
        characterData: true,
        childList: true,
        subtree: true,
      });
      return texts;
    });
    await page.getByTestId('send-test-trace').click();
    await page.waitForURL(/\/traces\/1-/);
    expect(await said.jsonValue()).toContainEqual(expect.stringContaining('It arrived'));
    await page.getByTestId('timeline').getByText('test-payment').first().waitFor({ state: 'attached' });
    await watching.getByTestId('arrived').waitFor();
    await watching.getByTestId('first-run-done').click();
    await watching.locator('[data-testid^="trace-1-"]').first().waitFor();
    await map.getByTestId('arrived').waitFor();
    await map.getByTestId('node-test-payment').first().waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await map.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect(await violations(map), `${colorScheme}, arrived`).toEqual([]);
    }
    await map.getByTestId('arrived-close').click();
    await map.getByTestId('arrived').waitFor({ state: 'detached' });
  } finally {
    for (const it of [page, watching, map]) await it.close();
    await server.stop();
    removeFolder(folder);
  }
}, 180_000);

test.each(['light', 'dark'] as const)(
  'in %s no rule of axe is broken, on a desk and on a phone',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const path of ['/traces', '/traces?by=url', '/traces?columns=outcome,annotation.page,id']) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await open(path);
      expect(await violations(page), path).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      await open(path);
      if (path === '/traces') await brushScatter();
      expect(await violations(page), `${path} on a phone`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    }
  },
  180_000,
);

async function open(path: string): Promise<void> {
  await page.goto(`http://${demo.http}${path}`);
  await page.locator('.filter-editor').waitFor();
  const table = path.includes('by=') ? page.getByTestId('groups') : page.locator('[data-testid^="trace-1-"]').first();
  await table.waitFor();
  await page.getByTestId('looked').getByText('matching').waitFor();
}

async function brushScatter(): Promise<void> {
  const box = await boxOf(page.getByTestId('scatter'));
  await page.mouse.move(box.x + box.width * 0.3, box.y + 14);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 100, { steps: 5 });
  await page.mouse.up();
  await page.getByTestId('scatter-area').waitFor({ state: 'attached' });
}

/** Fills a window of its own, before the demo's traces. */
async function sendPaged(): Promise<void> {
  const documents = Array.from({ length: PAGED_COUNT }, (_, at) =>
    documentOf('paged', (at + 1).toString(16).padStart(24, '0'), PAGED_START + at / 50, { at }),
  );
  await post(demo.http, '/TraceSegments', { TraceSegmentDocuments: documents });
  const set = { startTime: PAGED_START - 10, endTime: PAGED_START + 100, filter: 'service("paged")', by: 'service' };
  await eventually(
    async () =>
      (await post(demo.http, '/api/traces/groups', set))['looked'] as { readonly matchingCount: number | null },
    ({ matchingCount }) => matchingCount === PAGED_COUNT,
  );
}

function documentOf(name: string, id: string, endS: number, annotations: object = {}): string {
  const document = {
    trace_id: `1-5759e988-${id}`,
    id: id.slice(-16),
    name,
    start_time: endS - 0.05,
    end_time: endS,
    annotations,
  };
  return JSON.stringify(document);
}

async function firstHeader(): Promise<string | undefined> {
  return (await page.getByRole('columnheader').allInnerTexts())[1]; // behind the ticks
}

function columnsIn(url: URL): readonly string[] {
  return (url.searchParams.get('columns') ?? '').split(',');
}

async function topRow(): Promise<string | null> {
  return page.locator('[aria-rowindex="2"] .row-link').getAttribute('data-testid');
}

/** Which stays while the rows are held and more and more wait. */
async function topRowWhileMoreWait(): Promise<string | null> {
  const pill = page.getByTestId('tail-pill');
  const waiting = await pill.innerText();
  const top = await topRow();
  await eventually(
    () => pill.innerText(),
    (text) => text !== waiting,
  );
  expect(await topRow()).toBe(top);
  return top;
}

async function boxOf(
  locator: ReturnType<Page['locator']>,
): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await steady(() => locator.boundingBox());
  if (box === null) throw new Error('not on the page');
  return box;
}

function offer(label: string): ReturnType<Page['locator']> {
  return page.locator('.filter-offers li').filter({ hasText: label }).first();
}

async function countOf(filter: string): Promise<number> {
  const now = Date.now() / 1000;
  const answer = await post(demo.http, '/TraceSummaries', {
    StartTime: now - 600,
    EndTime: now,
    FilterExpression: filter,
  });
  return (answer['TraceSummaries'] as readonly unknown[]).length;
}

/** Values of `annotation.page` that the editor would offer for the newest traces. */
async function pagesOffered(): Promise<readonly unknown[]> {
  const now = Date.now() / 1000;
  const words = await post(demo.http, '/api/filter/words', { startTime: now - 300, endTime: now });
  const annotations = words['annotations'] as readonly { readonly key: string; readonly values: readonly unknown[] }[];
  return annotations.find(({ key }) => key === 'page')?.values ?? [];
}
