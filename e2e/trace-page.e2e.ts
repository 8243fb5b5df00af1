/// <reference lib="dom" />
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
  SET_UP_MS,
  startProgram,
  steady,
  type Program,
} from './program.ts';
import { rushUntil } from './rush.ts';

/** Stages of the giant trace, each with so many calls alike. */
const ALIKE_COUNT = 2_500;
const GIANT_STAGES = 4;

const dataDir = makeFolder();
let demo: Program;
let page: Page;
let declined: string;
let served: string;
setUpBrowser((opened) => (page = opened));

beforeAll(async () => {
  demo = await startProgram(demoFlags(dataDir));
  await rushUntil(demo, async () => {
    declined = await firstTrace('fault AND service("payment")');
    served = await firstTrace('service("payment") AND ok');
  });
});

afterAll(async () => {
  await demo?.stop();
  removeFolder(dataDir);
});

test('what a segment is hosted in, and links that keep the critical path and where the flame graph begins', async () => {
  await open(`/traces/${served}`);
  await page
    .getByRole('row', { name: /hosted in \w/ })
    .first()
    .waitFor();
  await page.locator('.wf-head').getByText('Hosted in').waitFor();
  await page.getByTestId('critical-path').click();
  await page.waitForURL(/critical=hidden/);
  await page.reload();
  await page.locator('[data-testid="critical-path"][aria-pressed="false"]').waitFor();
  await page.getByTestId('view-flame').click();
  const boxes = page.getByTestId('flame').locator('.flame-box');
  await boxes.nth(2).click();
  await page.waitForURL(/at=/);
  const steps = page.getByRole('navigation', { name: 'Where the graph begins' }).getByRole('button');
  const begun = await steps.allInnerTexts();
  expect(begun.length).toBeGreaterThan(1);
  await page.reload();
  await boxes.first().waitFor();
  expect(await steps.allInnerTexts()).toEqual(begun);
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByTestId('view-timeline').click();
  await page.getByTestId('timeline').waitFor();
  expect(await page.locator('.wf-head').getByText('Hosted in').count()).toBe(0);
});

test('segments stand below their nodes, the chosen one stays chosen, and the link keeps both', async () => {
  await open(`/traces/${served}`);
  await page.getByTestId('timeline').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const chosen = page.locator('[role="row"][aria-selected="true"]');
  const told = await chosen.innerText();
  await page.getByTestId('timeline').focus();
  await page.keyboard.press('g');
  await page.waitForURL(/grouped=node/);
  const node = page.getByRole('row', { name: /\d segments?, node/ });
  await node.first().waitFor();
  expect(await node.count()).toBeGreaterThan(1);
  expect(await chosen.innerText()).toBe(told);
  await page.reload();
  await node.first().waitFor();
  expect(await chosen.innerText()).toBe(told);
  expect(await violations(page)).toEqual([]);
  await page.getByTestId('group-by-node').click();
  await page.waitForURL((url) => !url.search.includes('grouped'));
  expect(await node.count()).toBe(0);
});

test('a failure is followed to where it began, by keyboard alone', async () => {
  await open(`/traces/${declined}`);
  await page.getByTestId('timeline').focus();
  await page.keyboard.press('e');
  await page.getByTestId('entity-panel').waitFor();
  const chosen = page.locator('[role="row"][aria-selected="true"]');
  expect(await chosen.innerText()).toContain('Fault');
  await page.waitForURL(/row=/);
  await page.getByTestId('tab-exceptions').click();
  await page.getByTestId('failure-chain').getByRole('button').last().click();
  await page.getByTestId('timeline').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await eventually(
    () => page.locator('[role="row"]').count(),
    (count) => count === 1,
  );
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('?');
  await page.getByTestId('key-list').waitFor();
});

test('a link to a trace asks for it before its page is there, and once', async () => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await open(`/traces/${served}`);
  await page.locator('[data-testid^="row-"]').first().waitFor();
  const outlines = asked.filter((path) => path.endsWith('/outline'));
  expect(outlines).toEqual([`/api/traces/${served}/outline`]);
  expect(asked.filter((path) => path.includes('/outline-worker-'))).toHaveLength(1);
});

