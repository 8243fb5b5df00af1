import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEngine } from '../packages/store-clickhouse/src/testing/engine.ts';
import { startFaultProxy, type FaultProxy, type NetworkFault } from '../packages/testkit/src/fault-proxy.ts';
import { checkById, checkGraph, checkLists } from './audit.ts';
import { checkBalance, readMetrics, settle } from './balance.ts';
import { openClient, type Client } from './client.ts';
import { startDaemon, type Daemon } from './daemon.ts';
import { Ledger } from './ledger.ts';
import { createRandom, type Random } from './random.ts';
import type { Report, ScenarioOptions } from './report.ts';
import { startLoad } from './sender.ts';
import { makeFolder, removeFolder, startServer, type Server } from './server.ts';

/** Scenarios that share processes, before everything they were sent is audited. */
const SCENARIOS_A_STACK = 20;
const HTTP_PER_SECOND = 400;
const UDP_PER_SECOND = 200;
const DOCUMENTS_A_CALL = 10;
const CALLS_AT_ONCE = 4;
/** What got no answer, or was refused, is sent again after so long, as it was. */
const RETRY_MS = 40;
const FAULT_MS_MIN = 200;
const FAULT_MS_MAX = 900;
/** Longer than the daemon waits for an answer. */
const LONG_SILENCE_MS = 2_600;
const LONG_SILENCE_SHARE = 0.05;
const CALM_MS_MAX = 200;
/** Looked at one by one; lists and graph hold all of them. */
const LOOKED_UP_COUNT = 200;
/** The daemon waits for up to 30 s between tries after a long absence; these are short. */
const DAEMON_MS_MAX = 60_000;

/**
 * R9: client → server, daemon → server and server → ClickHouse each go through a proxy that delays, cuts, resets, slices, keeps silent
 * or is away, as the seed says. What was acknowledged, and what the daemon was given, is there in the end: once, and as it was sent.
 */
export async function runNetworkFaults({ seed, cycles, tell }: ScenarioOptions): Promise<Report> {
  const violations: string[] = [];
  const totals = { scenarios: 0, acknowledged: 0, unanswered: 0, throughDaemon: 0, broken: 0, stored: 0 };
  for (let done = 0; done < cycles; done += SCENARIOS_A_STACK) {
    const scenarios = Math.min(SCENARIOS_A_STACK, cycles - done);
    const found = await runStack(seed + done, scenarios);
    violations.push(...found.violations.map((violation) => `seed ${seed + done}: ${violation}`));
    totals.scenarios += scenarios;
    totals.acknowledged += found.acknowledged;
    totals.unanswered += found.unanswered;
    totals.throughDaemon += found.throughDaemon;
    totals.broken += found.broken;
    totals.stored += found.stored;
    tell(`${totals.scenarios} scenarios, ${JSON.stringify(found)}`);
  }
  return { violations, figures: totals };
}

interface Found {
  readonly violations: readonly string[];
  readonly acknowledged: number;
  /** Calls that ended without an answer. */
  readonly unanswered: number;
  readonly throughDaemon: number;
  /** Connections that faults ended. */
  readonly broken: number;
  readonly stored: number;
  /** From the last fault to the end of the senders, and until everything was stored. */
  readonly stopMs: number;
  readonly settleMs: number;
  readonly auditMs: number;
}

