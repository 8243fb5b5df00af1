import { makeD1, seeded } from '../documents.mjs';
import { startServer } from '../server.mjs';

const BACKGROUND_A_CALL = 50;
const POLL_MS = 5;

/** From the acknowledgement of PutTraceSegments to the trace's place in GetTraceSummaries, under steady load. */
export async function visibility({ seconds, seed, perSecond = 5_000 }) {
  const server = await startServer();
  try {
    const random = seeded(seed);
    const untilMs = performance.now() + seconds * 1000;
    const tookMs = [];
    const load = background(server, random, perSecond, untilMs);
    while (performance.now() < untilMs) {
      const marked = { ...makeD1(random, Date.now() / 1000), name: `marked-${tookMs.length}` };
      await call(server, '/TraceSegments', { TraceSegmentDocuments: [JSON.stringify(marked)] });
      const acknowledgedMs = performance.now();
      while (!(await isFound(server, marked))) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      tookMs.push(performance.now() - acknowledgedMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await load;
    tookMs.sort((a, b) => a - b);
    const at = (share) => Math.round(tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))]);
    return {
      samples: tookMs.length,
      loadPerSecond: perSecond,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      maxMs: at(1),
    };
  } finally {
    await server.stop();
  }
}

async function isFound(server, { name, trace_id }) {
  const now = Date.now() / 1000;
  const { TraceSummaries } = await call(server, '/TraceSummaries', {
    StartTime: now - 60,
    EndTime: now + 1,
    FilterExpression: `service("${name}")`,
  });
  return TraceSummaries.some(({ Id }) => Id === trace_id);
}

async function background(server, random, perSecond, untilMs) {
  const pauseMs = (BACKGROUND_A_CALL / perSecond) * 1000;
  const startedMs = performance.now();
  for (let calls = 0; performance.now() < untilMs; calls += 1) {
    const documents = Array.from({ length: BACKGROUND_A_CALL }, () =>
      JSON.stringify(makeD1(random, Date.now() / 1000)),
    );
    await call(server, '/TraceSegments', { TraceSegmentDocuments: documents });
    const aheadMs = startedMs + calls * pauseMs - performance.now();
    if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
  }
}

async function call(server, path, body) {
  const answer = await fetch(`http://${server.http}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
