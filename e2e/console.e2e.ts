/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setUpBrowser } from './browser.ts';
import {
  demoFlags,
  eventually,
  makeFolder,
  post,
  removeFolder,
  SET_UP_MS,
  startProgram,
  type Program,
} from './program.ts';

const SERVICES = ['frontend', 'catalog', 'cart', 'recommender', 'order', 'payment'];
const TABLES = ['products', 'carts', 'orders'];
const EDGES = [
  'frontend-catalog',
  'frontend-cart',
  'frontend-order',
  'order-payment',
  'catalog-products',
  'payment-api.bank.example',
];

const dataDir = makeFolder();
let demo: Program;
let page: Page;
const { complaints } = setUpBrowser((opened) => (page = opened));

beforeAll(async () => {
  demo = await startProgram(demoFlags(dataDir, 20));
  // Until every path of the shop has been walked, a fault among them.
  await eventually(
    () => summaries('fault AND service("payment")'),
    (found) => found.length > 0,
    SET_UP_MS,
  );
  await eventually(
    () => serviceNames(),
    (names) => [...SERVICES, ...TABLES].every((name) => names.includes(name)),
    SET_UP_MS,
  );
});

afterAll(async () => {
  await demo?.stop();
  removeFolder(dataDir);
});

test('the map shows the shop: services, tables, the bank that sends nothing, and who calls whom', async () => {
  await page.goto(`http://${demo.http}/`);
  for (const name of [...SERVICES, ...TABLES, 'api.bank.example'])
    await page.getByTestId(`node-${name}`).first().waitFor();
  for (const edge of EDGES) await page.getByTestId(`edge-${edge}`).first().waitFor({ state: 'attached' });
  expect(await page.getByTestId('node-carts').getAttribute('data-type')).toBe('AWS::DynamoDB::Table');
});

test('a new service appears by itself, and moves nothing', async () => {
  await page.goto(`http://${demo.http}/`);
  await page.getByTestId('node-payment').first().waitFor();
  const before = await places();
  const now = Date.now() / 1000;
  const newcomer = {
    trace_id: `1-00000000-${'ab12'.repeat(6)}`,
    id: 'ab'.repeat(8),
    name: 'newcomer',
    start_time: now - 0.1,
    end_time: now,
  };
  await post(demo.http, '/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(newcomer)] });
  await page.getByTestId('node-newcomer').first().waitFor();
  const after = await places();
  // Clients of a segment whose caller came late are gone by then.
  const still = Object.keys(before).filter((name) => name in after);
  expect(still.length).toBeGreaterThan(SERVICES.length);
  for (const name of still) expect(after[name], name).toEqual(before[name]);
});

test('a node says how it is, and leads to its traces', async () => {
  await page.goto(`http://${demo.http}/`);
  await page.getByTestId('node-payment').first().click();
  const panel = page.getByTestId('panel');
  await panel.getByText('payment').first().waitFor();
  await page.getByTestId('view-traces').click();
  await page.waitForURL(/\/traces/);
  await page.getByTestId('filter').getByText('service("payment")').waitFor();
  await page.locator('[data-testid^="trace-1-"]').first().waitFor();
});

test('a faulty trace is found, opened, and shows its exception', async () => {
  const filter = 'fault AND service("payment")';
  const [declined] = await summaries(filter);
  if (declined === undefined) throw new Error('the shop has declined no card yet');
  // The range ends here, or younger ones would push it out of view.
  const now = Math.ceil(Date.now() / 1000);
  await page.goto(`http://${demo.http}/traces?range=${now - 600}~${now}`);
  await page.locator('.filter-editor').waitFor();
  await page.getByTestId('filter').fill(filter);
  await page.getByTestId('filter').press('Enter');
  await page.waitForURL(/payment/);
  await page.getByTestId(`trace-${declined.Id}`).click();
  await page.waitForURL(/\/traces\/1-/);
  const failed = page.getByTestId('timeline').locator('[data-testid^="row-"]', { hasText: 'payment' });
  await failed.last().click();
  await page.getByTestId('tab-exceptions').click();
  const exception = page.getByTestId('exception').first();
  await exception.getByText('CardDeclinedError').first().waitFor();
  expect(await exception.innerText()).toContain('payment.js');
});

test('an expression that cannot be read is shown where it breaks', async () => {
  await page.goto(`http://${demo.http}/traces`);
  await page.getByTestId('filter').fill('responsetime >');
  await page.getByTestId('filter').press('Enter');
  await page.getByTestId('filter-refusal').waitFor();
  complaints.expectStatus(400);
});

test.each(['light', 'dark'] as const)('in %s, on a phone, the map and the list of it work', async (colorScheme) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme });
  await page.goto(`http://${demo.http}/`);
  await page.getByTestId('view-list').click();
  await page.getByTestId('list-payment').first().waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});

async function places(): Promise<Record<string, string | null>> {
  const answer = (await (
    await fetch(`http://${demo.http}/api/map?start=${Date.now() / 1000 - 300}&end=${Date.now() / 1000 + 60}`)
  ).json()) as {
    positions: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(answer.positions).map(([key, position]) => [key, JSON.stringify(position)]));
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

async function serviceNames(): Promise<readonly (string | undefined)[]> {
  const now = Date.now() / 1000;
  const answer = await post(demo.http, '/ServiceGraph', { StartTime: now - 600, EndTime: now });
  return (answer['Services'] as readonly { Name?: string }[]).map(({ Name }) => Name);
}