async function runStack(seed: number, scenarios: number): Promise<Found> {
  const folder = makeFolder();
  const closers: (() => unknown)[] = [() => removeFolder(folder)];
  async function proxyTo(target: string): Promise<FaultProxy> {
    const proxy = await startFaultProxy(target);
    closers.push(() => proxy[Symbol.asyncDispose]());
    return proxy;
  }
  try {
    const engine = await startEngine();
    closers.push(() => engine[Symbol.asyncDispose]());
    const toStore = await proxyTo(new URL(engine.url).host);
    const credentials = join(folder, 'credentials.yaml');
    writeFileSync(credentials, JSON.stringify(engine.credentials), { mode: 0o600 });
    const store = ['--store-url', `http://${toStore.address}/network`, '--store-credentials', credentials];
    const server = await startServer({ dataDir: join(folder, 'data'), flags: store });
    closers.push(() => server.stop('SIGKILL'));
    const toServer = await proxyTo(server.http);
    const fromDaemon = await proxyTo(server.http);
    const daemon = await startDaemon({ endpoint: `http://${fromDaemon.address}`, spool: join(folder, 'spool') });
    closers.push(() => daemon.stop());
    return await runLoad({ seed, scenarios, links: [toServer, fromDaemon, toStore], server, daemon });
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

interface Stack {
  readonly seed: number;
  readonly scenarios: number;
  readonly links: readonly [toServer: FaultProxy, fromDaemon: FaultProxy, toStore: FaultProxy];
  readonly server: Server;
  readonly daemon: Daemon;
}

async function runLoad({ seed, scenarios, links, server, daemon }: Stack): Promise<Found> {
  const random = createRandom(seed);
  const http = new Ledger(seed * 2);
  const udp = new Ledger(seed * 2 + 1);
  const from = Date.now() / 1_000 - 2;
  const load = startLoad({
    server: { http: links[0].address, udp: daemon.udp },
    http,
    udp,
    httpPerSecond: HTTP_PER_SECOND,
    udpPerSecond: UDP_PER_SECOND,
    documentsACall: DOCUMENTS_A_CALL,
    callsAtOnce: CALLS_AT_ONCE,
    retryMs: RETRY_MS,
  });
  for (let scenario = 0; scenario < scenarios; scenario += 1) await runScenario(links, random);
  const healedMs = performance.now();
  await load.stop();
  const stoppedMs = performance.now();
  // A datagram is acknowledged by nobody; one that the kernel had room for is the daemon's to bring.
  udp.settle(
    Array.from({ length: udp.count }, (_, number) => number),
    'acknowledged',
  );
  const client = openClient(server.http, 8);
  try {
    await untilDaemonHasSent(client, http, udp);
    const balance = checkBalance(await settle(client));
    const settledMs = performance.now();
    const range = { from, to: Date.now() / 1_000 };
    const listed = await checkLists(client, [http, udp], range);
    const graph = await checkGraph(client, listed, range);
    const byId = [
      ...(await checkById(client, http, http.acknowledgedFrom(0).slice(-LOOKED_UP_COUNT))),
      ...(await checkById(client, udp, udp.acknowledgedFrom(0).slice(-LOOKED_UP_COUNT))),
    ];
    return {
      violations: [...load.complaints, ...(balance === null ? [] : [balance]), ...listed.violations, ...graph, ...byId],
      acknowledged: http.counts.acknowledged,
      unanswered: load.answers.get(0) ?? 0,
      throughDaemon: udp.count,
      broken: links.reduce((sum, link) => sum + link.brokenCount(), 0),
      stored: listed.count,
      stopMs: Math.round(stoppedMs - healedMs),
      settleMs: Math.round(settledMs - stoppedMs),
      auditMs: Math.round(performance.now() - settledMs),
    };
  } finally {
    client.close();
  }
}

async function runScenario(links: readonly FaultProxy[], random: Random): Promise<void> {
  const isLong = random() < LONG_SILENCE_SHARE;
  const sure = Math.floor(random() * links.length);
  links.forEach((link, at) => {
    const fault = drawFault(random);
    const toward = random() < 0.5 ? 'server' : 'client';
    if (at === sure) link.set(isLong ? { kind: 'silence', toward } : fault);
    else if (random() < 0.4) link.set(fault);
  });
  await sleep(isLong ? LONG_SILENCE_MS : FAULT_MS_MIN + random() * (FAULT_MS_MAX - FAULT_MS_MIN));
  for (const link of links) link.set(null);
  await sleep(random() * CALM_MS_MAX);
}

function drawFault(random: Random): NetworkFault {
  const toward = random() < 0.5 ? 'server' : 'client';
  // Within headers, within bodies, between calls.
  const afterBytes = Math.floor(10 ** (random() * 5));
  const kind = random();
  if (kind < 0.15) return { kind: 'latency', ms: 5 + random() * 250 };
  if (kind < 0.35) return { kind: 'cut', toward, afterBytes };
  if (kind < 0.55) return { kind: 'reset', toward, afterBytes };
  if (kind < 0.7) return { kind: 'slice', bytes: 1 + Math.floor(random() * 700) };
  if (kind < 0.9) return { kind: 'silence', toward };
  return { kind: 'away' };
}

/** All that both channels had acknowledged has arrived at the server, sent twice or not. */
async function untilDaemonHasSent(client: Client, http: Ledger, udp: Ledger): Promise<void> {
  const untilMs = performance.now() + DAEMON_MS_MAX;
  const wanted = http.counts.acknowledged + udp.count;
  for (;;) {
    const { sum } = await readMetrics(client);
    const distinct = sum('documents_stored_total') + sum('waiting_documents') + sum('backlog_documents');
    if (distinct >= wanted) return;
    // What is missing then, the audit names.
    if (performance.now() > untilMs) return;
    await sleep(100);
  }
}
