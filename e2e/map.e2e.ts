/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
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

const dataDir = makeFolder();
let demo: Program;
let page: Page;
const { openPage } = setUpBrowser((opened) => (page = opened));

/** Two windows of the past, a minute each, that only this test sends to. */
const NOW = Math.floor(Date.now() / 1000);
const EARLIER = { start: NOW - 4_000, end: NOW - 3_940 };
const LATER = { start: NOW - 3_000, end: NOW - 2_940 };
const COMPARED = `range=${LATER.start}~${LATER.end}&vs=${EARLIER.start}~${EARLIER.end}`;

beforeAll(async () => {
  demo = await startProgram(demoFlags(dataDir));
  await sendRequests('alpha', EARLIER, 0.1);
  await sendRequests('alpha', LATER, 0.3);
  await sendRequests('gone', EARLIER, 0.1);
  await sendRequests('fresh', LATER, 0.1);
  await rushUntil(demo, () =>
    eventually(
      () => names(`start=${NOW - 60}&end=${NOW + 600}`),
      (found) =>
        ['frontend', 'cart', 'order', 'payment', 'products', 'orders', 'carts'].every((name) => found.includes(name)),
      SET_UP_MS,
    ),
  );
});

afterAll(async () => {
  await demo?.stop();
  removeFolder(dataDir);
});

test('a replay goes through the range while the map keeps still, and its link leads back to it', async () => {
  await page.goto(`http://${demo.http}/`);
  await payment(page).waitFor();
  await page.getByTestId('replay-start').click();
  await page.getByTestId('replay-slider').waitFor();
  const before = await places(page);
  await page.getByTestId('replay-slider').press('End');
  const last = await page.getByTestId('replay-now').innerText();
  await page.getByTestId('replay-slider').press('ArrowLeft');
  await page.waitForFunction(
    (text) => document.querySelector('[data-testid="replay-now"]')?.textContent !== text,
    last,
  );
  const after = await places(page);
  // Clients and stand-ins go when the real caller, or who was called, is heard of, which may be late.
  const lasting = Object.keys(before).filter((name) => after[name] !== undefined);
  expect(lasting).toEqual(expect.arrayContaining(['frontend ', 'order ', 'payment ']));
  for (const name of lasting) expect(after[name], name).toBe(before[name]);
  const shown = await page.getByTestId('replay-now').innerText();
  await page.reload();
  await page.getByTestId('replay-now').waitFor();
  expect(await page.getByTestId('replay-now').innerText()).toBe(shown);
  await page.getByTestId('replay-slider').press('Home');
  await page.getByTestId('replay-play').click();
  await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>('.time-slider')?.value) >= 2);
});

test('two windows compared: what is new, gone and slower, on the map, in the table and in the panel', async () => {
  await page.goto(`http://${demo.http}/map?${COMPARED}`);
  const marks = page.getByTestId('diff-bar');
  for (const mark of ['New', 'Gone', 'Slower']) await marks.getByText(mark, { exact: false }).first().waitFor();
  const mark = (name: string) => page.locator(`[data-testid="node-${name}"][data-type=""]`).getAttribute('data-change');
  expect([await mark('alpha'), await mark('fresh'), await mark('gone')]).toEqual(['slower', 'new', 'gone']);
  await page.locator('[data-testid="node-alpha"][data-type=""]').click();
  await page.getByTestId('panel-changes').getByText('×3.0', { exact: true }).first().waitFor();
  await page.getByTestId('view-list').click();
  await page.getByTestId('diff-list').getByText('×3.0 slower').first().waitFor();
  await page.getByTestId('diff-close').click();
  await page.getByTestId('map-list').waitFor();
});

test('a node dragged in one browser is there in another; a new layout can be undone', async () => {
  await page.goto(`http://${demo.http}/`);
  const node = payment(page);
  await node.waitFor();
  const { x, y } = await steady(() => middleOf(node));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 90, { steps: 5 });
  const put = page.waitForResponse((answer) => answer.url().includes('/api/map/positions'));
  await page.mouse.up();
  await put;
  const other = await openPage({ viewport: { width: 1000, height: 700 } });
  await other.goto(`http://${demo.http}/`);
  await payment(other).waitFor();
  const dragged = await places(page);
  expect((await places(other))['payment ']).toBe(dragged['payment ']);

  await other.getByTestId('relayout').click();
  await other.getByTestId('relayout-undo').waitFor();
  await eventually(
    async () => (await places(page))['payment '],
    (place) => place !== dragged['payment '],
  );
  await other.getByTestId('relayout-undo').click();
  await eventually(
    async () => (await places(page))['payment '],
    (place) => place === dragged['payment '],
  );
});

