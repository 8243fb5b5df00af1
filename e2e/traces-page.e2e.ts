/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { BROWSER_ARGS, findBrowser } from '../tools/browser.mjs';
import { eventually, makeFolder, post, removeFolder, startProgram, type Program } from './program.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const dataDir = makeFolder();
let demo: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  const listens = ['--http-listen', '127.0.0.1:0', '--udp-listen', '127.0.0.1:0', '--data-dir', dataDir];
  demo = await startProgram(['demo', '--with-server', ...listens, '--', '--rate', '20', '--seed', '5']);
  browser = await chromium.launch({ executablePath: await findBrowser(), args: [...BROWSER_ARGS] });
  await eventually(
    () => countOf('annotation.page = "checkout" AND service("payment")'),
    (count) => count > 0,
  );
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  removeFolder(dataDir);
});

beforeEach(async () => {
  complaints.length = 0;
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
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

test('an expression is written by keyboard, with names and values of live data', async () => {
  await open('/traces');
  await page.getByTestId('filter').focus();
  await page.keyboard.type('service("pay');
  await offer('payment').waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.type(' AND annotation.pa');
  await offer('annotation.page').waitFor();
  await page.keyboard.press('Enter');
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
  expect(complaints).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByTestId('filter-refusal').getByText('column 21').waitFor();
  complaints.length = 0; // the browser itself logs the 400
});

test('an expression is built from choices, saved, and there again later', async () => {
  await open('/traces?filter=ok');
  await page.getByTestId('filter-builder').click();
  await page.getByTestId('builder-field').selectOption('annotation.page');
  await page.getByTestId('builder-value').fill('checkout');
  expect(await page.getByTestId('built-filter').innerText()).toBe('ok AND annotation.page = "checkout"');
  expect(await violations()).toEqual([]);
  await page.getByTestId('builder-run').click();
  await page.waitForURL(/checkout/);
  await page.getByTestId('filter-menu').click();
  await page.getByTestId('save-name').fill('golden');
  await page.getByTestId('save-filter').click();
  await page.getByTestId('saved-golden').waitFor();
  expect(await violations()).toEqual([]);
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
  const box = await page.getByTestId('brush').boundingBox();
  if (box === null) throw new Error('no brush');
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

test.each(['light', 'dark'] as const)(
  'in %s no rule of axe is broken, on a desk and on a phone',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const path of ['/traces', '/traces?by=url']) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await open(path);
      expect(await violations(), path).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      await open(path);
      expect(await violations(), `${path} on a phone`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    }
  },
);

async function open(path: string): Promise<void> {
  await page.goto(`http://${demo.http}${path}`);
  await page.locator('.filter-editor').waitFor();
  const table = path.includes('by=') ? page.getByTestId('groups') : page.locator('[data-testid^="trace-1-"]').first();
  await table.waitFor();
  await page.getByTestId('looked').getByText('matching').waitFor();
}

function offer(label: string): ReturnType<Page['locator']> {
  return page.locator('.filter-offers li').filter({ hasText: label }).first();
}

async function violations(): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run();
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
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
