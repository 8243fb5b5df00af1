import { createRandom } from '@fluoroscope/testkit/traffic';
import { createClient } from '../client.mjs';
import { percentiles, prefixed, round, sleep } from '../numbers.mjs';
import { startSender } from '../sender.mjs';
import { startServer } from '../server.mjs';
import { drain, settle } from '../settle.mjs';

const POLL_MS = 4;
const BETWEEN_MS = 20;
const CAPACITY_SECONDS = 10;

/** P6. From the acknowledgement to the trace's place in BatchGetTraces and in GetTraceSummaries, at half of what it can store. */
export async function visibility({ checkout, seed, seconds, perSecond = null }) {
  const server = await startServer({ checkout });
  const sender = await startSender({ address: server.http, data: 'D1', seed });
  try {
    const flood = await sendFlood(server, sender, perSecond === null ? CAPACITY_SECONDS : 1);
    await settle(server);
    const rate = perSecond ?? Math.round(flood.storedPerSecond / 2);
    const load = sender.send(seconds, rate);
    await sleep(1_000);
    const marked = await markTraces(server, seed, performance.now() + (seconds - 2) * 1000);
    const sent = await load;
    if (sent.isCut) throw new Error(`the server closed its connections: ${server.logged()}`);
    const found = marked.filter(({ byIdMs, bySearchMs }) => !Number.isNaN(byIdMs + bySearchMs));
    return {
      figures: {
        samples: marked.length,
        neverFound: marked.length - found.length,
        loadPerSecond: round(sent.documents / sent.seconds),
        mostStoredPerSecond: round(flood.storedPerSecond),
        mostAcknowledgedPerSecond: round(flood.acknowledgedPerSecond),
        ...prefixed('byId', percentiles(found.map(({ byIdMs }) => byIdMs))),
        ...prefixed('bySearch', percentiles(found.map(({ bySearchMs }) => bySearchMs))),
        loadCallP99Ms: sent.p99Ms,
      },
    };
  } finally {
    await sender.stop();
    await server.stop();
  }
}

/** What the journal acknowledges for a while is more than the store keeps up with: that counts until nothing waits. */
async function sendFlood(server, sender, seconds) {
  const startedMs = performance.now();
  const sent = await sender.send(seconds);
  if (sent.isCut) throw new Error(`the server closed its connections: ${server.logged()}`);
  await drain(server);
  const storedSeconds = (performance.now() - startedMs) / 1000;
  const acknowledged = sent.documents - sent.unprocessed;
  return {
    acknowledgedPerSecond: acknowledged / sent.seconds,
    storedPerSecond: acknowledged / storedSeconds,
  };
}

/** Traces under names of their own, one after another. */
async function markTraces(server, seed, untilMs) {
  const client = createClient(server.http, 3);
  const marked = [];
  while (performance.now() < untilMs) {
    const document = markedDocument(seed, marked.length);
    const { status, text } = await client.send(
      '/TraceSegments',
      Buffer.from(JSON.stringify({ TraceSegmentDocuments: [JSON.stringify(document)] })),
    );
    const acknowledgedMs = performance.now();
    if (status === 429) {
      await sleep(BETWEEN_MS);
      continue;
    }
    if (status !== 200) throw new Error(`PutTraceSegments: ${status} ${text}`);
    const since = async (isFound) => {
      while (!(await isFound())) {
        if (performance.now() - acknowledgedMs > 30_000) return NaN;
        await sleep(POLL_MS);
      }
      return performance.now() - acknowledgedMs;
    };
    const [byIdMs, bySearchMs] = await Promise.all([
      since(() => isFoundById(client, document)),
      since(() => isFoundBySearch(client, document)),
    ]);
    marked.push({ byIdMs, bySearchMs });
    await sleep(BETWEEN_MS);
  }
  return marked;
}

function markedDocument(seed, number) {
  const random = createRandom(seed ^ 0x3a4b, number);
  const hex = (digits) => Array.from({ length: digits }, () => random.below(16).toString(16)).join('');
  const start = Date.now() / 1000 - 0.01;
  return {
    trace_id: `1-${hex(8)}-${hex(24)}`,
    id: hex(16),
    name: `marked-${number}`,
    start_time: start,
    end_time: start + 0.01,
  };
}

async function isFoundById(client, { trace_id }) {
  const { Traces } = await client.post('/Traces', { TraceIds: [trace_id] });
  return Traces.length === 1;
}

async function isFoundBySearch(client, { name, trace_id }) {
  const now = Date.now() / 1000;
  const { TraceSummaries } = await client.post('/TraceSummaries', {
    StartTime: now - 60,
    EndTime: now + 1,
    FilterExpression: `service("${name}")`,
  });
  return TraceSummaries.some(({ Id }) => Id === trace_id);
}
