import { sendTraffic } from '../examples/shop/src/traffic/traffic.js';
import { eventually, SET_UP_MS, type Program } from './program.ts';

const PER_SECOND = 20;

/**
 * More visitors for the sample shop, for as long as a test's set-up waits for what they leave behind. The shop's own are few:
 * what is live goes on, and the processors are the browser's.
 */
export async function rushUntil(shop: Program, isSeen: () => Promise<unknown>): Promise<void> {
  const url = await eventually(
    async () => shop.address('frontend'),
    (address) => address !== '',
    SET_UP_MS,
  );
  const rush = new AbortController();
  const traffic = sendTraffic({ url, rate: PER_SECOND, seed: 6, signal: rush.signal, print: () => {} });
  try {
    await isSeen();
  } finally {
    rush.abort();
    await traffic;
  }
}
