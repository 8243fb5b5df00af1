import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { BROWSER_ARGS, findBrowser } from './browser.mjs';
import { ensureBuilt, ROOT } from './set-up.mjs';

// `npm run screenshot`: the pictures in docs/images, of the demo as it runs on this machine.
const FOLDER = join(ROOT, 'docs', 'images');
const VIEWPORT = { width: 1440, height: 900 };
/** A picture in the README must not make it slow to open. */
const BYTES_MAX = 250_000;
const NODES = ['frontend', 'catalog', 'cart', 'recommender', 'order', 'payment', 'products', 'carts', 'orders'];
const FAULTY_CHECKOUT = 'fault AND service("payment") AND http.url CONTAINS "/checkout"';
/** Until rates and response times look like those of a shop that has been open for a while. */
const TRAFFIC_MS = 75_000;
const WAIT_MS = 120_000;

ensureBuilt();
const dataDir = mkdtempSync(join(tmpdir(), 'fluoroscope-screenshot-'));
const demo = startDemo(dataDir);
try {
  const base = await demo.address;
  const startedMs = Date.now();
  await until(async () => {
    const names = new Set((await ask(base, '/ServiceGraph')).Services.map(({ Name }) => Name));
    return NODES.every((name) => names.has(name)) && (await faultyCheckouts(base)).length > 0;
  });
  await pause(TRAFFIC_MS - (Date.now() - startedMs));
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...BROWSER_ARGS] });
  try {
    await takeAll(browser, base);
  } finally {
    await browser.close();
  }
} finally {
  await demo.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function takeAll(browser, base) {
  mkdirSync(FOLDER, { recursive: true });
  for (const colorScheme of ['light', 'dark']) {
    await take(browser, `map-${colorScheme}`, colorScheme, async (page) => {
      await page.goto(`${base}/map`);
      for (const name of NODES) await page.getByTestId(`node-${name}`).first().waitFor();
    });
  }
  await take(browser, 'trace-light', 'light', async (page) => {
    const [trace] = await faultyCheckouts(base);
    // Where this checkout lies is nobody's business.
    await page.route('**/Traces', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replaceAll(`${ROOT}examples`, '/srv') });
    });
    await page.goto(`${base}/traces/${trace.Id}`);
    await page.getByTestId('timeline').locator('[data-testid^="row-"]', { hasText: 'payment' }).last().click();
    await page.getByTestId('tab-exceptions').click();
    await page.getByTestId('exception').first().waitFor();
    await page.getByTestId('trace-map').getByTestId('node-payment').waitFor();
  });
  await take(browser, 'traces-dark', 'dark', async (page) => {
    await page.goto(`${base}/traces`);
    await page.locator('[data-testid^="trace-1-"]').first().waitFor();
  });
}

async function take(browser, name, colorScheme, prepare) {
  const page = await browser.newPage({ viewport: VIEWPORT, deviceScaleFactor: 1, colorScheme });
  await prepare(page);
  await page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height - 2);
  await pause(1_000); // what fades in has done so
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  await page.close();
  const { size } = statSync(path);
  console.log(`docs/images/${name}.png ${Math.round(size / 1000)} kB`);
  if (size > BYTES_MAX) throw new Error(`${name}.png is larger than ${BYTES_MAX} bytes`);
}

function startDemo(folder) {
  const flags = ['--http-listen', '127.0.0.1:0', '--udp-listen', '127.0.0.1:0', '--data-dir', folder];
  const main = join(ROOT, 'packages', 'cli', 'dist', 'main.js');
  const child = spawn(
    process.execPath,
    [main, 'demo', '--with-server', ...flags, '--', '--rate', '12', '--seed', '5'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const address = new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
      const found = /console at (\S+?)\/?\s/.exec(output);
      if (found !== null) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${output}`)));
  });
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { address, stop };
}

async function faultyCheckouts(base) {
  return (await ask(base, '/TraceSummaries', { FilterExpression: FAULTY_CHECKOUT })).TraceSummaries;
}

async function ask(base, path, more = {}) {
  const now = Date.now() / 1000;
  const body = JSON.stringify({ StartTime: now - 300, EndTime: now, ...more });
  const answer = await fetch(base + path, { method: 'POST', body });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

async function until(wanted) {
  const end = Date.now() + WAIT_MS;
  while (!(await wanted())) {
    if (Date.now() > end) throw new Error('the shop did not show all its nodes and a faulty checkout in time');
    await pause(500);
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