test('tables gathered in a box, shown again, and a focus with its neighbours', async () => {
  await page.goto(`http://${demo.http}/map?by=type`);
  const box = page.locator('[data-testid="node-AWS::DynamoDB::Table"][data-type="box:type"]');
  await box.waitFor();
  expect(await page.getByTestId('node-orders').count()).toBe(0);
  const before = await places(page);
  await box.click();
  await page.getByTestId('toggle-box').click();
  await page.getByTestId('node-orders').waitFor();
  const after = await places(page);
  for (const name of Object.keys(before).filter((it) => it in after)) expect(after[name], name).toBe(before[name]);
  await page.goto(`http://${demo.http}/`);
  await payment(page).click();
  await page.getByTestId('focus-node').click();
  await page.getByTestId('focus-bar').waitFor();
  await page.getByTestId('node-products').waitFor({ state: 'detached' });
  expect(await page.locator('[data-testid="node-order"][data-type=""]').count()).toBe(1);
});

test('the nodes that a group names gathered in a box, at one place in every browser, and shown again', async () => {
  await page.goto(`http://${demo.http}/`);
  await payment(page).waitFor();
  await page.getByTestId('display').click();
  await page.getByTestId('display-menu').getByRole('button', { name: 'Group', exact: true }).click();
  await page.getByTestId('groups-note').getByText('No group names a service').waitFor();
  await post(demo.http, '/CreateGroup', {
    GroupName: 'till',
    FilterExpression: 'service("order") OR service("payment") { fault }',
  });
  const box = (of: Page): Locator => of.locator('[data-testid="node-till"][data-type="box:group"]');
  await box(page).waitFor();
  await page.getByTestId('groups-note').getByText('first group').waitFor();
  expect(await violations(page), 'the menu').toEqual([]);
  await page.keyboard.press('Escape');
  expect(await payment(page).count()).toBe(0);
  const before = await places(page);

  const other = await openPage({ viewport: { width: 390, height: 844 } });
  await other.goto(page.url());
  await box(other).waitFor();
  const elsewhere = await places(other);
  for (const name of Object.keys(before).filter((it) => it in elsewhere))
    expect(elsewhere[name], name).toBe(before[name]);
  await other.getByTestId('display').click();
  await other.getByTestId('groups-note').waitFor();
  expect(await other.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  expect(await violations(other), 'on a phone').toEqual([]);

  await box(page).click();
  await page.getByTestId('panel').getByText('X-Ray group').waitFor();
  await page.locator('[data-testid^="latest-1-"]').first().waitFor();
  expect(await violations(page), 'the panel').toEqual([]);
  await page.getByTestId('toggle-box').click();
  await payment(page).waitFor();
  const after = await places(page);
  for (const name of Object.keys(before).filter((it) => it in after)) expect(after[name], name).toBe(before[name]);
  await page.getByTestId('fit').click();
  await payment(page).click();
  await page.getByTestId('toggle-box').click();
  await box(page).waitFor();
  expect((await places(page))['till ']).toBe(before['till ']);
  await post(demo.http, '/DeleteGroup', { GroupName: 'till' });
  await payment(page).waitFor();
});

test('the traces of a group alone, as long as it is chosen, and in the link', async () => {
  await post(demo.http, '/CreateGroup', { GroupName: 'only-fresh', FilterExpression: 'service("fresh")' });
  await page.goto(`http://${demo.http}/map?range=${LATER.start}~${LATER.end}`);
  const node = (name: string): Locator => page.locator(`[data-testid="node-${name}"][data-type=""]`);
  await node('alpha').waitFor();
  await page.getByTestId('map-group').click();
  await page.getByTestId('group-only-fresh').click();
  await node('alpha').waitFor({ state: 'detached' });
  await page.reload();
  await node('fresh').click();
  expect(await node('alpha').count()).toBe(0);
  expect(await page.getByTestId('view-traces').getAttribute('href')).toContain('group.name');
  expect(await violations(page)).toEqual([]);
  await page.getByTestId('map-group').click();
  await page.getByTestId('group-all').click();
  await node('alpha').waitFor();
});

test('nodes as large as their traffic or failures, where they were, and in the link', async () => {
  await page.goto(`http://${demo.http}/map?range=${LATER.start}~${LATER.end}`);
  const node = (name: string): Locator => page.locator(`[data-testid="node-${name}"][data-type=""]`);
  const radius = async (name: string): Promise<number> =>
    Number(await node(name).locator('.node-disc').getAttribute('r'));
  await node('alpha').waitFor();
  const [before, usual] = [await places(page), await radius('alpha')];
  await page.getByTestId('display').click();
  const sizes = page.getByTestId('display-menu').getByRole('group', { name: 'Larger nodes have more' });
  await sizes.getByRole('button', { name: 'Traffic' }).click();
  await eventually(
    () => radius('alpha'),
    (now) => now > usual,
  );
  await sizes.getByRole('button', { name: 'Failures' }).click();
  await eventually(
    () => radius('alpha'),
    (now) => now < usual,
  );
  expect(await violations(page), 'the menu').toEqual([]);
  expect(await places(page)).toEqual(before);
  await page.reload();
  await node('alpha').waitFor();
  expect(await radius('alpha')).toBeLessThan(usual);
});

test('by keyboard alone: along the map, open, close, and the list of keys', async () => {
  await page.goto(`http://${demo.http}/`);
  await payment(page).waitFor();
  await page.locator('.node [tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(
    () => document.activeElement?.closest('.node')?.getAttribute('data-testid') === 'node-frontend',
  );
  await page.keyboard.press('Enter');
  await page.getByTestId('panel').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('panel').waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.getByTestId('keys-list').getByText('Play or pause').waitFor();
  await page.keyboard.press('Escape');
});

test('a band of response times selects its traces and becomes a filter', async () => {
  await page.goto(`http://${demo.http}/`);
  await payment(page).click();
  const bars = await steady(() => page.getByTestId('brush').boundingBox());
  if (bars === null) throw new Error('there is no histogram');
  await page.mouse.move(bars.x + bars.width * 0.05, bars.y + 20);
  await page.mouse.down();
  await page.mouse.move(bars.x + bars.width * 0.95, bars.y + 20, { steps: 4 });
  await page.mouse.up();
  await page.getByTestId('band-clear').waitFor();
  await page.locator('[data-testid^="latest-1-"]').first().waitFor();
  await page.getByTestId('tick-ok').check();
  await page.waitForURL(({ searchParams: query }) => query.get('outcomes') === 'ok' && query.has('band'));
  await page.reload();
  await page.getByTestId('band-clear').waitFor();
  expect(await page.getByTestId('tick-ok').isChecked()).toBe(true);
  await page.getByTestId('view-traces').click();
  await page.waitForURL(/\/traces\?/);
  const { searchParams } = new URL(page.url());
  expect(searchParams.get('range'), 'stands still').toMatch(/^\d+~[\d.]+$/);
  const filter = searchParams.get('filter');
  expect(filter).toMatch(/^service\("payment"\) \{ responsetime >= [\d.]+ AND responsetime <= [\d.]+ AND ok \}$/);
  await page.locator('[data-testid^="trace-1-"]').first().waitFor();
});

test.each(['light', 'dark'] as const)('in %s nothing hinders assistive technology', async (colorScheme) => {
  const key = encodeURIComponent(JSON.stringify(['alpha', null, null]));
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  for (const query of ['', 'view=list', `${COMPARED}&node=${key}`, `${COMPARED}&view=list`]) {
    await page.goto(`http://${demo.http}/map?${query}`);
    await page.locator('.node, .list tbody tr').first().waitFor();
    if (query.includes('node=')) await page.getByTestId('panel-changes').waitFor();
    expect(await violations(page), query).toEqual([]);
  }
  await page.goto(`http://${demo.http}/map?range=${LATER.start}~${LATER.end}&at=${LATER.start}&step=5`);
  await page.getByTestId('replay-slider').waitFor();
  expect(await violations(page), 'replay').toEqual([]);
});

test('while the map is moved nothing of it is drawn anew, whatever comes below the pointer', async () => {
  await page.goto(`http://${demo.http}/map?range=${LATER.start}~${LATER.end}`);
  const line = page.locator('.edge-line').first();
  // A level line has no height, and so counts as hidden.
  await line.waitFor({ state: 'attached' });
  const middle = (): Promise<Point> =>
    line.evaluate((path) => {
      const { x, y, width, height } = path.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    });
  const edge = await steady(middle);
  const canvas = await page.locator('.canvas').boundingBox();
  const from = { x: (canvas?.x ?? 0) + 30, y: (canvas?.y ?? 0) + 30 };
  await page.mouse.move(from.x, from.y);
  await page.evaluate(() => {
    const svg = document.querySelector('.canvas-svg');
    if (svg === null) throw new Error('there is no map');
    const drawn = (record: MutationRecord): boolean => record.target !== svg || record.type === 'childList';
    const observer = new MutationObserver((records) => {
      const count = Number(document.body.dataset['drawn'] ?? 0) + records.filter(drawn).length;
      document.body.dataset['drawn'] = String(count);
    });
    observer.observe(svg, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  await page.mouse.down();
  await page.mouse.move(from.x + 10, from.y, { steps: 2 });
  // In one step: the pointer is over the edge before the map has followed.
  await page.mouse.move(edge.x + 10, edge.y);
  await eventually(middle, ({ x }) => Math.abs(x - edge.x - (edge.x + 10 - from.x)) < 2);
  expect(await page.evaluate(() => document.body.dataset['drawn'])).toBe('0');
  await page.mouse.up();

  const rested = await steady(middle);
  await page.mouse.move(rested.x - 1, rested.y);
  await page.mouse.move(rested.x, rested.y);
  await page.locator('.edge-label[data-strong="true"]').waitFor();
});

test('on a phone nothing is wider than the screen', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const query of ['', 'view=list', COMPARED, `${COMPARED}&view=list`]) {
    await page.goto(`http://${demo.http}/map?${query}`);
    await page.locator('.node, .list tbody tr').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), query).toBe(true);
  }
});

