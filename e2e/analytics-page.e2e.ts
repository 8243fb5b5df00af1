/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
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

const TRACES = 400;
const START = Math.floor(Date.now() / 1000) - 240;

const dataDir = makeFolder();
let server: Program;
let page: Page;
const { complaints } = setUpBrowser((opened) => (page = opened));

beforeAll(async () => {
  server = await startProgram(serveFlags(dataDir));
  const documents = Array.from({ length: TRACES }, (_document, at) => JSON.stringify(trace(at)));
  for (let at = 0; at < documents.length; at += 50) {
    await post(server.http, '/TraceSegments', { TraceSegmentDocuments: documents.slice(at, at + 50) });
  }
  await eventually(countTraces, (count) => count === TRACES);
});

afterAll(async () => {
  await server?.stop();
  removeFolder(dataDir);
});

test.each(['fault', 'responsetime > 0.4'])('what %s has in common comes first', async (filter) => {
  await open(`/analytics?range=15m&a=${encodeURIComponent(filter)}`);
  expect(await firstValues()).toEqual(['canary']);
  const row = page.getByTestId('value-canary').locator('xpath=ancestor::tr');
  expect(await row.locator('.paired-bar').allInnerTexts()).toEqual([
    expect.stringMatching(/^A\s+100/),
    expect.stringMatching(/^B\s+0/),
  ]);
  expect(await row.locator('.value-difference').innerText()).toBe('+100');
  await page.getByTestId('causes-fault').click();
  await page.waitForURL((url) => of(url, 'causes') === 'fault');
  expect(await page.getByTestId('cause').innerText()).toMatch(/^shop → bank\s+CardDeclined$/);
});

test('slow times brushed over are explained, by mouse and by keys, and their list opens', async () => {
  await open('/analytics?range=15m');
  await page.getByText('Choose what to explain').waitFor();
  await brush(page.getByTestId('chart-times'), 0.7, 0.995);
  await page.getByTestId('chart-times').getByRole('slider').first().focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByTestId('chosen-bar').getByTestId('explain').click();
  await page.waitForURL((url) => /^responsetime >= [\d.]+ AND responsetime <= [\d.]+$/.test(of(url, 'a')));
  await page.getByTestId('differences').waitFor();
  expect(await firstValues()).toEqual(['canary']);
  await page.getByTestId('open-b').click();
  await page.waitForURL((url) => url.pathname === '/traces' && of(url, 'filter').startsWith('!(responsetime >= '));
  await page.locator('[data-testid^="trace-1-"]').first().waitFor();
});

test('a part of the time becomes A', async () => {
  await open(`/analytics?range=${START - 10}~${START + 210}`);
  await brush(page.getByTestId('chart-trend'), 0.75, 0.99);
  await page.getByTestId('chosen-bar').getByTestId('explain').click();
  await page.waitForURL((url) => of(url, 'at').includes('~'));
  await page.getByTestId('differences').waitFor();
  await page.getByTestId('field-annotation.half').waitFor();
});

test('a value goes into a set, out of both, and into a list', async () => {
  await open('/analytics?range=15m&a=fault');
  const values = page.getByTestId('differences');
  await values.getByTestId('value-canary').click();
  await page.getByTestId('menu-b').click();
  await page.waitForURL((url) => of(url, 'b') === '!(fault) AND annotation.release = "canary"');
  await page.getByTestId('one-empty').waitFor();
  await page.goBack();
  await values.getByTestId('value-canary').click();
  await page.getByTestId('menu-not').click();
  await page.waitForURL((url) => of(url, 'within') === '!(annotation.release = "canary")');
  await page.getByTestId('one-empty').waitFor();
  await page.goBack();
  await values.getByTestId('value-canary').click();
  await page.getByTestId('menu-list-a').click();
  await page.waitForURL((url) => of(url, 'filter') === 'fault AND annotation.release = "canary"');
  await page.locator('[data-testid^="trace-1-"]').first().waitFor();
});

test('what both sets are taken from is told and drawn; A becomes it, and B a copy of A', async () => {
  const within = encodeURIComponent('annotation.half = "first"');
  await open(`/analytics?range=15m&within=${within}&a=fault`);
  const retrieved = page.getByTestId('retrieved');
  await retrieved.getByText(/of 400, all traces of the time \(50.?%\)/).waitFor();
  expect(await page.getByTestId('retrieved-count').innerText()).toBe('200');
  expect(await page.locator('.paired-line').count()).toBe(0);
  await page.getByTestId('show-total').check();
  await page.waitForURL((url) => of(url, 'totals') === 'shown');
  await page.reload();
  await eventually(
    () => page.locator('.paired-line').count(),
    (count) => count === 4,
  );
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
  }
  await page.getByTestId('copy-a').click();
  await page.waitForURL((url) => of(url, 'b') === 'fault');
  await page.getByTestId('refine').click();
  await page.waitForURL(
    (url) => of(url, 'within') === 'annotation.half = "first" AND fault' && of(url, 'a') === '' && of(url, 'b') === '',
  );
  await eventually(
    () => page.getByTestId('retrieved-count').innerText(),
    (text) => text === '20',
  );
});

