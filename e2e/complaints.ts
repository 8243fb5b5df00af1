import type { Page } from 'playwright-core';

/** What pages complain of: errors in their consoles, exceptions that nobody caught, what their policy refuses. */
export interface Complaints {
  /** From now on. */
  watch(page: Page): Promise<void>;
  /** The browser tells of each answer with this status by itself, and a page may ask more than once: no complaint until `clear`. */
  expectStatus(status: number): void;
  clear(): void;
  readonly list: readonly string[];
}

export function collectComplaints(): Complaints {
  const heard: string[] = [];
  const expected = new Set<number>();
  return {
    async watch(page) {
      page.on('console', (message) => message.type() === 'error' && heard.push(message.text()));
      page.on('pageerror', (error) => heard.push(error.message));
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) =>
          // oxlint-disable-next-line no-console -- how the page tells this test
          console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`),
        );
      });
    },
    expectStatus: (status) => void expected.add(status),
    clear() {
      heard.length = 0;
      expected.clear();
    },
    get list() {
      return heard.filter((text) => !expected.has(Number(/responded with a status of (\d+)/.exec(text)?.[1])));
    },
  };
}
