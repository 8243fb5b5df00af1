import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong with the page as it stands: rule and elements. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    // What still fades in has other colours; what never ends is a sign of life.
    const fading = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(fading.map(({ finished }) => finished));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- put there a moment ago
    const { axe: runner } = window as unknown as { readonly axe: typeof axe };
    // Only colours differ in the dark.
    const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
    const { violations: found } = await runner.run(isDark ? { runOnly: ['color-contrast'] } : {});
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}