test('what is chosen, found and zoomed to comes back from the link', async () => {
  await open(`/traces/${declined}`);
  await page.getByTestId('find').fill('payment');
  await page.getByTestId('find').press('Enter');
  await page.getByTestId('zoom-in').click();
  await page.waitForURL(/zoom=/);
  const ticks = await steady(axisText);
  const [link, found] = [page.url(), await page.getByTestId('find-count').innerText()];
  await open(link.slice(link.indexOf('/traces/')));
  await page.getByTestId('entity-panel').waitFor();
  expect(await page.getByTestId('find').inputValue()).toBe('payment');
  expect(await page.getByTestId('find-count').innerText()).toBe(found);
  // The panel beside it takes its width a moment after it is there.
  await eventually(axisText, (text) => text === ticks);
});

test.each([
  ['map', 'trace-map', 'payment'],
  ['flame', 'flame', 'frontend'],
  ['statistics', 'statistics', 'payment'],
  ['spans', 'spans', 'payment'],
  ['raw', 'raw-trace', 'CardDeclinedError'],
  ['otlp', 'otlp-trace', 'resourceSpans'],
])('the view %s of the same trace', async (view, testId, text) => {
  await page.goto(`http://${demo.http}/traces/${declined}?view=${view}`);
  await page.getByTestId(testId).getByText(text).first().waitFor({ state: 'attached' });
  expect(await violations(page)).toEqual([]);
});

test('an annotation leads to the traces that have it', async () => {
  await open(`/traces/${declined}`);
  await page.getByTestId('find').fill('frontend');
  await page.getByTestId('find').press('Enter');
  await page.getByTestId('tab-annotations').click();
  await page.locator('[data-testid^="annotation-"]').first().click();
  await page.waitForURL(/\/traces\?.*annotation/);
  await page.locator('[data-testid^="trace-1-"]').first().waitFor();
});

test('two traces side by side', async () => {
  await open(`/traces/${served}`);
  await page.getByTestId('compare-with').click();
  await page.getByTestId('compare-id').fill(declined);
  await page.getByTestId('compare-id').press('Enter');
  await page.waitForURL(new RegExp(`/traces/${served}/compare/${declined}`));
  await page.getByTestId('compare-row-payment').first().waitFor();
  expect(await page.getByTestId('compare-counts').innerText()).toContain('the same');
  expect(await violations(page)).toEqual([]);
});

test('ten thousand calls alike stand as a few lines, and open', async () => {
  const giant = await sendGiant();
  await open(`/traces/${giant}`);
  // A first look at the trace, which comes before, has fewer.
  const group = page.locator('[data-testid^="alike-"]').filter({ hasText: '2,500 identical' }).first();
  await group.waitFor({ state: 'attached' });
  const timeline = page.getByTestId('timeline');
  const lines = Number(await timeline.getAttribute('aria-rowcount'));
  expect(lines).toBeLessThan(20);
  await group.click();
  await eventually(
    async () => Number(await timeline.getAttribute('aria-rowcount')),
    (count) => count >= lines + ALIKE_COUNT,
  );
  await timeline.focus();
  await page.keyboard.press('End');
  expect(await page.locator('[role="row"]').count()).toBeLessThan(80);
});

test('linked traces are followed below the trace, and stay in the link', async () => {
  const { producer, consumer } = await sendLinked();
  await open(`/traces/${consumer}`);
  const timeline = page.getByTestId('timeline');
  expect(await timeline.getAttribute('aria-rowcount')).toBe('1');
  await page.getByTestId('linked-traces').click();
  await page.getByTestId('linked-status').filter({ hasText: '1 shown' }).waitFor();
  // The consumer, the linked trace, its producer, the queue it calls and what is inferred of that.
  await eventually(
    () => timeline.getAttribute('aria-rowcount'),
    (count) => count === '5',
  );
  expect(await violations(page)).toEqual([]);
  await open(page.url().slice(page.url().indexOf('/traces/')));
  await page.locator('[role="row"]', { hasText: 'queue' }).first().click();
  await page.getByTestId('entity-panel').getByText('Own time').waitFor();
  await page.locator('[role="row"]', { hasText: producer }).click();
  await page.getByTestId('linked-open').click();
  await page.waitForURL(new RegExp(producer));
});

test.each(['light', 'dark'] as const)(
  'in %s no rule of axe is broken, on a desk and on a phone',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open(`/traces/${declined}`);
    await page.getByTestId('next-error').click();
    await page.getByTestId('entity-panel').getByText('Own time').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await open(`/traces/${declined}`);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  },
);

async function open(path: string): Promise<void> {
  await page.goto(`http://${demo.http}${path}`);
  await page.locator('[data-testid^="row-"]').first().waitFor();
}

