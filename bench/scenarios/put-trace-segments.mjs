import { round } from '../numbers.mjs';
import { profilerOf } from '../profile.mjs';
import { startSender } from '../sender.mjs';
import { startServer } from '../server.mjs';
import { countFoundSegments, settle } from '../settle.mjs';

const SPANS_A_SEGMENT = 4;
const SERVER_CORE = 0;
const SENDER_CORE = 1;

/** P3. Acknowledged by the journal; what storing costs is in the CPU seconds, which end when the server is idle again. */
export async function putTraceSegments({ checkout, seed, seconds, warmSeconds, profile }) {
  const profiler = profilerOf(profile);
  const server = await startServer({ checkout, nodeFlags: profiler.nodeFlags, core: SERVER_CORE });
  try {
    const figures = await measure(server, { seed, seconds, warmSeconds, idleMsMax: profiler.idleMsMax });
    return { figures, ...profiler.resultOf(server) };
  } finally {
    await server.stop();
  }
}

async function measure(server, { seed, seconds, warmSeconds, idleMsMax }) {
  const sender = await startSender({ address: server.http, data: 'D1', seed, core: SENDER_CORE });
  try {
    const warm = await sender.send(warmSeconds);
    await settle(server, idleMsMax);
    const cpuBefore = server.cpuSeconds();
    const sent = await sender.send(seconds);
    if (warm.isCut || sent.isCut) throw new Error(`the server closed its connections: ${server.logged()}`);
    const acknowledgedCpuSeconds = server.cpuSeconds() - cpuBefore;
    const wasIdle = await settle(server, idleMsMax);
    const cpuSeconds = server.cpuSeconds() - cpuBefore;
    const found = await countFoundSegments(server.http, warm.startSeconds - 60, sent.endSeconds + 60);
    const foundOfMeasured = found - (warm.documents - warm.unprocessed);
    return {
      acknowledgedPerSecondPerCore: round(sent.documents / sent.seconds),
      segmentsPerCpuSecond: round(foundOfMeasured / cpuSeconds),
      cpuSecondsPerMillionSegments: round((cpuSeconds / foundOfMeasured) * 1e6, 2),
      cpuSecondsPerMillionSpans: round((cpuSeconds / foundOfMeasured / SPANS_A_SEGMENT) * 1e6, 2),
      segments: sent.documents,
      foundByQuery: foundOfMeasured,
      notFound: sent.documents - sent.unprocessed - foundOfMeasured,
      unprocessed: sent.unprocessed,
      refusedCalls: sent.refusedCalls,
      pinnedToOneCore: server.isPinned,
      cpuSecondsWhileSending: round(acknowledgedCpuSeconds, 1),
      cpuSecondsAfterwards: round(cpuSeconds - acknowledgedCpuSeconds, 1),
      idleInTheEnd: wasIdle,
      callP50Ms: sent.p50Ms,
      callP99Ms: sent.p99Ms,
      callMaxMs: sent.maxMs,
      generatorCpuSeconds: sent.generatorCpuSeconds,
      residentMb: round(server.residentMb()),
      peakResidentMb: round(server.peakResidentMb()),
    };
  } finally {
    await sender.stop();
  }
}
