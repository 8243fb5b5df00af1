import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { BROWSER_ARGS, findBrowser } from '../tools/browser.mjs';
import { round } from './numbers.mjs';

const VIEWPORT = { width: 1440, height: 900 };
/** A page that has not shown itself by then never will. */
const SHOWN_MS_MAX = 180_000;
/** Steps of a movement, one to a frame at 60 Hz. */
const STEP_MS = 16;
/** Tasks shorter than this belong to the browser's own bookkeeping: frames that did nothing are not counted. */
const FRAME_MS_MIN = 0.3;

export async function startBrowser() {
  return chromium.launch({ executablePath: await findBrowser(), args: [...BROWSER_ARGS] });
}

/**
 * Opens a page in a fresh profile (nothing cached), or once more in the one that `again` says, and waits until something that `selector` finds is on the screen.
 * `shownMs` is from the begin of the navigation to the frame after, by the page's own clock; `mainThreadMs` is the work of
 * its main thread until then.
 */
export async function openPage(browser, url, selector, again = null) {
  const context = again ?? (await browser.newContext({ viewport: VIEWPORT }));
  const page = await context.newPage();
  await page.addInitScript((wanted) => {
    const tell = () => {
      if (window.shownMs !== undefined || document.querySelector(wanted) === null) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => (window.shownMs = performance.now())));
    };
    const observer = new MutationObserver(tell);
    observer.observe(document, { childList: true, subtree: true });
  }, selector);
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.shownMs !== undefined, undefined, { timeout: SHOWN_MS_MAX, polling: 20 });
  const shownMs = await page.evaluate(() => window.shownMs);
  const { metrics } = await session.send('Performance.getMetrics');
  const busySeconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
  return {
    page,
    shownMs: round(shownMs),
    mainThreadMs: round(busySeconds * 1000),
    close: () => context.close(),
    context,
  };
}

/** What the page has fetched so far of its own files, as kB that a server would send with gzip; and how many. */
export async function fetchedFiles(page, base) {
  const urls = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const own = [...new Set([base, ...urls.filter((url) => url.includes('/assets/'))])];
  const bodies = await Promise.all(own.map(async (url) => Buffer.from(await (await fetch(url)).arrayBuffer())));
  return {
    files: bodies.length,
    gzipKb: round(bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0) / 1000, 1),
  };
}

/** Turns the wheel once a frame; `deltaOf` says by how much at each step. */
export async function turnWheel(page, at, steps, deltaOf) {
  await page.mouse.move(at.x, at.y);
  for (let step = 0; step < steps; step += 1) {
    await page.mouse.wheel(0, deltaOf(step));
    await page.waitForTimeout(STEP_MS);
  }
}

export async function dragMouse(page, from, steps, wayOf) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let step = 0; step < steps; step += 1) {
    const { x, y } = wayOf(step);
    await page.mouse.move(from.x + x, from.y + y);
    await page.waitForTimeout(STEP_MS);
  }
  await page.mouse.up();
}

/**
 * The main thread's CPU time from one frame to the next while `act` runs, ms: script, style, layout and paint, from the
 * browser's own trace. Without a graphics card frames come when they can, so their clock says nothing.
 */
export async function mainThreadFrames(browser, page, act) {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline.frame'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const frames = traceEvents.filter(({ name }) => name === 'BeginMainThreadFrame');
  const renderer = mostFrequent(frames.map(({ pid, tid }) => `${pid} ${tid}`));
  const isMain = ({ pid, tid }) => `${pid} ${tid}` === renderer;
  const starts = frames
    .filter(isMain)
    .map(({ ts }) => ts)
    .sort((a, b) => a - b);
  const work = new Map();
  for (const { name, ts, dur = 0, tdur } of traceEvents.filter(isMain)) {
    if (name !== 'ThreadControllerImpl::RunTask') continue;
    const frame = lastBefore(starts, ts + dur);
    work.set(frame, (work.get(frame) ?? 0) + (tdur ?? dur) / 1000);
  }
  return [...work.values()].filter((ms) => ms >= FRAME_MS_MIN);
}

function mostFrequent(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function lastBefore(ascending, value) {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return ascending[low - 1] ?? -1;
}