async function axisText(): Promise<string> {
  return (await page.locator('.wf-tick').allInnerTexts()).join(' ');
}

async function firstTrace(filter: string): Promise<string> {
  const found = await eventually(
    async () => {
      const oldest = (await summaries(filter)).at(-1);
      return oldest !== undefined && (await isWhole(oldest.Id)) ? oldest.Id : null;
    },
    (id) => id !== null,
    SET_UP_MS,
  );
  return found ?? '';
}

/** All that take part in a payment have sent their segments. */
async function isWhole(traceId: string): Promise<boolean> {
  const { Traces } = await post(demo.http, '/Traces', { TraceIds: [traceId] });
  const [trace] = Traces as readonly { readonly Segments: readonly { readonly Document: string }[] }[];
  const names = trace?.Segments.map(({ Document }) => (JSON.parse(Document) as { readonly name: string }).name) ?? [];
  return ['frontend', 'order', 'payment'].every((name) => names.includes(name));
}

async function summaries(filter: string): Promise<readonly { readonly Id: string }[]> {
  const now = Date.now() / 1000;
  const answer = await post(demo.http, '/TraceSummaries', {
    StartTime: now - 600,
    EndTime: now,
    FilterExpression: filter,
  });
  return answer['TraceSummaries'] as readonly { readonly Id: string }[];
}

/** A consumer whose trace links to its producer's. */
async function sendLinked(): Promise<{ readonly producer: string; readonly consumer: string }> {
  const at = Math.floor(Date.now() / 1000) - 30;
  const traceId = (digit: string): string => `1-${at.toString(16)}-${digit.repeat(24)}`;
  const [producer, consumer] = [traceId('a'), traceId('b')];
  const sent = { id: 'a'.repeat(16), name: 'queue', namespace: 'aws', start_time: at + 0.2, end_time: at + 0.4 };
  const links = [{ trace_id: producer, id: sent.id }];
  const documents = [
    { trace_id: producer, id: 'b'.repeat(16), name: 'producer', start_time: at, end_time: at + 1, subsegments: [sent] },
    { trace_id: consumer, id: 'c'.repeat(16), name: 'consumer', start_time: at + 2, end_time: at + 3, links },
  ];
  await post(demo.http, '/TraceSegments', { TraceSegmentDocuments: documents.map((one) => JSON.stringify(one)) });
  await untilStored(producer, consumer);
  return { producer, consumer };
}

async function untilStored(...TraceIds: readonly string[]): Promise<void> {
  await eventually(
    () => post(demo.http, '/Traces', { TraceIds }),
    ({ Traces }) => Array.isArray(Traces) && Traces.length === TraceIds.length,
  );
}

async function sendGiant(): Promise<string> {
  const at = Date.now() / 1000 - 60;
  const trace_id = `1-${Math.floor(at).toString(16)}-${'9'.repeat(24)}`;
  const idOf = (number: number): string => number.toString(16).padStart(16, '0');
  const root = { trace_id, id: idOf(1), name: 'nightly', start_time: at, end_time: at + 50 };
  const stages = Array.from({ length: GIANT_STAGES }, (_stage, stage) => ({
    trace_id,
    id: idOf(2 + stage),
    parent_id: root.id,
    name: `stage ${stage}`,
    start_time: at + stage * 10,
    end_time: at + stage * 10 + 10,
  }));
  const calls = stages.flatMap((stage, number) =>
    Array.from({ length: ALIKE_COUNT }, (_call, call) => ({
      trace_id,
      id: idOf(1000 + number * ALIKE_COUNT + call),
      parent_id: stage.id,
      type: 'subsegment',
      name: 'write',
      start_time: stage.start_time + (call / ALIKE_COUNT) * 9,
      end_time: stage.start_time + (call / ALIKE_COUNT) * 9 + 0.5,
    })),
  );
  const documents = [root, ...stages, ...calls].map((document) => JSON.stringify(document));
  for (let from = 0; from < documents.length; from += 1000) {
    await post(demo.http, '/TraceSegments', { TraceSegmentDocuments: documents.slice(from, from + 1000) });
  }
  // What is sent last is stored last, whatever the shop sends meanwhile.
  const last = { ...root, trace_id: trace_id.replaceAll('9'.repeat(24), '8'.repeat(24)), name: 'behind it' };
  await post(demo.http, '/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(last)] });
  await untilStored(last.trace_id);
  return trace_id;
}
