import { arrivals, createReplay, createTraffic } from '@fluoroscope/testkit/traffic';
import { createClient } from '../client.mjs';
import { percentiles, round, sleep } from '../numbers.mjs';

// The load generator, a process of its own: replays encoded bodies of PutTraceSegments. `sender.mjs` starts it.

const BODIES = 400;
const TICK_MS = 2;

const { address, data, seed, callsAtOnce, documentsACall } = JSON.parse(process.argv[2] ?? '');
const client = createClient(address, callsAtOnce);
const replay = makeReplay();

process.on('message', ({ seconds, perSecond }) => {
  void send(seconds, perSecond).then((sent) => process.send?.({ kind: 'sent', sent }));
});
process.send?.({ kind: 'ready' });

/** Documents of the second before the last one, so that none tells of the future. */
function makeReplay() {
  const arriveSeconds = Math.floor(Date.now() / 1000);
  const spansADocument = data === 'D1' ? 4 : 1;
  const spanCount = BODIES * documentsACall * spansADocument;
  const traffic = createTraffic(data, { seed, startUs: (arriveSeconds - 2) * 1e6, rangeUs: 1e6, spanCount });
  const texts = Array.from(arrivals(traffic, spanCount), ({ text }) => text);
  return createReplay(texts, { seed, arriveSeconds, documentsABody: documentsACall });
}

/**
 * As fast as it goes, each caller one call after another; or `perSecond` documents a second. Ends early, and says so, when
 * the server is gone.
 */
async function send(seconds, perSecond) {
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const startSeconds = Date.now() / 1000;
  const untilMs = startedMs + seconds * 1000;
  const tookMs = [];
  let unprocessed = 0;
  let refusedCalls = 0;
  let calls = 0;
  let isCut = false;

  const isDue = () =>
    perSecond === null || calls * documentsACall < ((performance.now() - startedMs) / 1000) * perSecond;

  async function callOnce() {
    const callMs = performance.now();
    const answer = await client.send('/TraceSegments', replay.next(Date.now() / 1000)).catch(() => null);
    if (answer === null) {
      isCut = true;
      return;
    }
    const { status, text } = answer;
    if (status === 429) {
      refusedCalls += 1;
      await sleep(20);
      return;
    }
    if (status !== 200) throw new Error(`PutTraceSegments: ${status} ${text}`);
    tookMs.push(performance.now() - callMs);
    if (!text.includes('"UnprocessedTraceSegments":[]'))
      unprocessed += JSON.parse(text).UnprocessedTraceSegments.length;
  }

  await Promise.all(
    Array.from({ length: callsAtOnce }, async () => {
      while (performance.now() < untilMs && !isCut) {
        if (isDue()) {
          calls += 1;
          await callOnce();
        } else {
          await sleep(TICK_MS);
        }
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    documents: tookMs.length * documentsACall,
    unprocessed,
    refusedCalls,
    isCut,
    seconds: (performance.now() - startedMs) / 1000,
    startSeconds,
    endSeconds: Date.now() / 1000,
    generatorCpuSeconds: round((user + system) / 1e6, 2),
    ...percentiles(tookMs),
  };
}
