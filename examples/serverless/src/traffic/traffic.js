import { setTimeout as sleep } from 'node:timers/promises';

const PAGES = ['/', '/', '/', '/prices', '/docs'];
const VISITORS = ['ann', 'bo', 'chi', 'dee', 'eli', 'fay', 'gus', 'hal'];
const ANSWER_MS_MAX = 15_000;
const REPORT_MS = 30_000;

/**
 * Sends visits, `rate` a second and one after the other, until `signal`.
 * @param {{ url: string, rate: number, random: () => number, signal: AbortSignal, print: (line: string) => void }} options
 */
export async function sendTraffic({ url, rate, random, signal, print }) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const counts = { accepted: 0, refused: 0 };
  const report = () => print(`traffic: ${counts.accepted} visits accepted, ${counts.refused} not`);
  const reports = setInterval(report, REPORT_MS);
  try {
    while (!signal.aborted) {
      const isAccepted = await visit(url, { page: pick(PAGES), visitor: pick(VISITORS) });
      // What the end cut off was not refused.
      if (signal.aborted && !isAccepted) break;
      counts[isAccepted ? 'accepted' : 'refused'] += 1;
      await sleep(1000 / rate, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(reports);
    report();
  }
}

async function visit(url, content) {
  try {
    const body = JSON.stringify(content);
    const response = await fetch(`${url}/visits`, { method: 'POST', body, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
