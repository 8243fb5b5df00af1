import { setTimeout as sleep } from 'node:timers/promises';
import { countInGraph, shorten } from './audit.ts';
import { checkBalance, settle, type Metrics } from './balance.ts';
import { openClient } from './client.ts';
import { SPANS_A_DOCUMENT } from './document.ts';
import { Tally } from './ledger.ts';
import type { Report, ScenarioOptions } from './report.ts';
import { startLoad, type Load } from './sender.ts';
import { makeFolder, removeFolder, startServer } from './server.ts';
import { quantile, slopePerHour, watchServer, type Sample } from './watch.ts';

const SPANS_PER_SECOND = 20_000;
const UDP_SHARE = 0.1;
/** What a process holds grows at first: caches, heads, the engine's pool. */
const WARM_SHARE = 0.3;
/** A slope over less says nothing. */
const SLOPE_MINUTES_MIN = 30;
const SLOPE_PER_HOUR_MAX = 0.01;
/** Slices come and go: their files are open descriptors. */
const DESCRIPTORS_MORE_MAX = 40;
const WATCH_EVERY_MS = 1_000;

/** R7: a steady load; at the end every document is accounted for, memory and descriptors have stayed. */
export async function runSoak({ seed, minutes, isTimed, tell }: ScenarioOptions): Promise<Report> {
  const dataDir = makeFolder();
  const server = await startServer({ dataDir });
  const client = openClient(server.http, 2);
  const http = new Tally(seed * 2);
  const udp = new Tally(seed * 2 + 1);
  const violations: string[] = [];
  const from = Date.now() / 1_000 - 2;
  try {
    const watch = watchServer(server, WATCH_EVERY_MS);
    const documentsPerSecond = SPANS_PER_SECOND / SPANS_A_DOCUMENT;
    const load = startLoad({
      server,
      http,
      udp,
      httpPerSecond: documentsPerSecond * (1 - UDP_SHARE),
      udpPerSecond: documentsPerSecond * UDP_SHARE,
      documentsACall: 50,
      callsAtOnce: 8,
    });
    await soak(minutes, () => tell(printNow(watch.samples, http)));
    await load.stop();
    await watch.stop();
    violations.push(...load.complaints);
    // The kernel's own drops are looked at once a second.
    await sleep(1_500);
    const metrics = await settle(client);
    violations.push(...checkAccounts(metrics, load, http, udp));
    const stored = await countInGraph(client, { from, to: Date.now() / 1_000 });
    if (stored !== metrics.sum('documents_stored_total')) violations.push(`the graph counts ${stored}`);
    const judged = judge(watch.samples, { minutes, isTimed });
    violations.push(...judged.violations);
    return { violations: shorten(violations), figures: { stored, ...judged.figures } };
  } finally {
    client.close();
    await server.stop('SIGKILL');
    removeFolder(dataDir);
  }
}

async function soak(minutes: number, tellNow: () => void): Promise<void> {
  const untilMs = performance.now() + minutes * 60_000;
  while (performance.now() < untilMs) {
    await sleep(Math.min(60_000, Math.max(0, untilMs - performance.now())));
    tellNow();
  }
}

function printNow(samples: readonly Sample[], { counts }: Tally): string {
  const last = samples.at(-1);
  return `${Math.round(last?.residentMb ?? 0)} MB, ${last?.descriptors} descriptors, ${counts.acknowledged} acknowledged`;
}

/** received = stored + refused + dropped, as the server counts, and as its clients do. */
function checkAccounts(metrics: Metrics, load: Load, http: Tally, udp: Tally): string[] {
  const { sum } = metrics;
  const violations: string[] = [];
  const demand = (what: string, got: number, want: number): void => {
    if (got !== want) violations.push(`${what}: ${got}, not ${want}`);
  };
  const balance = checkBalance(metrics);
  if (balance !== null) violations.push(balance);
  const { acknowledged, refused, sent } = http.counts;
  demand('calls without an answer', sent, 0);
  demand('received over HTTP', sum('documents_received_total{channel="http"}'), acknowledged + refused);
  demand(
    'datagrams received or dropped by the kernel',
    sum('datagrams_received_total') + sum('udp_kernel_drops_total'),
    load.datagramCount(),
  );
  demand('received over UDP', sum('documents_received_total{channel="udp"}'), sum('datagrams_received_total'));
  demand('datagrams sent', load.datagramCount(), udp.counts.sent);
  const dropped = sum('documents_dropped_total');
  demand('stored', sum('documents_stored_total'), acknowledged + sum('datagrams_received_total') - dropped);
  demand('duplicates', sum('documents_duplicate_total'), 0);
  demand('traces in the store', sum('store_traces'), sum('documents_stored_total'));
  return violations;
}

function judge(samples: readonly Sample[], { minutes, isTimed }: { minutes: number; isTimed: boolean }): Report {
  const warm = samples.slice(Math.floor(samples.length * WARM_SHARE));
  const half = Math.floor(warm.length / 2);
  const descriptorsOf = (some: readonly Sample[]): number => Math.max(...some.map(({ descriptors }) => descriptors));
  const [early, late] = [descriptorsOf(warm.slice(0, half)), descriptorsOf(warm.slice(half))];
  const slope = slopePerHour(warm);
  const violations: string[] = [];
  if (late > early + DESCRIPTORS_MORE_MAX) violations.push(`descriptors grew from ${early} to ${late}`);
  if (isTimed && minutes >= SLOPE_MINUTES_MIN && slope > SLOPE_PER_HOUR_MAX)
    violations.push(`memory grows by ${(slope * 100).toFixed(1)} % an hour`);
  const sizes = warm.map(({ residentMb }) => residentMb);
  return {
    violations,
    figures: {
      residentMbMax: Math.round(Math.max(...sizes)),
      residentMbMedian: Math.round(quantile(sizes, 0.5)),
      growthPerHour: Number(slope.toFixed(4)),
      descriptorsEarly: early,
      descriptorsLate: late,
      healthP99Ms: Math.round(
        quantile(
          warm.map(({ healthMs }) => healthMs),
          0.99,
        ),
      ),
    },
  };
}
