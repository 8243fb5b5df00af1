// How long the main thread is busy at a time while a large map is shown, moved and zoomed: `node packages/console/dev/frames.mjs [counts…]`.
// Headless and without a graphics card, so tasks are measured, not frames. Best of three runs, since the machine is shared. Not shipped.
import { chromium } from 'playwright-core';
import { startFixture } from './fixture-server.mjs';

const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100, 500, 2000];
const RUNS = 3;
const STEPS = 40;

const fixture = startFixture();
await new Promise((done) => fixture.server.on('listening', done));
const base = `http://127.0.0.1:${fixture.server.address().port}`;
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});
for (const count of counts) {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure(count));
  for (const part of Object.keys(runs[0])) {
    const best = runs.map((run) => run[part]).sort((a, b) => a.most - b.most)[0];
    const figures = `longest ${best.most.toFixed(1)} ms, p95 ${best.p95.toFixed(1)} ms, ${best.over} of ${best.count} over 16 ms`;
    process.stdout.write(`${count} nodes, ${part}: ${figures}\n`);
  }
}
await browser.close();
fixture.stop();

async function measure(count) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies([{ name: 'fixture', value: `large${count}`, url: base }]);
  const page = await context.newPage();
  await page.goto(`${base}/map?range=1~2`);
  await page.waitForSelector('.zoom');
  await page.waitForTimeout(1200);
  const parts = {};
  parts.moving = await traced(page, async () => {
    await page.mouse.move(700, 400);
    await page.mouse.down();
    for (let step = 0; step < STEPS; step += 1) await page.mouse.move(700 - step * 6, 400 + Math.sin(step / 4) * 90);
    await page.mouse.up();
  });
  parts.zooming = await traced(page, async () => {
    for (let step = 0; step < STEPS; step += 1) {
      await page.mouse.wheel(0, step < STEPS / 2 ? -70 : 70);
      await page.waitForTimeout(16);
    }
  });
  await context.close();
  return parts;
}

async function traced(page, act) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['toplevel', '__metadata'] },
    transferMode: 'ReportEvents',
  });
  await act();
  const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await done;
  const threads = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const isMain = ({ pid, tid }) => threads.some((thread) => thread.pid === pid && thread.tid === tid);
  const tasks = events.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && isMain(event));
  // CPU time: the machine has other work, and what waits is not busy.
  const times = tasks.map(({ tdur, dur }) => (tdur ?? dur ?? 0) / 1000).sort((a, b) => a - b);
  const busy = times.filter((ms) => ms > 0.5);
  return {
    most: times.at(-1) ?? 0,
    p95: busy[Math.floor(busy.length * 0.95)] ?? 0,
    over: times.filter((ms) => ms > 16).length,
    count: busy.length,
  };
}
