import { giantTrace, giantTraceId } from '@fluoroscope/testkit/traffic';
import { dragMouse, fetchedFiles, mainThreadFrames, openPage, startBrowser, turnWheel } from '../browser.mjs';
import { loadPackage } from '../checkout.mjs';
import { landscape } from '../landscape.mjs';
import { median, percentiles, prefixed, round, sleep } from '../numbers.mjs';
import { sendDocuments } from '../send-documents.mjs';
import { startServer } from '../server.mjs';
import { drain, settle } from '../settle.mjs';

const AGO_S = 3_600;
const MOVES = 60;
/** Until what a page does after it has shown itself is done. */
const REST_MS = 1_500;
/** Where the mouse is: over the rows of a trace, and over a map. */
const MIDDLE = { x: 700, y: 520 };

/** P18: the page of one trace of D4. */
export async function consoleTrace({ checkout, seed, spans, opens }) {
  return withPage({ checkout }, async ({ server, browser }) => {
    const startUs = Math.floor(Date.now() * 1000) - AGO_S * 1e6;
    await sendDocuments(server.http, textsOf(giantTrace({ seed, startUs, spanCount: spans })));
    await settle(server);
    const url = `http://${server.http}/traces/${giantTraceId(seed)}`;
    const cpuBefore = server.cpuSeconds();
    const open = (context) => openPage(browser, url, '[data-testid^="row-"]', context);
    const { first, last } = await openAgain(opens, () => open());
    const serverCpuMs = ((server.cpuSeconds() - cpuBefore) * 1000) / opens;
    const shownAgainMs = await openInSameProfile(opens, last, open);
    const { page } = last;
    await page.waitForFunction(() => document.querySelector('.trace-progress') === null, undefined, {
      timeout: 120_000,
    });
    await sleep(REST_MS);
    const frames = await mainThreadFrames(browser, page, () =>
      turnWheel(page, MIDDLE, MOVES, (step) => (step % 10 === 9 ? 40_000 : 700)),
    );
    await last.close();
    return { ...first, shownAgainMs, serverCpuMsAnOpening: round(serverCpuMs), ...framesOf('scroll', frames) };
  });
}

/** P19: a map of so many services, in a window that stands still. */
export async function consoleMap({ checkout, seed, nodes, opens }) {
  return withPage({ checkout }, async ({ server, browser }) => {
    const startS = Math.floor(Date.now() / 1000) - AGO_S;
    await sendDocuments(server.http, landscape({ nodes, seed, startS }));
    await drain(server);
    await sleep(REST_MS);
    const layout = await layoutFigures(checkout, server, { startTime: startS, endTime: startS + 60 });
    const url = `http://${server.http}/map?range=${startS}~${startS + 60}`;
    const { first, last } = await openAgain(opens, () => openPage(browser, url, '.node, .far-nodes'));
    const { page } = last;
    await sleep(REST_MS);
    const moving = await mainThreadFrames(browser, page, () =>
      dragMouse(page, MIDDLE, MOVES, (step) => ({ x: -step * 5, y: Math.sin(step / 4) * 90 })),
    );
    await sleep(REST_MS);
    const zooming = await mainThreadFrames(browser, page, () =>
      turnWheel(page, MIDDLE, MOVES, (step) => (step < MOVES / 2 ? -70 : 70)),
    );
    await last.close();
    return { ...layout, ...first, ...framesOf('move', moving), ...framesOf('zoom', zooming) };
  });
}

/** P20: the first page that somebody opens, in a profile that has nothing. */
export async function consoleLoad({ checkout, seed, opens }) {
  return withPage({ checkout }, async ({ server, browser }) => {
    const startS = Math.floor(Date.now() / 1000) - AGO_S;
    await sendDocuments(server.http, landscape({ nodes: 12, seed, startS }));
    await drain(server);
    await sleep(REST_MS);
    const base = `http://${server.http}/`;
    const range = `range=${startS}~${startS + 60}`;
    const figures = {};
    for (const [name, path, shows] of [
      ['map', `map?${range}`, '.node'],
      ['traces', `traces?${range}`, '[data-testid^="trace-1-"]'],
    ]) {
      let files;
      const { first } = await openAgain(opens, async () => {
        const opened = await openPage(browser, base + path, shows);
        files ??= await fetchedFiles(opened.page, base);
        return opened;
      });
      Object.assign(figures, prefixed(name, { ...first, ...files }));
    }
    return figures;
  });
}

async function withPage({ checkout }, measure) {
  const server = await startServer({ checkout });
  try {
    const browser = await startBrowser();
    try {
      return { figures: await measure({ server, browser }) };
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

/** Once to warm the server up, then as often as is said; the last page stays open. */
async function openAgain(times, open) {
  await (await open()).close();
  const opened = [];
  for (let time = 0; time < times; time += 1) {
    await opened.at(-1)?.close();
    opened.push(await open());
  }
  const first = {
    shownMs: median(opened.map(({ shownMs }) => shownMs)),
    shownWorstMs: Math.max(...opened.map(({ shownMs }) => shownMs)),
    mainThreadMs: median(opened.map(({ mainThreadMs }) => mainThreadMs)),
  };
  return { first, last: opened.at(-1) };
}

/** As somebody who has been there before: the program is in the browser's cache. */
async function openInSameProfile(times, { context }, open) {
  const shown = [];
  for (let time = 0; time < times; time += 1) {
    const { page, shownMs } = await open(context);
    shown.push(shownMs);
    await page.close();
  }
  return median(shown);
}

/** Over HTTP the layout has a thread of its own, which must start, and reads the graph. */
async function layoutFigures(checkout, server, range) {
  const { layoutMap } = await loadPackage(checkout, 'query');
  const { placeNodes } = await loadPackage(checkout, 'query', 'map/place-nodes');
  const query = `start=${range.startTime}&end=${range.endTime}`;
  const { services } = await (await fetch(`http://${server.http}/api/map?${query}`)).json();
  const whole = bestMs(() => layoutMap(services));
  const { [Object.keys(whole.value)[Math.floor(services.length * 0.6)]]: _one, ...kept } = whole.value;
  const startedMs = performance.now();
  const answer = await fetch(`http://${server.http}/api/map/layout`, { method: 'POST', body: JSON.stringify(range) });
  await answer.text();
  return {
    nodes: services.length,
    edges: services.reduce((sum, { Edges }) => sum + Edges.length, 0),
    layoutMs: whole.ms,
    layoutOverHttpMs: round(performance.now() - startedMs),
    newNodeMs: bestMs(() => placeNodes(kept, services)).ms,
  };
}

const BEST_OF = 7;

/** Of a few runs: others share the machine. */
function bestMs(work) {
  let [best, value] = [Infinity];
  for (let run = 0; run < BEST_OF; run += 1) {
    const startedMs = performance.now();
    value = work();
    best = Math.min(best, performance.now() - startedMs);
  }
  return { ms: round(best, 1), value };
}

function framesOf(name, frames) {
  return prefixed(name, { frames: frames.length, ...percentiles(frames) });
}

function* textsOf(documents) {
  for (const { text } of documents) yield text;
}
