import { setTimeout as sleep } from 'node:timers/promises';
import { checkById, countInGraph, shorten, type Range } from './audit.ts';
import { checkBalance, readMetrics, settle } from './balance.ts';
import { openClient, type Client } from './client.ts';
import { Ledger, Tally } from './ledger.ts';
import { createRandom } from './random.ts';
import type { Report, ScenarioOptions } from './report.ts';
import { startLoad, type LoadOptions } from './sender.ts';
import { makeFolder, removeFolder, startServer, type Server } from './server.ts';
import { quantile, watchServer } from './watch.ts';

/** The whole process may hold so much, engine included (PERFORMANCE P13), and a tenth more under overload. */
const MEMORY_MB_MAX = 1_024 * 1.1;
/** Small enough that it fills when the store is outrun: then calls are turned away. */
const FLAGS: readonly string[] = ['--journal-size', '16MiB'];
/** Senders that wait for their answers: so many keep it just busy. */
const PEAK_CALLS_AT_ONCE = 4;
const DOCUMENTS_A_CALL = 50;
const FACTORS = [2, 10] as const;
/** Of the goodput at the peak, in the timed run. */
const GOODPUT_MIN: Readonly<Record<number, number>> = { 2: 0.9, 10: 0.75 };
const HEALTH_MS_MAX = 100;
const WATCH_EVERY_MS = 200;
const LOOKED_UP_COUNT = 1_000;
/** The peak is measured for this share of the time that each overload lasts. */
const PEAK_SHARE = 0.5;

/** R6: twice and ten times as many senders as keep it busy, all without patience, and floods of datagrams beside them. */
export async function runOverload({ seed, minutes, isTimed, tell }: ScenarioOptions): Promise<Report> {
  const dataDir = makeFolder();
  const server = await startServer({ dataDir, flags: FLAGS });
  const http = new Ledger(seed * 2);
  const udp = new Tally(seed * 2 + 1);
  const violations: string[] = [];
  const figures: Record<string, number> = {};
  const from = Date.now() / 1_000 - 2;
  try {
    const partMs = (minutes * 60_000) / (FACTORS.length + PEAK_SHARE);
    const common = { server, http, udp, documentsACall: DOCUMENTS_A_CALL, udpPerSecond: 0 };
    const peak = await press(
      { ...common, httpPerSecond: Infinity, callsAtOnce: PEAK_CALLS_AT_ONCE },
      partMs * PEAK_SHARE,
    );
    Object.assign(figures, { peakPerSecond: Math.round(peak.goodPerSecond) });
    for (const factor of FACTORS) {
      const pressed = await press(
        {
          ...common,
          httpPerSecond: Infinity,
          callsAtOnce: PEAK_CALLS_AT_ONCE * factor,
          udpPerSecond: peak.goodPerSecond * (factor - 1) * 0.1,
          retryMs: 5,
        },
        partMs,
      );
      violations.push(...pressed.complaints.map((complaint) => `${factor}×: ${complaint}`));
      const goodput = pressed.goodPerSecond / peak.goodPerSecond;
      Object.assign(figures, {
        [`goodput${factor}`]: Number(goodput.toFixed(3)),
        [`turnedAway${factor}`]: pressed.turnedAwayCount,
        [`healthP99Ms${factor}`]: Math.round(pressed.healthP99Ms),
        [`residentMb${factor}`]: Math.round(pressed.residentMb),
      });
      if (pressed.residentMb > MEMORY_MB_MAX) violations.push(`${factor}×: held ${Math.round(pressed.residentMb)} MB`);
      if (isTimed && goodput < (GOODPUT_MIN[factor] ?? 0)) violations.push(`${factor}×: goodput ${goodput.toFixed(2)}`);
      if (isTimed && pressed.healthP99Ms > HEALTH_MS_MAX)
        violations.push(`${factor}×: health ${pressed.healthP99Ms} ms`);
      tell(JSON.stringify(figures));
    }
    violations.push(...(await audit(server, http, { from, to: Date.now() / 1_000 }, seed)));
  } finally {
    await server.stop('SIGKILL');
    removeFolder(dataDir);
  }
  return { violations: shorten(violations), figures: { ...figures, acknowledged: http.counts.acknowledged } };
}

interface Pressed {
  readonly goodPerSecond: number;
  readonly turnedAwayCount: number;
  readonly healthP99Ms: number;
  readonly residentMb: number;
  readonly complaints: readonly string[];
}

async function press(options: LoadOptions & { readonly server: Server }, ms: number): Promise<Pressed> {
  const before = options.http.counts.acknowledged;
  const watch = watchServer(options.server, WATCH_EVERY_MS);
  const startedMs = performance.now();
  const load = startLoad(options);
  await sleep(ms);
  const good = options.http.counts.acknowledged - before;
  const goodPerSecond = (good * 1_000) / (performance.now() - startedMs);
  await load.stop();
  await watch.stop();
  return {
    goodPerSecond,
    turnedAwayCount: (load.answers.get(429) ?? 0) + (load.answers.get(503) ?? 0),
    healthP99Ms: quantile(
      watch.samples.map(({ healthMs }) => healthMs),
      0.99,
    ),
    residentMb: Math.max(...watch.samples.map(({ residentMb }) => residentMb)),
    complaints: [...load.complaints, ...(load.answers.has(0) ? [`${load.answers.get(0)} calls had no answer`] : [])],
  };
}

async function audit(server: Server, http: Ledger, range: Range, seed: number): Promise<string[]> {
  const client = openClient(server.http, 8);
  try {
    const balance = checkBalance(await settle(client));
    const random = createRandom(seed);
    const numbers = http.acknowledgedFrom(0);
    const some = Array.from({ length: LOOKED_UP_COUNT }, () => numbers[Math.floor(random() * numbers.length)] ?? 0);
    const byId = await checkById(client, http, some);
    return [...(balance === null ? [] : [balance]), ...byId, ...(await checkStored(client, http, range))];
  } finally {
    client.close();
  }
}

/** Too many to list: the graph's calls are counted, of HTTP and datagrams together. */
async function checkStored(client: Client, http: Ledger, range: Range): Promise<string[]> {
  const stored = await countInGraph(client, range);
  const traces = (await readMetrics(client)).sum('store_traces');
  const { acknowledged } = http.counts;
  return [
    ...(stored < acknowledged ? [`lost: ${acknowledged} were acknowledged, the graph counts ${stored}`] : []),
    ...(stored === traces ? [] : [`the graph counts ${stored} of ${traces} traces`]),
  ];
}
