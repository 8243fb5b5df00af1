import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { BROWSER_ARGS, findBrowser } from '../tools/browser.mjs';
import { collectComplaints, type Complaints } from './complaints.ts';

/** Of whatever a test waits for on a page. */
const PAGE_TIMEOUT_MS = 60_000;
const DESK: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' };

export interface TestBrowser {
  readonly complaints: Complaints;
  /** One more page, which is watched too: as from another browser, which lasts until the test's end. */
  readonly openPage: (options?: BrowserContextOptions) => Promise<Page>;
}

/** A browser for the tests of a file. Each has a page of its own, and fails when one of its pages complains. */
export function setUpBrowser(begin: (page: Page) => void): TestBrowser {
  const complaints = collectComplaints();
  const contexts: BrowserContext[] = [];
  let browser: Browser | undefined;

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    if (browser === undefined) throw new Error('pages are opened by tests');
    const context = await browser.newContext({ ...DESK, ...options });
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(PAGE_TIMEOUT_MS);
    await complaints.watch(page);
    return page;
  }

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: await findBrowser(), args: [...BROWSER_ARGS] });
  });

  afterAll(async () => {
    await browser?.close();
  });

  beforeEach(async () => {
    complaints.clear();
    begin(await openPage());
  });

  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    expect(complaints.list).toEqual([]);
  });

  return { complaints, openPage };
}