test('one finger moves the map, two zoom it, a finger that rests on a node takes it along', async () => {
  const touch = await openPage({ viewport: { width: 390, height: 844 }, hasTouch: true });
  await touch.goto(`http://${demo.http}/`);
  await payment(touch).waitFor();
  await touch.getByTestId('fit').click();
  const session = await touch.context().newCDPSession(touch);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: readonly { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: touchPoints.map((at, id) => ({ ...at, id })) });
  const middle = (): Promise<Point> => middleOf(payment(touch));
  const scale = (): Promise<number> =>
    payment(touch)
      .locator('.node-disc')
      .evaluate((disc) => disc.getBoundingClientRect().width);

  const before = await steady(middle);
  const kept = await places(touch);
  await send('touchStart', { x: 60, y: 300 });
  for (const step of [10, 25, 40]) await send('touchMove', { x: 60 + step, y: 300 + step });
  await send('touchEnd');
  await eventually(middle, ({ x, y }) => Math.abs(x - before.x - 40) < 2 && Math.abs(y - before.y - 40) < 2);

  const width = await scale();
  await send('touchStart', { x: 150, y: 300 }, { x: 200, y: 300 });
  for (const step of [10, 20, 25]) await send('touchMove', { x: 150 - step, y: 300 }, { x: 200 + step, y: 300 });
  await send('touchEnd');
  await eventually(scale, (now) => Math.abs(now / width - 2) < 0.1);
  expect((await places(touch))['payment ']).toBe(kept['payment ']);

  await touch.getByTestId('fit').click();
  await eventually(scale, (now) => now < width * 1.5);
  const { x, y } = await steady(middle);
  await send('touchStart', { x, y });
  await payment(touch).and(touch.locator('[data-held="true"]')).waitFor();
  await send('touchMove', { x: x + 15, y: y + 15 });
  await send('touchMove', { x: x + 30, y: y + 30 });
  const put = touch.waitForResponse((answer) => answer.url().includes('/api/map/positions'));
  await send('touchEnd');
  await put;
  expect((await places(touch))['payment ']).not.toBe(kept['payment ']);
});

