import { setTimeout as sleep } from 'node:timers/promises';
import { checkById, checkGraph, checkLists, type Range } from './audit.ts';
import { checkBalance, settle } from './balance.ts';
import { openClient } from './client.ts';
import { SPANS_A_DOCUMENT } from './document.ts';
import { Ledger } from './ledger.ts';
import { createRandom, type Random } from './random.ts';
import type { Report, ScenarioOptions } from './report.ts';
import { startLoad } from './sender.ts';
import { makeFolder, removeFolder, startServer, type Server } from './server.ts';

const SPANS_PER_SECOND = 10_000;
const UDP_SHARE = 0.2;
const DOCUMENTS_A_CALL = 25;
/** Lives that share a data folder, before everything in it is audited. */
const LIVES_A_FOLDER = 20;
/** Kills come this early after the start at least, and this late at most. */
const LIFE_MS_MIN = 50;
const LIFE_MS_MAX = 1_800;
/** The last ones before the kill are the ones at risk; of the others this many are looked at in each life. */
const AT_RISK_COUNT = 150;
const SAMPLE_COUNT = 50;
/** A lookup costs the client and the server some milliseconds: at the end of a folder this many are made, while lists hold all. */
const AUDITED_BY_ID_COUNT = 2_000;
/** A journal this small makes the store flush every second or two, so that kills come in the midst of that too. */
const SMALL_JOURNAL = ['--journal-size', '16MiB'];
const READY_MS_MAX = 10_000;

/** R1: kill -9 at a random moment under load, again and again in the same folder. */
export async function runKills({ seed, cycles, isTimed, tell }: ScenarioOptions): Promise<Report> {
  const violations: string[] = [];
  const totals = { kills: 0, acknowledged: 0, stored: 0, refused: 0, slowestReadyMs: 0 };
  for (let done = 0; done < cycles; done += LIVES_A_FOLDER) {
    const folder = await runFolder(seed + done, Math.min(LIVES_A_FOLDER, cycles - done));
    violations.push(...folder.violations.map((violation) => `seed ${seed + done}: ${violation}`));
    totals.kills += folder.lives;
    totals.acknowledged += folder.acknowledged;
    totals.refused += folder.refused;
    totals.stored += folder.stored;
    totals.slowestReadyMs = Math.max(totals.slowestReadyMs, Math.round(folder.slowestReadyMs));
    tell(`${totals.kills} kills, ${totals.acknowledged} acknowledged, ${violations.length} violations`);
  }
  if (isTimed && totals.slowestReadyMs > READY_MS_MAX) violations.push(`ready after ${totals.slowestReadyMs} ms`);
  return { violations, figures: totals };
}

interface FolderResult {
  readonly violations: readonly string[];
  readonly lives: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly stored: number;
  readonly slowestReadyMs: number;
}

async function runFolder(seed: number, lives: number): Promise<FolderResult> {
  const random = createRandom(seed);
  const dataDir = makeFolder();
  const http = new Ledger(seed * 2);
  const udp = new Ledger(seed * 2 + 1);
  const violations: string[] = [];
  const range = { from: Date.now() / 1_000 - 2, to: 0 };
  let slowestReadyMs = 0;
  let numbersBefore = 0;
  try {
    for (let life = 0; life < lives; life++) {
      const server = await startServer({ dataDir, flags: random() < 0.6 ? SMALL_JOURNAL : [] });
      slowestReadyMs = Math.max(slowestReadyMs, server.readyMs);
      const plan = { lifeMs: LIFE_MS_MIN + random() * (LIFE_MS_MAX - LIFE_MS_MIN), isChecked: random() < 0.5 };
      const numbers = plan.isChecked ? pickNumbers(http, numbersBefore, random) : [];
      numbersBefore = http.count;
      const found = await live({ server, http, udp, numbers, lifeMs: plan.lifeMs });
      violations.push(...found.map((violation) => `life ${life}: ${violation}`));
    }
    const server = await startServer({ dataDir });
    slowestReadyMs = Math.max(slowestReadyMs, server.readyMs);
    try {
      const audited = await audit(server, [http, udp], { ...range, to: Date.now() / 1_000 }, random);
      violations.push(...audited.violations);
      const { acknowledged, refused } = http.counts;
      return { violations, lives, acknowledged, refused, stored: audited.count, slowestReadyMs };
    } finally {
      await server.stop('SIGKILL');
    }
  } finally {
    removeFolder(dataDir);
  }
}

/** The acknowledged ones that came last, and some of those before. */
function pickNumbers(ledger: Ledger, from: number, random: Random): number[] {
  const atRisk = ledger.acknowledgedFrom(from).slice(-AT_RISK_COUNT);
  return [...new Set([...atRisk, ...sample(ledger.acknowledgedFrom(0), SAMPLE_COUNT, random)])];
}

function sample(numbers: readonly number[], count: number, random: Random): number[] {
  if (numbers.length <= count) return [...numbers];
  return Array.from({ length: count }, () => numbers[Math.floor(random() * numbers.length)] ?? 0);
}

interface Life {
  readonly server: Server;
  readonly http: Ledger;
  readonly udp: Ledger;
  /** Looked for before the load begins; without any, the load begins while the last life's rest is still being stored. */
  readonly numbers: readonly number[];
  readonly lifeMs: number;
}

async function live({ server, http, udp, numbers, lifeMs }: Life): Promise<readonly string[]> {
  const violations: string[] = [];
  try {
    if (numbers.length > 0) violations.push(...(await checkEarlier(server, http, numbers)));
    const documentsPerSecond = SPANS_PER_SECOND / SPANS_A_DOCUMENT;
    const load = startLoad({
      server,
      http,
      udp,
      httpPerSecond: documentsPerSecond * (1 - UDP_SHARE),
      udpPerSecond: documentsPerSecond * UDP_SHARE,
      documentsACall: DOCUMENTS_A_CALL,
      callsAtOnce: 4,
    });
    await sleep(lifeMs);
    await server.stop('SIGKILL');
    await load.stop();
    violations.push(...load.complaints);
  } finally {
    await server.stop('SIGKILL');
  }
  return violations;
}

async function checkEarlier(server: Server, ledger: Ledger, numbers: readonly number[]): Promise<string[]> {
  const client = openClient(server.http, 8);
  try {
    const balance = checkBalance(await settle(client));
    return [...(balance === null ? [] : [balance]), ...(await checkById(client, ledger, numbers))];
  } finally {
    client.close();
  }
}

/** Everything there is, by list and by graph, and much of it by id. */
async function audit(
  server: Server,
  ledgers: readonly [http: Ledger, udp: Ledger],
  range: Range,
  random: Random,
): Promise<{ violations: string[]; count: number }> {
  const [http] = ledgers;
  const client = openClient(server.http, 8);
  try {
    const balance = checkBalance(await settle(client));
    const listed = await checkLists(client, ledgers, range);
    const graph = await checkGraph(client, listed, range);
    const byId = await checkById(client, http, sample(http.acknowledgedFrom(0), AUDITED_BY_ID_COUNT, random));
    const violations = [...(balance === null ? [] : [balance]), ...listed.violations, ...graph, ...byId];
    return { violations, count: listed.count };
  } finally {
    client.close();
  }
}
