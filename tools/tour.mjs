import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { animate } from './animated-webp.mjs';
import { BROWSER_ARGS, findBrowser } from './browser.mjs';
import { ensureBuilt, ROOT } from './set-up.mjs';
import { hidePaths, NODES, pause, showDemo } from './shown-demo.mjs';

// `npm run tour`: docs/images/tour.webp, from a node in trouble to the exception behind it, and to what the failing traces have in common, in the demo as it runs on this machine.
const FILE = join(ROOT, 'docs', 'images', 'tour.webp');
const VIEWPORT = { width: 1200, height: 750 };
const QUALITY = 0.72;
/** The README must not be slow to open. */
const BYTES_MAX = 1_500_000;
const TRAFFIC_MS = 75_000;
const FADE_MS = 900;
const LOOK_MS = 2_600;
const GLANCE_MS = 1_300;

ensureBuilt();
await showDemo(TRAFFIC_MS, async ({ base, declined, paid }) => {
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...BROWSER_ARGS] });
  try {
    const frames = await walkThrough(browser, { base, declined, paid });
    const tour = animate(frames, VIEWPORT);
    if (tour.length > BYTES_MAX) throw new Error(`the tour has ${tour.length} bytes, more than ${BYTES_MAX}`);
    writeFileSync(FILE, tour);
    console.log(`docs/images/tour.webp ${Math.round(tour.length / 1000)} kB, ${frames.length} frames`);
  } finally {
    await browser.close();
  }
});

async function walkThrough(browser, { base, declined, paid }) {
  const page = await browser.newPage({ viewport: VIEWPORT, deviceScaleFactor: 1, colorScheme: 'light' });
  const encoder = await browser.newPage();
  await hidePaths(page);
  const frames = [];
  const show = async (ms = LOOK_MS) => {
    await pause(FADE_MS);
    frames.push({ ms, webp: await encode(encoder, await page.screenshot()) });
  };

  await page.goto(`${base}/map`);
  for (const name of NODES) await page.getByTestId(`node-${name}`).first().waitFor();
  await show();
  await page.locator('[data-testid="node-payment"][data-type=""]').click();
  await page.locator('[data-testid^="latest-1-"]').first().waitFor();
  await show();
  await page.getByTestId('tick-fault').check();
  await show(GLANCE_MS);
  await page.getByTestId('view-traces').click();
  await page.locator('[data-testid^="trace-1-"]').first().waitFor();
  await show();
  await page.goto(`${base}/traces/${declined}`);
  await page.locator('[data-testid^="row-"]').first().waitFor();
  await show();
  await page.getByTestId('next-error').click();
  await page.getByTestId('tab-exceptions').click();
  await page.getByTestId('failure-chain').getByRole('button').last().click();
  await page.getByTestId('exception').first().waitFor();
  await show();
  await page.getByTestId('panel-close').click();
  for (const [view, shown] of [
    ['flame', 'flame'],
    ['map', 'trace-map'],
  ]) {
    await page.getByTestId(`view-${view}`).click();
    await page.getByTestId(shown).waitFor();
    await show(GLANCE_MS);
  }
  await page.goto(`${base}/analytics?a=fault`);
  await page.getByTestId('differences').waitFor();
  await show();
  await page.goto(`${base}/traces/${declined}/compare/${paid}`);
  await page.getByTestId('compare-table').waitFor();
  await show();
  await page.close();
  await encoder.close();
  return frames;
}

/** The browser has an encoder already. */
async function encode(page, png) {
  const url = await page.evaluate(
    async ({ source, quality }) => {
      const picture = new Image();
      picture.src = source;
      await picture.decode();
      const canvas = document.createElement('canvas');
      canvas.width = picture.naturalWidth;
      canvas.height = picture.naturalHeight;
      canvas.getContext('2d', { alpha: false }).drawImage(picture, 0, 0);
      return canvas.toDataURL('image/webp', quality);
    },
    { source: `data:image/png;base64,${png.toString('base64')}`, quality: QUALITY },
  );
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
