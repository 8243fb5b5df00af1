import { Agent, request } from 'node:http';
import { makeD1, seeded } from '../documents.mjs';
import { startServer } from '../server.mjs';

const DOCUMENTS_A_CALL = 50;
const CALLS_AT_ONCE = 8;

/** PutTraceSegments, 50 documents a call, durable: segments per second and per second of the server's CPU. */
export async function putTraceSegments({ seconds, seed }) {
  const server = await startServer({ oneCore: true });
  try {
    const random = seeded(seed);
    const nextBody = () => makeBody(random);
    await send(server.http, nextBody, seconds / 4);
    const cpuBefore = server.cpuSeconds();
    const sent = await send(server.http, nextBody, seconds);
    await settle(server);
    const cpuSeconds = server.cpuSeconds() - cpuBefore;
    const stored = await server.metric('fluoroscope_documents_stored_total');
    return {
      segments: sent.segments,
      unprocessed: sent.unprocessed,
      notStored: sent.segments + sent.warmUp - stored,
      pinnedToOneCore: server.pinned,
      wallPerSecond: Math.round(sent.segments / sent.seconds),
      perCpuSecond: Math.round(sent.segments / cpuSeconds),
      callP50Ms: sent.p50Ms,
      callP99Ms: sent.p99Ms,
      residentMb: Math.round(server.residentMb()),
    };
  } finally {
    await server.stop();
  }
}

let warmUpSegments = 0;

async function send(address, nextBody, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLS_AT_ONCE });
  // Made ahead, so that the generator costs next to nothing while it is measured.
  const bodies = Array.from({ length: Math.ceil(seconds * 500) }, nextBody);
  const untilMs = performance.now() + seconds * 1000;
  const startedMs = performance.now();
  const tookMs = [];
  let unprocessed = 0;
  await Promise.all(
    Array.from({ length: CALLS_AT_ONCE }, async () => {
      while (performance.now() < untilMs && bodies.length > 0) {
        const callMs = performance.now();
        unprocessed += await post(agent, address, bodies.pop());
        tookMs.push(performance.now() - callMs);
      }
    }),
  );
  agent.destroy();
  tookMs.sort((a, b) => a - b);
  const at = (share) => Number((tookMs[Math.floor(tookMs.length * share)] ?? 0).toFixed(2));
  const segments = tookMs.length * DOCUMENTS_A_CALL;
  const warmUp = warmUpSegments;
  warmUpSegments = segments;
  return {
    segments,
    warmUp,
    unprocessed,
    seconds: (performance.now() - startedMs) / 1000,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

function makeBody(random) {
  const documents = Array.from({ length: DOCUMENTS_A_CALL }, () => JSON.stringify(makeD1(random, Date.now() / 1000)));
  return Buffer.from(JSON.stringify({ TraceSegmentDocuments: documents }));
}

/** Sends one call; resolves with the number of refused documents. */
function post(agent, address, body) {
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    const call = request(
      {
        agent,
        host,
        port,
        method: 'POST',
        path: '/TraceSegments',
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      },
      (answer) => {
        let text = '';
        answer.on('data', (data) => (text += data));
        answer.on('end', () =>
          answer.statusCode === 200
            ? resolve(JSON.parse(text).UnprocessedTraceSegments.length)
            : reject(new Error(`${answer.statusCode} ${text}`)),
        );
      },
    );
    call.once('error', reject);
    call.end(body);
  });
}

/** Waits until nothing acknowledged is left to store. */
async function settle(server) {
  for (let tries = 0; tries < 600; tries += 1) {
    const { backlogCount } = await (await fetch(`http://${server.http}/api/status`)).json();
    if (backlogCount === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the backlog did not drain within 30 s');
}