/** The service, and not the clients of one that comes late. */
function payment(of: Page): Locator {
  return of.locator('[data-testid="node-payment"][data-type=""]');
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Of a node's disc, on the screen. */
async function middleOf(node: Locator): Promise<Point> {
  const box = await node.locator('.node-disc').boundingBox();
  if (box === null) throw new Error('the node is not drawn');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Where nodes are drawn on the map, by name and type. */
async function places(of: Page): Promise<Record<string, string | null>> {
  return of.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<SVGGElement>('.node')].map((node) => [
        `${node.dataset['testid']?.slice('node-'.length)} ${node.dataset['type'] === 'client' ? 'client' : ''}`,
        node.getAttribute('transform'),
      ]),
    ),
  );
}

async function sendRequests(name: string, { start }: { readonly start: number }, seconds: number): Promise<void> {
  const documents = Array.from({ length: 40 }, (_, at) => {
    const id = Buffer.from(`${name}${start}${at}`.padEnd(24, '.')).toString('hex');
    return JSON.stringify({
      trace_id: `1-${start.toString(16)}-${id.slice(0, 24)}`,
      id: `${id.slice(-28, -16)}${String(at).padStart(4, '0')}`,
      name,
      start_time: start + at,
      end_time: start + at + seconds,
    });
  });
  await post(demo.http, '/TraceSegments', { TraceSegmentDocuments: documents });
}

async function names(query: string): Promise<readonly (string | undefined)[]> {
  const answer: { readonly services: readonly { readonly Name?: string }[] } = await (
    await fetch(`http://${demo.http}/api/map?${query}`)
  ).json();
  return answer.services.map(({ Name }) => Name);
}
