import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './set-up.mjs';

// The demo's shop, to be shown: pictures are taken of it.

export const NODES = ['frontend', 'catalog', 'cart', 'recommender', 'order', 'payment', 'products', 'carts', 'orders'];
const FAULTY_CHECKOUT = 'fault AND service("payment") AND http.url CONTAINS "/checkout"';
const PAID_CHECKOUT = '!(fault) AND service("payment") AND http.url CONTAINS "/checkout"';
const PROGRAM = join(ROOT, 'packages', 'cli', 'dist', 'main.js');
const WAIT_MS = 120_000;

/**
 * Runs the demo in a folder of its own, and `show` with where it listens and the ids of a trace in which a card was `declined`, and of one in which
 * it `paid`: after every service has been seen and `trafficMs` have passed, until rates and times look like those of a shop that has been open for a while.
 */
export async function showDemo(trafficMs, show) {
  const dataDir = mkdtempSync(join(tmpdir(), 'fluoroscope-shown-'));
  const demo = startDemo(dataDir);
  try {
    const base = await demo.address;
    const startedMs = Date.now();
    const { declined, paid } = await until(async () => {
      const names = new Set((await ask(base, '/ServiceGraph')).Services.map(({ Name }) => Name));
      const [faulty] = (await ask(base, '/TraceSummaries', { FilterExpression: FAULTY_CHECKOUT })).TraceSummaries;
      const [well] = (await ask(base, '/TraceSummaries', { FilterExpression: PAID_CHECKOUT })).TraceSummaries;
      const isSeen = NODES.every((name) => names.has(name)) && faulty !== undefined && well !== undefined;
      return isSeen ? { declined: faulty.Id, paid: well.Id } : undefined;
    });
    await pause(trafficMs - (Date.now() - startedMs));
    await show({ base, declined, paid });
  } finally {
    await demo.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Where this checkout lies is nobody's business: stack traces tell of a folder that is not this one. */
export async function hidePaths(page) {
  await page.route(/\/(?:Traces|api\/traces\/[^/]+\/documents\/.*)$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll(`${ROOT}examples`, '/srv') });
  });
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

function startDemo(folder) {
  const flags = ['--http-listen', '127.0.0.1:0', '--udp-listen', '127.0.0.1:0', '--data-dir', folder];
  const args = [PROGRAM, 'demo', '--with-server', ...flags, '--', '--rate', '12', '--seed', '5'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
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

async function ask(base, path, more = {}) {
  const now = Date.now() / 1000;
  const body = JSON.stringify({ StartTime: now - 300, EndTime: now, ...more });
  const answer = await fetch(base + path, { method: 'POST', body });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

async function until(find) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('the shop did not show all its nodes and a faulty checkout in time');
    await pause(500);
  }
}
