import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { BROWSER_ARGS, findBrowser } from './browser.mjs';
import { ensureBuilt, ROOT } from './set-up.mjs';
import { hidePaths, NODES, pause, showDemo } from './shown-demo.mjs';

// `npm run screenshot`: the pictures in docs/images, of the demo as it runs on this machine.
// `npm run screenshot -- FOLDER`: every page and view, light and dark, on a desk and on a phone, into a folder outside of the tree, to be looked at.
const FOLDER = join(ROOT, 'docs', 'images');
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** A picture in the README must not make it slow to open. */
const BYTES_MAX = 250_000;
const TRAFFIC_MS = 75_000;
/** What fades in has done so. */
const FADE_MS = 1_000;

const [folder] = process.argv.slice(2);
ensureBuilt();
await showDemo(folder === undefined ? TRAFFIC_MS : 0, async ({ base, ...traces }) => {
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...BROWSER_ARGS] });
  try {
    if (folder === undefined) await takeForReadme(browser, base, traces);
    else await takeAll(browser, base, traces);
  } finally {
    await browser.close();
  }
});

async function takeForReadme(browser, base, { declined }) {
  const shots = [
    { name: 'map-light', colorScheme: 'light', prepare: showMap },
    { name: 'map-dark', colorScheme: 'dark', prepare: showMap },
    { name: 'trace-light', colorScheme: 'light', prepare: showException },
    {
      name: 'traces-dark',
      colorScheme: 'dark',
      prepare: (page) => showPage(page, base, '/traces', '[data-testid^="trace-1-"]'),
    },
    {
      name: 'analytics-light',
      colorScheme: 'light',
      prepare: (page) => showPage(page, base, '/analytics?a=fault', '[data-testid="differences"]'),
    },
  ];
  for (const { name, colorScheme, prepare } of shots) {
    const path = join(FOLDER, `${name}.png`);
    await take(browser, { path, colorScheme, viewport: DESK }, prepare);
    const { size } = statSync(path);
    console.log(`docs/images/${name}.png ${Math.round(size / 1000)} kB`);
    if (size > BYTES_MAX) throw new Error(`${name}.png is larger than ${BYTES_MAX} bytes`);
  }

  async function showMap(page) {
    await page.goto(`${base}/map`);
    for (const name of NODES) await page.getByTestId(`node-${name}`).first().waitFor();
    await page.locator('.activity-bar').first().waitFor();
  }
  async function showException(page) {
    await page.goto(`${base}/traces/${declined}`);
    await page.getByTestId('timeline').locator('[data-testid^="row-"]', { hasText: 'payment' }).last().click();
    await page.getByTestId('tab-exceptions').click();
    await page.getByTestId('exception').first().waitFor();
  }
}

/** Path and what it shows when it is there, by name. */
function pagesOf({ declined, paid }) {
  const trace = `/traces/${declined}`;
  const payment = encodeURIComponent(JSON.stringify(['payment', null, null]));
  return {
    map: ['/map', '.node'],
    'map-list': ['/map?view=list', '[data-testid="map-list"] tr'],
    'map-boxes': ['/map?by=type', '.node'],
    'map-compared': ['/map?vs=before', '[data-testid="diff-bar"]'],
    'map-panel': [`/map?node=${payment}`, '[data-testid="panel"]'],
    traces: ['/traces', '[data-testid^="trace-1-"]'],
    'traces-grouped': ['/traces?by=service', '[data-testid^="group-"]'],
    'trace-timeline': [trace, '[data-testid^="row-"]'],
    'trace-map': [`${trace}?view=map`, '[data-testid="trace-map"] .node'],
    'trace-flame': [`${trace}?view=flame`, '[data-testid="flame"]'],
    'trace-statistics': [`${trace}?view=statistics`, '[data-testid="statistics"]'],
    'trace-spans': [`${trace}?view=spans`, '[data-testid="spans"]'],
    'trace-json': [`${trace}?view=raw`, '[data-testid="raw-trace"]'],
    'trace-otlp': [`${trace}?view=otlp`, '[data-testid="otlp-trace"]'],
    compare: [`${trace}/compare/${paid}`, '[data-testid="compare-table"]'],
    analytics: ['/analytics', '[data-testid="chart-times"]'],
    'analytics-faults': ['/analytics?a=fault', '[data-testid="differences"]'],
    'settings-groups': ['/settings/groups', '[data-testid="groups-table"]'],
    'settings-sampling': ['/settings/sampling', '[data-testid^="rule-row-"]'],
    'settings-rule': ['/settings/sampling?new', '[data-testid="rule-form"]'],
    'settings-indexing': ['/settings/indexing', '[data-testid="destination"]'],
    'settings-encryption': ['/settings/encryption', '.settings-body h1'],
    'settings-keys': ['/settings/keys', '[data-testid="open-mode"]'],
    'settings-policies': ['/settings/policies', '[data-testid="no-policies"]'],
    'settings-policy': ['/settings/policies?new', '[data-testid="policy-form"]'],
    'settings-health': ['/settings/health', '[data-testid="trust-services"]'],
    unknown: [`/traces/1-00000001-${'0'.repeat(24)}`, '[data-testid="unknown-trace"]'],
  };
}

async function takeAll(browser, base, traces) {
  mkdirSync(folder, { recursive: true });
  for (const [name, [path, shown]] of Object.entries(pagesOf(traces))) {
    for (const colorScheme of ['light', 'dark']) {
      for (const viewport of [DESK, PHONE]) {
        const file = join(folder, `${name}-${colorScheme}-${viewport.width}.png`);
        await take(browser, { path: file, colorScheme, viewport }, (page) => showPage(page, base, path, shown));
        console.log(file);
      }
    }
  }
}

async function showPage(page, base, path, shown) {
  await page.goto(base + path);
  await page.locator(shown).first().waitFor({ state: 'attached' });
}

async function take(browser, { path, colorScheme, viewport }, prepare) {
  const page = await browser.newPage({ viewport, deviceScaleFactor: 1, colorScheme });
  await hidePaths(page);
  await prepare(page);
  await page.mouse.move(viewport.width / 2, viewport.height - 2);
  await pause(FADE_MS);
  await page.screenshot({ path });
  await page.close();
}
