import { createClient } from '../client.mjs';
import { round, slope, sleep } from '../numbers.mjs';
import { startSender } from '../sender.mjs';
import { startServer } from '../server.mjs';
import { drain } from '../settle.mjs';

const SPANS_PER_SECOND = 20_000;
const SAMPLE_MS = 1_000;
const LOOK_MS = 5_000;
/** Status answers at once, with the store's figures of before while new ones are read: they are asked for until they hold. */
const SETTLED_MS = 3_000;
const SETTLED_LOOKS_MAX = 10;
/** The caches fill in the first third; the slope is that of what follows. */
const WARM_SHARE = 1 / 3;

/** P13. Resident memory at 20,000 D2 spans a second, a document each, with a console that asks for the map and a search. */
export async function memory({ checkout, seed, minutes }) {
  const server = await startServer({ checkout });
  const sender = await startSender({ address: server.http, data: 'D2', seed });
  const client = createClient(server.http, 2);
  const points = [];
  const looks = { count: 0, failed: 0 };
  const startedMs = performance.now();
  const sampling = setInterval(
    () => points.push([(performance.now() - startedMs) / 3_600_000, server.residentMb()]),
    SAMPLE_MS,
  );
  const looking = setInterval(() => void look(client, looks), LOOK_MS);
  try {
    const sent = await sender.send(minutes * 60, SPANS_PER_SECOND);
    clearInterval(sampling);
    clearInterval(looking);
    await drain(server);
    if (sent.isCut) throw new Error(`the server closed its connections: ${server.logged()}`);
    const { documentCount, storeBytes } = await settledStatus(server);
    const late = points.slice(Math.floor(points.length * WARM_SHARE));
    const meanMb = late.reduce((sum, [, mb]) => sum + mb, 0) / late.length;
    return {
      figures: {
        minutes,
        spansPerSecond: round(sent.documents / sent.seconds),
        spans: sent.documents,
        lost: sent.documents - sent.unprocessed - documentCount,
        refusedCalls: sent.refusedCalls,
        peakMb: round(server.peakResidentMb()),
        meanMb: round(meanMb),
        slopePercentPerHour: round((slope(late) / meanMb) * 100, 2),
        afterwardsMb: round(server.residentMb()),
        cpuSecondsPerMillionSpans: round((server.cpuSeconds() / sent.documents) * 1e6, 2),
        storeMb: round(storeBytes / 2 ** 20),
        consoleLooks: looks.count,
        consoleLooksFailed: looks.failed,
        callP99Ms: sent.p99Ms,
      },
      series: { residentMb: thin(points) },
    };
  } finally {
    clearInterval(sampling);
    clearInterval(looking);
    await sender.stop();
    await server.stop();
  }
}

async function settledStatus(server) {
  let status = await server.status();
  for (let looks = 0; looks < SETTLED_LOOKS_MAX; looks += 1) {
    const before = status.documentCount;
    await sleep(SETTLED_MS);
    status = await server.status();
    if (looks > 0 && status.documentCount === before) break;
  }
  return status;
}

async function look(client, looks) {
  const end = Date.now() / 1000;
  looks.count += 1;
  try {
    await Promise.all([
      client.get(`/api/map?start=${end - 300}&end=${end}`),
      client.post('/TraceSummaries', { StartTime: end - 300, EndTime: end, FilterExpression: 'fault' }),
    ]);
  } catch {
    looks.failed += 1;
  }
}

/** Minutes and MB, one point in a hundredth of the time. */
function thin(points) {
  const every = Math.ceil(points.length / 100);
  return points.filter((_point, at) => at % every === 0).map(([hours, mb]) => [round(hours * 60, 1), round(mb)]);
}
