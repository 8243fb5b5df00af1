import { setTimeout as sleep } from 'node:timers/promises';
import { checkById, checkGraph, checkLists, shorten, type Range } from './audit.ts';
import { checkBalance, settle } from './balance.ts';
import { openClient, type Client } from './client.ts';
import { Ledger } from './ledger.ts';
import type { Report, ScenarioOptions } from './report.ts';
import { startLoad, type Load } from './sender.ts';
import { startServer, type Server } from './server.ts';
import { openSmallDisk, type SmallDisk } from './small-disk.ts';

/** Room for what is written before and after, with the store's own files. */
const DISK_MB = 192;
/** At a quarter of this the store is told to flush: about when the disk fills, so that this fails too. */
const FLAGS: readonly string[] = ['--journal-size', '16MiB'];
const LOAD = { httpPerSecond: 1_000, udpPerSecond: 100, documentsACall: 25, callsAtOnce: 4, retryMs: 100 };
/** Before it fills, and after it has room again. */
const SOUND_MS = 5_000;
const READ_EVERY_MS = 500;
const RESUME_MS_MAX = 60_000;
const LOOKED_UP_COUNT = 500;
const OUTPUT_SHOWN_CHARS = 2_000;

/** R5: the disk fills up to its last byte under load, stays full, and has room again. */
export async function runDiskFull({ seed, minutes, tell }: ScenarioOptions): Promise<Report> {
  const disk = await openSmallDisk(DISK_MB);
  const http = new Ledger(seed * 2);
  const udp = new Ledger(seed * 2 + 1);
  const violations: string[] = [];
  let server = await startServer({ ...disk, flags: FLAGS });
  try {
    const from = Date.now() / 1_000 - 2;
    const load = startLoad({ server, http, udp, ...LOAD });
    const run = { disk, server, load, http, fullMs: minutes * 60_000 };
    const figures = await fillAndEmpty(run, violations);
    await load.stop();
    violations.push(...load.complaints);
    const ledgers: readonly Ledger[] = [http, udp];
    const range = { from, to: Date.now() / 1_000 };
    violations.push(...(await audit(server, ledgers, range)));
    await server.stop('SIGKILL');
    server = await startServer({ ...disk, flags: FLAGS });
    violations.push(...(await audit(server, ledgers, range)).map((violation) => `after a restart: ${violation}`));
    tell(JSON.stringify(figures));
    return { violations: shorten(violations), figures: { disk: disk.kind, ...figures } };
  } finally {
    await server.stop('SIGKILL');
    await disk.close();
  }
}

interface Run {
  readonly disk: SmallDisk;
  readonly server: Server;
  readonly load: Load;
  readonly http: Ledger;
  readonly fullMs: number;
}

async function fillAndEmpty(run: Run, violations: string[]): Promise<Record<string, number>> {
  const { disk, server, load, http, fullMs } = run;
  const client = openClient(server.http, 4);
  try {
    await sleep(SOUND_MS);
    const before = { acknowledged: http.counts.acknowledged, unavailable: refusedCount(load) };
    if (before.acknowledged === 0) violations.push('nothing was acknowledged before the disk was full');
    disk.fill(server.pid);
    const reads = await readWhileFull(client, http, fullMs, violations);
    const during = { acknowledged: http.counts.acknowledged, unavailable: refusedCount(load) };
    if (during.unavailable === before.unavailable) violations.push('nothing was refused while the disk was full');
    if (reads.degradedCount === 0) violations.push('health said nothing of a full disk');
    disk.empty(server.pid);
    const resumedMs = await waitFor(() => http.counts.acknowledged > during.acknowledged, RESUME_MS_MAX);
    if (resumedMs === null)
      violations.push(`did not resume within ${RESUME_MS_MAX} ms: ${server.output().slice(-OUTPUT_SHOWN_CHARS)}`);
    await sleep(SOUND_MS);
    const healthMs = await waitFor(() => isHealthy(client), RESUME_MS_MAX);
    if (healthMs === null) violations.push('health did not recover');
    return {
      acknowledgedBefore: before.acknowledged,
      acknowledgedWhileFull: during.acknowledged - before.acknowledged,
      acknowledgedAfter: http.counts.acknowledged - during.acknowledged,
      callsRefused: during.unavailable - before.unavailable,
      readsWhileFull: reads.readCount,
      resumedMs: Math.round(resumedMs ?? -1),
    };
  } finally {
    client.close();
  }
}

function refusedCount({ answers }: Load): number {
  return (answers.get(503) ?? 0) + (answers.get(429) ?? 0);
}

/** Reads go on: what was acknowledged before is found by id, lists and graph answer. */
async function readWhileFull(
  client: Client,
  http: Ledger,
  fullMs: number,
  violations: string[],
): Promise<{ readCount: number; degradedCount: number }> {
  // What came in the last moments may not be visible yet.
  const early = http.acknowledgedFrom(0).slice(0, 50);
  const untilMs = performance.now() + fullMs;
  let readCount = 0;
  let degradedCount = 0;
  while (performance.now() < untilMs) {
    try {
      violations.push(...(await checkById(client, http, early)));
      const now = Date.now() / 1_000;
      await client.call('/TraceSummaries', { StartTime: now - 3_600, EndTime: now });
      await client.call('/ServiceGraph', { StartTime: now - 3_600, EndTime: now });
    } catch (error) {
      violations.push(`a read failed: ${String(error)}`);
    }
    if (!(await isHealthy(client))) degradedCount++;
    readCount++;
    await sleep(READ_EVERY_MS);
  }
  return { readCount, degradedCount };
}

async function isHealthy(client: Client): Promise<boolean> {
  const { text } = await client.send('GET', '/healthz');
  return text.includes('"status":"ok"');
}

/** How long it took; null when it did not come. */
async function waitFor(isDone: () => boolean | Promise<boolean>, msMax: number): Promise<number | null> {
  const startedMs = performance.now();
  while (!(await isDone())) {
    if (performance.now() - startedMs > msMax) return null;
    await sleep(50);
  }
  return performance.now() - startedMs;
}

async function audit(server: Server, ledgers: readonly Ledger[], range: Range): Promise<string[]> {
  const client = openClient(server.http, 8);
  try {
    let balance: string | null;
    try {
      balance = checkBalance(await settle(client));
    } catch (error) {
      return [`the store does not catch up: ${String(error)}: ${server.output().slice(-OUTPUT_SHOWN_CHARS)}`];
    }
    const listed = await checkLists(client, ledgers, range);
    const graph = await checkGraph(client, listed, range);
    const byId: string[] = [];
    for (const ledger of ledgers)
      byId.push(...(await checkById(client, ledger, ledger.acknowledgedFrom(0).slice(-LOOKED_UP_COUNT))));
    return [...(balance === null ? [] : [balance]), ...listed.violations, ...graph, ...byId];
  } finally {
    client.close();
  }
}
