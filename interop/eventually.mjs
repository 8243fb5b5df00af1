import { setTimeout as sleep } from 'node:timers/promises';

/** What was sent must be readable within a second; a busy machine gets more. */
const SEEN_MS_MAX = 30_000;
const AGAIN_MS = 200;

/**
 * Tries until it does not throw, and throws the last error when time is up.
 * @template T
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T>}
 */
export async function eventually(attempt, msMax = SEEN_MS_MAX) {
  const endMs = performance.now() + msMax;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await sleep(AGAIN_MS);
    }
  }
}
