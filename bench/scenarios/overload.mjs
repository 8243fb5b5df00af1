import { round } from '../numbers.mjs';
import { startSpanSender } from '../sender.mjs';
import { startServer } from '../server.mjs';
import { drain, settle } from '../settle.mjs';

/** Enough that calls go on at the rate asked for while each waits for its answer. */
const CALLERS = 64;
const TIMES = 2;

/** P22. What is stored of twice as much OTLP as can be, against what is stored of as much as is taken. */
export async function overload({ checkout, seed, seconds, warmSeconds }) {
  const server = await startServer({ checkout });
  const endpoint = `http://${server.http}`;
  try {
    const atPeak = await withSender({ endpoint, seed, callsAtOnce: 8 }, async (sender) => {
      await sender.send(warmSeconds);
      await settle(server);
      return storedOf(server, sender, seconds, null);
    });
    const residentBeforeMb = server.peakResidentMb();
    const over = await withSender({ endpoint, seed: seed + 1, callsAtOnce: CALLERS }, (sender) =>
      storedOf(server, sender, seconds, atPeak.storedPerSecond * TIMES),
    );
    const { documentCount } = await server.status();
    return {
      figures: {
        peakPerSecond: round(atPeak.storedPerSecond),
        offeredPerSecond: round(over.sent.offered / over.sent.seconds),
        storedPerSecond: round(over.storedPerSecond),
        goodputPercent: round((over.storedPerSecond / atPeak.storedPerSecond) * 100, 1),
        refusedCalls: over.sent.refusedCalls,
        refusedWithoutHint: over.sent.refusedCalls - over.sent.refusedWithHint,
        unlikeAnswers: over.sent.unlikeAnswers,
        stored: documentCount,
        peakResidentMbBefore: round(residentBeforeMb),
        peakResidentMb: round(server.peakResidentMb()),
        callP99Ms: over.sent.p99Ms,
      },
    };
  } finally {
    await server.stop();
  }
}

async function withSender(settings, run) {
  const sender = await startSpanSender({ ...settings, dialect: 'otlp' });
  try {
    return await run(sender);
  } finally {
    await sender.stop();
  }
}

/** Spans a second until all that was taken is stored. */
async function storedOf(server, sender, seconds, perSecond) {
  const startedMs = performance.now();
  const sent = await sender.send(seconds, { perSecond });
  if (sent.isCut) throw new Error(`the server closed its connections: ${server.logged()}`);
  await drain(server);
  return { sent, storedPerSecond: sent.spans / ((performance.now() - startedMs) / 1000) };
}