test('each set says where its filter cannot be read; the sets change places', async () => {
  await open('/analytics?range=15m&a=fault&b=ok');
  await page.getByTestId('swap').click();
  await page.waitForURL((url) => of(url, 'a') === 'ok' && of(url, 'b') === 'fault');
  const b = page.getByTestId('set-b');
  // As a person does: what Chrome makes of replaced text in an editor has styles of its own, which the policy refuses.
  await b.getByTestId('filter').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText('fault AND bogus');
  await page.keyboard.press('Enter');
  await b.getByTestId('filter-refusal').getByText('column 11').waitFor();
  expect(await page.getByTestId('set-a').getByTestId('filter-refusal').count()).toBe(0);
  complaints.expectStatus(400);
});

test('a band of the traces list, a group, and a part of a node are explained', async () => {
  await page.goto(`http://${server.http}/traces?range=15m&filter=service(%22shop%22)`);
  await brush(page.getByTestId('distribution'), 0.7, 0.99, 'brush');
  await page.getByTestId('explain').click();
  await page.waitForURL(
    (url) => of(url, 'within') === 'service("shop")' && of(url, 'a').startsWith('responsetime >= '),
  );
  await page.getByTestId('differences').waitFor();
  expect(await firstValues()).toEqual(['canary']);

  await page.goto(`http://${server.http}/traces?range=15m&by=status`);
  await page.getByTestId('explain-500').click();
  await page.waitForURL((url) => of(url, 'a') === 'http.status = 500');
  await page.getByTestId('differences').waitFor();
  expect(await firstValues()).toEqual(['canary']);

  const key = encodeURIComponent(JSON.stringify(['bank', 'remote', null]));
  await page.goto(`http://${server.http}/map?range=15m&node=${key}`);
  await page.getByTestId('tick-fault').click();
  await page.getByTestId('explain').click();
  await page.waitForURL((url) => of(url, 'within') === 'service("bank")' && of(url, 'a').includes('{ fault }'));
  await page.getByTestId('differences').waitFor();
  expect(await firstValues()).toEqual(['canary']);
});

test.each(['light', 'dark'] as const)(
  'in %s no rule of axe is broken, on a desk and on a phone',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const [path, width, height] of [
      ['/analytics?range=15m&a=fault', 1440, 900],
      ['/analytics?range=15m&a=fault', 390, 844],
      ['/analytics?range=15m', 390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await open(path);
      expect(await violations(page), `${path} at ${width}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    }
  },
);

test('a time without traces is told', async () => {
  await page.goto(`http://${server.http}/analytics?range=1000~2000`);
  await page.getByTestId('empty-analytics').waitFor();
});

async function open(path: string): Promise<void> {
  await page.goto(`http://${server.http}${path}`);
  await page.locator('.filter-editor').first().waitFor();
  await page.getByTestId('answer').waitFor();
}

/** Of the field that tells most. */
async function firstValues(): Promise<readonly string[]> {
  const field = page.getByTestId('differences').locator('tbody').first();
  const values = await field.locator('tr[data-certain="true"] .value-name').allInnerTexts();
  return values.slice(0, 1).map((text) => text.trim());
}

async function brush(chart: Locator, from: number, to: number, testId = 'chart-brush'): Promise<void> {
  const box = await steady(() => chart.getByTestId(testId).boundingBox());
  if (box === null) throw new Error('nothing to brush over');
  await page.mouse.move(box.x + box.width * from, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, box.y + 20, { steps: 5 });
  await page.mouse.up();
}

function of(url: URL, name: string): string {
  return url.searchParams.get(name) ?? '';
}

async function countTraces(): Promise<number> {
  const set = { startTime: START - 10, endTime: START + 300 };
  const { total } = await post(server.http, '/api/traces/groups', { ...set, by: 'outcome' });
  return (total as { count: number }).count;
}

/** One in ten is of the canary release: slow, and it fails in the bank. Nothing else tells them apart. */
function trace(at: number): object {
  const start = START + (at * 200) / TRACES;
  const bad = at % 10 === 3;
  const seconds = bad ? 0.6 + (at % 7) / 10 : 0.05 + (at % 13) / 100;
  const id = (prefix: string): string => `${prefix}${at.toString(16).padStart(15, '0')}`;
  return {
    trace_id: `1-${START.toString(16)}-${at.toString(16).padStart(24, '0')}`,
    id: id('a'),
    name: 'shop',
    start_time: start,
    end_time: start + seconds,
    user: `user ${at % 17}`,
    annotations: {
      release: bad ? 'canary' : 'stable',
      region: ['north', 'south', 'west'][at % 3],
      items: (at * 37) % 90,
      order: `order ${at}`,
      half: at < TRACES / 2 ? 'first' : 'second',
    },
    http: {
      request: { method: at % 4 === 0 ? 'POST' : 'GET', url: `https://shop.test/${['', 'cart', 'pay'][at % 3]}` },
      response: { status: bad ? 500 : 200 },
    },
    fault: bad,
    subsegments: [
      {
        id: id('b'),
        name: 'bank',
        namespace: 'remote',
        start_time: start + 0.01,
        end_time: start + seconds * 0.9,
        fault: bad,
        ...(bad && {
          cause: { working_directory: '/', exceptions: [{ id: 'c'.repeat(16), type: 'CardDeclined', message: 'no' }] },
        }),
      },
    ],
  };
}
