// How long the page of a large trace takes, on a real server: `node packages/console/dev/measure-trace.mjs [entities…]`; needs a build.
// First paint is when rows are on the canvas; work per frame is the main thread's, while the page scrolls. Not shipped.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { BROWSER_ARGS, findBrowser } from '../../../tools/browser.mjs';
import { giantTrace } from './giant-trace.mjs';

const MAIN = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url));
const SENT_AT_ONCE = 400;
const counts = process.argv.slice(2).map(Number);
const sizes = counts.length > 0 ? counts : [10_000, 100_000];

const dataDir = await mkdtemp(join(tmpdir(), 'fluoroscope-measure-'));
const server = await startServer();
const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...BROWSER_ARGS] });
try {
  for (const count of sizes) await measure(count);
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await new Promise((done) => server.child.once('exit', done));
  await rm(dataDir, { recursive: true, force: true });
}

async function measure(count) {
  const startS = Date.now() / 1000 - 120;
  const traceId = `1-${Math.floor(startS).toString(16)}-${count.toString(16).padStart(24, '0')}`;
  await send(giantTrace(traceId, count, startS).documents);
  await timeOutline(traceId);
  const answerMs = await timeOutline(traceId);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const from = performance.now();
  await page.goto(`http://${server.http}/traces/${traceId}`);
  await page.locator('[data-testid^="row-"]').first().waitFor();
  const paintMs = performance.now() - from;
  await page.waitForFunction(() => document.querySelector('.trace-progress') === null, undefined, { timeout: 120_000 });
  const wholeMs = performance.now() - from;
  const rows = await page.getByTestId('timeline').getAttribute('aria-rowcount');
  await page.waitForTimeout(800);
  const frames = await scrollFrames(page);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(frames.length * share))];
  const figures = {
    entities: count,
    lines: Number(rows),
    outlineMs: Math.round(answerMs),
    firstPaintMs: Math.round(paintMs),
    wholeMs: Math.round(wholeMs),
    frames: frames.length,
    frameP50Ms: at(0.5),
    frameP95Ms: at(0.95),
    frameMaxMs: at(1),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  await page.close();
}

/** Milliseconds of main-thread work from one drawn frame to the next, ascending. */
async function scrollFrames(page) {
  await page.mouse.move(400, 600);
  await browser.startTracing(page, {
    categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'],
  });
  for (let step = 0; step < 90; step += 1) {
    await page.mouse.wheel(0, step % 10 === 9 ? 40_000 : 700);
    await page.waitForTimeout(16);
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const drawn = traceEvents.filter(({ name }) => name === 'FireAnimationFrame');
  const main = drawn[0]?.tid;
  const mine = traceEvents.filter(({ tid, pid }) => tid === main && pid === drawn[0]?.pid);
  const starts = drawn.map(({ ts }) => ts).sort((a, b) => a - b);
  // CPU time of the thread, where the machine tells it: others may be running.
  const tasks = mine
    .filter(({ name, dur }) => name === 'RunTask' && dur > 0)
    .map(({ ts, dur, tdur }) => ({ ts, dur: tdur ?? dur }));
  const work = new Map();
  for (const { ts, dur } of tasks) {
    const frame = starts.findLast((start) => start <= ts + dur) ?? 0;
    work.set(frame, (work.get(frame) ?? 0) + dur / 1000);
  }
  return [...work.values()].map((ms) => Math.round(ms * 100) / 100).sort((a, b) => a - b);
}

async function timeOutline(traceId) {
  const from = performance.now();
  const answer = await fetch(`http://${server.http}/api/traces/${traceId}/outline`);
  await answer.arrayBuffer();
  return performance.now() - from;
}

async function send(documents) {
  for (let from = 0; from < documents.length;) {
    const part = documents.slice(from, from + SENT_AT_ONCE).map((document) => JSON.stringify(document));
    const answer = await fetch(`http://${server.http}/TraceSegments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ TraceSegmentDocuments: part }),
    });
    if (answer.status === 429) {
      await pause(300);
      continue;
    }
    if (!answer.ok) throw new Error(`the server answered ${answer.status}: ${await answer.text()}`);
    from += part.length;
  }
  for (;;) {
    const status = await (await fetch(`http://${server.http}/api/status`)).json();
    if (status.backlogCount === 0) return;
    await pause(250);
  }
}

function startServer() {
  const closed = ['otlp-grpc', 'otlp-http', 'zipkin'].flatMap((name) => [`--${name}-listen`, 'off']);
  const flags = [
    'serve',
    '--http-listen',
    '127.0.0.1:0',
    '--udp-listen',
    '127.0.0.1:0',
    ...closed,
    '--data-dir',
    dataDir,
  ];
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (text) => {
      output += text;
      if (/ready in \d+ ms/.test(output)) resolve({ child, http: /^http listening on (\S+)/m.exec(output)[1] });
    });
  });
}

function pause(ms) {
  return new Promise((done) => {
    setTimeout(done, ms);
  });
}
