import { createClient } from '../client.mjs';
import { median, prefixed, round } from '../numbers.mjs';
import { peersOf } from '../peers.mjs';
import { profilerOf } from '../profile.mjs';
import { startSpanSender } from '../sender.mjs';
import { startServer } from '../server.mjs';
import { countStored, drain, settle, untilIdle } from '../settle.mjs';

const SPANS_A_TRACE = 10;
const SAMPLE_COUNT = 200;
/** Peers do not say what they have yet to store: until they are idle. */
const PEER_IDLE_MS_MAX = 60_000;
const ROUNDS_WITH_PEERS = 5;

/** P1, P2, P5: spans of a dialect until they are durable and found; and the same bytes to peers, in turn. */
export function createSpanIngest(dialect) {
  return async ({ checkout, seed, seconds, warmSeconds, profile }) => {
    const load = { dialect, seed, seconds, warmSeconds };
    const peers = peersOf(dialect);
    if (peers.length === 0) return measureOurs(checkout, load, profilerOf(profile));
    const ours = [];
    const theirs = new Map(peers.map((peer) => [peer, []]));
    for (let turn = 0; turn < ROUNDS_WITH_PEERS; turn += 1) {
      ours.push((await measureOurs(checkout, load, profilerOf(false))).figures);
      for (const [peer, measured] of theirs) measured.push(await measurePeer(peer, load));
    }
    const compared = Array.from(theirs, ([{ name }, measured]) => compare(name, ours, measured));
    return { figures: Object.assign({}, ours.at(-1), ...compared) };
  };
}

async function measureOurs(checkout, load, profiler) {
  const server = await startServer({ checkout, nodeFlags: profiler.nodeFlags });
  const client = createClient(server.http, 2);
  try {
    const measured = await measure(
      {
        endpoint: `http://${server.http}`,
        cpuSeconds: server.cpuSeconds,
        drained: () => drain(server),
        settled: () => settle(server, profiler.idleMsMax),
        countSpans: async (id) => {
          const { Traces } = await client.post('/Traces', { TraceIds: [`1-${id.slice(0, 8)}-${id.slice(8)}`] });
          return Traces[0]?.Segments.length ?? 0;
        },
      },
      load,
    );
    const profiled = profiler.resultOf(server);
    const stored = await countStored(server, measured.spansInAll);
    return {
      figures: {
        ...measured,
        stored,
        lost: measured.spansInAll - stored,
        residentMb: round(server.residentMb()),
        peakResidentMb: round(server.peakResidentMb()),
      },
      ...profiled,
    };
  } finally {
    client.close();
    await server.stop();
  }
}

async function measurePeer(peer, load) {
  const settled = () => untilIdle(peer.cpuSeconds, PEER_IDLE_MS_MAX);
  const measured = await measure({ ...peer, drained: settled, settled }, load);
  return { ...measured, residentMb: round(peer.residentMb()) };
}

async function measure(system, { dialect, seed, seconds, warmSeconds }) {
  const sender = await startSpanSender({ endpoint: system.endpoint, dialect, seed });
  try {
    const warm = await sender.send(warmSeconds);
    await system.settled();
    const cpuBefore = system.cpuSeconds();
    const startedMs = performance.now();
    const sent = await sender.send(seconds, { sampleCount: SAMPLE_COUNT });
    if (warm.isCut || sent.isCut) throw new Error(`${system.endpoint} closed its connections`);
    const usedWhileSending = system.cpuSeconds() - cpuBefore;
    await system.drained();
    const storedSeconds = (performance.now() - startedMs) / 1000;
    const usedUntilStored = system.cpuSeconds() - cpuBefore;
    const wasIdle = await system.settled();
    const used = system.cpuSeconds() - cpuBefore;
    return {
      acknowledgedPerSecond: round(sent.spans / sent.seconds),
      storedPerSecond: round(sent.spans / storedSeconds),
      cpuSecondsPerMillionSpans: round((used / sent.spans) * 1e6, 2),
      cpuSecondsWhileSending: round(usedWhileSending, 1),
      cpuSecondsUntilStored: round(usedUntilStored, 1),
      cpuSecondsInAll: round(used, 1),
      spans: sent.spans,
      spansInAll: warm.spans + sent.spans,
      ...(await countIncomplete(system.countSpans, sent.traceIds)),
      refusedCalls: sent.refusedCalls,
      unlikeAnswers: warm.unlikeAnswers + sent.unlikeAnswers,
      idleInTheEnd: wasIdle,
      callP50Ms: sent.p50Ms,
      callP99Ms: sent.p99Ms,
      generatorCpuSeconds: sent.generatorCpuSeconds,
    };
  } finally {
    await sender.stop();
  }
}

/** Of traces whose every call was taken. */
async function countIncomplete(countSpans, traceIds) {
  if (countSpans === null) return {};
  let incomplete = 0;
  for (const id of traceIds) if ((await countSpans(id)) !== SPANS_A_TRACE) incomplete += 1;
  return { sampledTraces: traceIds.length, incompleteTraces: incomplete };
}

/** Ratios of what was measured in the same round. */
function compare(name, ours, theirs) {
  const ratios = ours.map((our, at) => our.cpuSecondsPerMillionSpans / theirs[at].cpuSecondsPerMillionSpans);
  return {
    ...prefixed(name, theirs.at(-1)),
    [`cpuTo${name[0].toUpperCase()}${name.slice(1)}`]: round(median(ratios), 3),
    [`cpuTo${name[0].toUpperCase()}${name.slice(1)}Min`]: round(Math.min(...ratios), 3),
    [`cpuTo${name[0].toUpperCase()}${name.slice(1)}Max`]: round(Math.max(...ratios), 3),
  };
}
