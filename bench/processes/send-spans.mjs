import { Agent, request } from 'node:http';
import { percentiles, round, sleep } from '../numbers.mjs';
import { createSpanReplay } from '../span-bodies.mjs';

// The load generator of OTLP and Zipkin, a process of its own: `span-sender.mjs` starts it.

const TICK_MS = 2;
/** Of who was refused without a hint. */
const REFUSED_PAUSE_MS = 20;

const { endpoint, dialect, seed, callsAtOnce, spansABody, bodyCount } = JSON.parse(process.argv[2] ?? '');
const agent = new Agent({ keepAlive: true, maxSockets: callsAtOnce });
const replay = await createSpanReplay({ dialect, seed, spansABody, bodyCount });
const { hostname, port, pathname } = new URL(endpoint);
const path = pathname === '/' ? replay.path : pathname;

process.on('message', ({ seconds, perSecond, sampleCount }) => {
  void send(seconds, perSecond).then((sent) =>
    process.send?.({ kind: 'sent', sent: { ...sent, traceIds: replay.traceIdsOf(sampleCount) } }),
  );
});
process.send?.({ kind: 'ready' });

/** As fast as it goes, each caller one call after another; or `perSecond` spans a second, whether they are taken or not. */
async function send(seconds, perSecond) {
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const untilMs = startedMs + seconds * 1000;
  const tookMs = [];
  const outcomes = { taken: 0, refused: 0, unlike: 0, hinted: 0 };
  let calls = 0;
  let isCut = false;
  const isOver = () => performance.now() >= untilMs || isCut;
  const isDue = () => perSecond === null || calls * spansABody < ((performance.now() - startedMs) / 1000) * perSecond;

  /** Refused: whether the same has to be sent again, as an exporter would. At a fixed rate what was refused is left out. */
  async function callOnce(body) {
    const callMs = performance.now();
    const answer = await post(body).catch(() => null);
    if (answer === null) {
      isCut = true;
    } else if (answer.status === 429 || answer.status === 503) {
      outcomes.refused += 1;
      if (answer.retryAfter !== undefined) outcomes.hinted += 1;
      if (perSecond !== null) return false;
      await sleep(Math.min(pauseMsOf(answer), Math.max(0, untilMs - performance.now())));
      return true;
    } else if (answer.status >= 300) {
      outcomes.unlike += 1;
    } else {
      outcomes.taken += 1;
      tookMs.push(performance.now() - callMs);
    }
    return false;
  }

  async function callUntilTaken() {
    let body = replay.next(Date.now() / 1000);
    while (await callOnce(body)) {
      if (isOver()) return;
      // The replay writes the next round over it.
      body = Buffer.from(body);
      calls += 1;
    }
  }

  await Promise.all(
    Array.from({ length: callsAtOnce }, async () => {
      while (!isOver()) {
        if (!isDue()) {
          await sleep(TICK_MS);
          continue;
        }
        calls += 1;
        await callUntilTaken();
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    spans: outcomes.taken * spansABody,
    offered: calls * spansABody,
    refusedCalls: outcomes.refused,
    refusedWithHint: outcomes.hinted,
    unlikeAnswers: outcomes.unlike,
    isCut,
    seconds: (performance.now() - startedMs) / 1000,
    generatorCpuSeconds: round((user + system) / 1e6, 2),
    ...percentiles(tookMs),
  };
}

/** What the answer asks for, as exporters do; some tell nothing. */
function pauseMsOf({ retryAfter }) {
  const seconds = Number(retryAfter);
  return seconds > 0 ? seconds * 1_000 : REFUSED_PAUSE_MS;
}

function post(body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': replay.contentType, 'content-length': body.length };
    const call = request({ agent, host: hostname, port, method: 'POST', path, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve({ status: answer.statusCode, retryAfter: answer.headers['retry-after'] }));
      answer.once('error', reject);
    });
    call.once('error', reject);
    call.end(body);
  });
}
