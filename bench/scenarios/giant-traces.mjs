import { giantTrace, giantTraceId } from '@fluoroscope/testkit/traffic';
import { createClient } from '../client.mjs';
import { round, sleep } from '../numbers.mjs';
import { startServer } from '../server.mjs';
import { drain, settle } from '../settle.mjs';

const DOCUMENTS_A_CALL = 50;
const CALLS_AT_ONCE = 4;

/** D4: what one very long trace costs to take, to store and to read. */
export async function giantTraces({ checkout, seed, spans }) {
  const server = await startServer({ checkout });
  try {
    const client = createClient(server.http, CALLS_AT_ONCE);
    const startUs = Math.floor(Date.now() * 1000) - 3_600e6;
    const calls = callsOf(giantTrace({ seed, startUs, spanCount: spans }));
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, () => sendEach(client, calls)));
    const sentMs = performance.now() - startedMs;
    await drain(server);
    const visibleMs = performance.now() - startedMs;
    await settle(server);
    const cpuSeconds = server.cpuSeconds();
    const readMs = performance.now();
    const { status, text } = await client.send(
      '/Traces',
      Buffer.from(JSON.stringify({ TraceIds: [giantTraceId(seed)] })),
    );
    const tookMs = performance.now() - readMs;
    return {
      figures: {
        spans,
        sentSeconds: round(sentMs / 1000, 1),
        visibleSeconds: round(visibleMs / 1000, 1),
        cpuSecondsPerMillionSpans: round((cpuSeconds / spans) * 1e6, 1),
        readStatus: status,
        readMs: round(tookMs),
        answerMb: round(text.length / 2 ** 20, 1),
        documents: (await server.status()).documentCount,
        peakMb: round(server.peakResidentMb()),
      },
    };
  } finally {
    await server.stop();
  }
}

function* callsOf(documents) {
  let call = [];
  for (const { text } of documents) {
    call.push(text);
    if (call.length < DOCUMENTS_A_CALL) continue;
    yield call;
    call = [];
  }
  if (call.length > 0) yield call;
}

/** Several take from the same calls; one that is told to wait sends its call again. */
async function sendEach(client, calls) {
  for (let next = calls.next(); next.done !== true; next = calls.next()) {
    const body = Buffer.from(JSON.stringify({ TraceSegmentDocuments: next.value }));
    for (;;) {
      const { status, text } = await client.send('/TraceSegments', body);
      if (status === 200 && text.includes('"UnprocessedTraceSegments":[]')) break;
      if (status !== 429) throw new Error(`PutTraceSegments: ${status} ${text.slice(0, 500)}`);
      await sleep(20);
    }
  }
}
