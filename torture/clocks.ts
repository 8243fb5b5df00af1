import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shorten } from './audit.ts';
import { checkBalance, settle } from './balance.ts';
import { openClient, type Client } from './client.ts';
import { createRandom, type Random } from './random.ts';
import type { Report, ScenarioOptions } from './report.ts';
import { makeFolder, removeFolder, startServer } from './server.ts';

const CASES_A_CALL = 50;
/** The server's clock is set anew after so many calls. */
const CALLS_A_STEP = 4;
const DAY = 86_400;
const PAST_MAX = 30 * DAY;
const FUTURE_MAX = 2 * 3_600;
/** Close to a limit either answer is right: the server looks at its clock later than we at ours. */
const EDGE = 60;
/** The server's clock is stepped by writing to a file, which this preload looks at. */
const PRELOAD = (file: string): string => `
import { readFileSync } from 'node:fs';
const real = Date.now.bind(Date);
let offset = 0;
setInterval(() => { offset = Number(readFileSync(${JSON.stringify(file)}, 'utf8')) || 0; }, 5).unref();
Date.now = () => real() + offset;
`;
const STEP_SEEN_MS = 60;
const STEPS_SECONDS: readonly number[] = [0, -3_600, 3_600, -DAY, DAY, -10, 10, -29 * DAY, 7 * DAY];

/** R8: documents with every kind of time, sent to a server whose own clock steps back and forth. */
export async function runClocks({ seed, cycles, tell }: ScenarioOptions): Promise<Report> {
  const random = createRandom(seed);
  const dataDir = makeFolder();
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-clock-'));
  const clock = join(folder, 'offset-ms');
  const preload = join(folder, 'preload.mjs');
  writeFileSync(clock, '0');
  writeFileSync(preload, PRELOAD(clock));
  const server = await startServer({ dataDir, environment: { NODE_OPTIONS: `--import=${preload}` } });
  const client = openClient(server.http, 4);
  const cases: Case[] = [];
  const violations: string[] = [];
  try {
    let offset = 0;
    for (let call = 0; cases.length < cycles; call++) {
      if (call % CALLS_A_STEP === 0) {
        offset = STEPS_SECONDS[Math.floor(random() * STEPS_SECONDS.length)] ?? 0;
        writeFileSync(clock, String(offset * 1_000));
        await new Promise((resolve) => setTimeout(resolve, STEP_SEEN_MS));
      }
      const now = Date.now() / 1_000 + offset;
      const count = Math.min(CASES_A_CALL, cycles - cases.length);
      const some = Array.from({ length: count }, (_, at) => makeCase(random, cases.length + at, now));
      cases.push(...some);
      violations.push(...(await send(client, some)));
    }
    writeFileSync(clock, '0');
    const balance = checkBalance(await settle(client));
    violations.push(...(balance === null ? [] : [balance]), ...(await checkKept(client, cases)));
    if (server.hasEnded()) violations.push('the server has ended');
  } finally {
    client.close();
    await server.stop('SIGKILL');
    removeFolder(dataDir);
    rmSync(folder, { recursive: true, force: true });
  }
  const kept = cases.filter(({ isKept }) => isKept).length;
  tell(`${cases.length} cases, ${kept} kept`);
  return { violations: shorten(violations), figures: { cases: cases.length, kept, refused: cases.length - kept } };
}

interface Case {
  readonly kind: string;
  readonly traceId: string;
  readonly id: string;
  /** A document as text: some values cannot be written by a JSON printer. */
  readonly text: string;
  /** What must become of it; undefined where both answers are right. */
  readonly wanted: 'kept' | 'refused' | undefined;
  isKept: boolean;
}

/** JSON text of a time, and whether it is one that must be taken as a start. */
type TimeKind = readonly [kind: string, make: (random: Random, now: number) => number | string];

const STARTS: readonly TimeKind[] = [
  ['now', (random, now) => now - random()],
  ['within 30 days', (random, now) => now - random() * PAST_MAX],
  ['older', (random, now) => now - PAST_MAX - random() * 300 * DAY],
  ['up to 7 days ahead', (random, now) => now + random() * 7 * DAY],
  ['within 2 hours ahead', (random, now) => now + random() * FUTURE_MAX],
  ['zero', () => 0],
  ['negative', (random, now) => -random() * now],
  ['milliseconds', (_random, now) => Math.round(now * 1_000)],
  ['nanoseconds', (_random, now) => `${Math.round(now)}000000000`],
  ['overflow', () => '1e999'],
  ['huge', () => '9007199254740993'],
  ['tiny', () => '5e-324'],
  ['NaN', () => 'NaN'],
  ['Infinity', () => '-Infinity'],
  ['NaN as text', () => '"NaN"'],
  ['null', () => 'null'],
  ['a list', () => '[1]'],
  ['many digits', (random, now) => `${Math.floor(now)}.${'123456789'.repeat(1 + Math.floor(random() * 9))}`],
];

const ENDS: readonly TimeKind[] = [
  ['after', (random) => random() * 10],
  ['same', () => 0],
  ['before', (random) => -random() * 1_000],
  ['a day after', () => DAY],
  ['30 days after', () => 30 * DAY],
  ['far after', () => 1e12],
  ['in progress', () => 'in_progress'],
  ['missing', () => 'missing'],
  ['NaN as text', () => '"NaN"'],
  ['overflow', () => '1e999'],
];

function makeCase(random: Random, number: number, now: number): Case {
  // Half of all have a start that may be kept, or hardly any end would matter.
  const starts = random() < 0.5 ? STARTS.slice(0, 5) : STARTS;
  const [startKind, makeStart] = starts[Math.floor(random() * starts.length)] ?? STARTS[0] ?? NONE;
  const [endKind, makeEnd] = ENDS[Math.floor(random() * ENDS.length)] ?? NONE;
  const start = makeStart(random, now);
  const end = makeEnd(random, now);
  const traceId = `1-00000000-${(number + 1).toString(16).padStart(24, '0')}`;
  const id = (number + 1).toString(16).padStart(16, '0');
  const endText = printEnd(start, end);
  const text = `{"trace_id":"${traceId}","id":"${id}","name":"clock-${number % 7}","start_time":${start}${endText}}`;
  return {
    kind: `start ${startKind}, end ${endKind}`,
    traceId,
    id,
    text,
    wanted: wantedOf(start, end, now),
    isKept: false,
  };
}

const NONE: TimeKind = ['none', () => 0];

function printEnd(start: number | string, end: number | string): string {
  if (end === 'in_progress') return ',"in_progress":true';
  if (end === 'missing') return '';
  if (typeof end === 'string') return `,"end_time":${end}`;
  return `,"end_time":${typeof start === 'number' ? start + end : end}`;
}

function wantedOf(start: number | string, end: number | string, now: number): Case['wanted'] {
  const seconds = Number(start);
  if (!Number.isFinite(seconds)) return 'refused';
  const [age, ahead] = [now - seconds, seconds - now];
  if (age > PAST_MAX + EDGE || ahead > FUTURE_MAX + EDGE) return 'refused';
  if (end === 'missing' || end === '"NaN"') return 'refused';
  // A number too large for JSON's readers, and limits that are passed between two looks at a clock.
  if (end === '1e999' || age > PAST_MAX - EDGE || ahead > FUTURE_MAX - EDGE) return undefined;
  return 'kept';
}

async function send(client: Client, cases: readonly Case[]): Promise<string[]> {
  const violations: string[] = [];
  const input = { TraceSegmentDocuments: cases.map(({ text }) => text) };
  const { UnprocessedTraceSegments: refusals } = await client.call<{
    UnprocessedTraceSegments: readonly { Id?: string; ErrorCode: string; Message: string }[];
  }>('/TraceSegments', input);
  const refusedIds = new Map(refusals.map(({ Id, ErrorCode }) => [Id, ErrorCode]));
  // What is no JSON has no id that could be told.
  let unnamed = refusals.filter(({ Id }) => Id === undefined).length;
  for (const one of cases) {
    const isNamed = refusedIds.has(one.id);
    const isUnnamed = !isNamed && /NaN|Infinity/.test(one.text) && unnamed > 0;
    if (isUnnamed) unnamed--;
    one.isKept = !isNamed && !isUnnamed;
    if (one.wanted !== undefined && one.isKept !== (one.wanted === 'kept'))
      violations.push(`${one.kind}: must be ${one.wanted}: ${one.text} ${refusedIds.get(one.id) ?? ''}`);
  }
  if (unnamed > 0) violations.push(`${unnamed} refusals belong to no document`);
  return violations;
}

interface Summary {
  readonly Id: string;
  readonly Duration?: number;
  readonly ResponseTime?: number;
}

/** All that was kept is listed once, with times that make sense; its document is found; the graph counts it. */
async function checkKept(client: Client, cases: readonly Case[]): Promise<string[]> {
  const violations: string[] = [];
  const all = { StartTime: 0, EndTime: 9_000_000_000 };
  const listed = new Map<string, number>();
  let NextToken: string | undefined;
  do {
    const page: { TraceSummaries: readonly Summary[]; NextToken?: string } = await client.call('/TraceSummaries', {
      ...all,
      ...(NextToken !== undefined && { NextToken }),
    });
    for (const { Id, Duration = 0, ResponseTime = 0 } of page.TraceSummaries) {
      listed.set(Id, (listed.get(Id) ?? 0) + 1);
      if (!(Duration >= 0 && ResponseTime >= 0)) violations.push(`${Id} took ${Duration} s, ${ResponseTime} s`);
    }
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  for (const { kind, traceId, text, isKept } of cases) {
    const times = listed.get(traceId) ?? 0;
    if (times !== (isKept ? 1 : 0)) violations.push(`${kind}: listed ${times} times: ${text}`);
  }
  violations.push(...(await checkDocuments(client, cases)));
  const kept = cases.filter(({ isKept }) => isKept).length;
  const graph = await client.call<{ Services: readonly GraphNode[] }>('/ServiceGraph', all);
  const counted = graph.Services.filter(({ Type }) => Type !== 'client').map(
    ({ SummaryStatistics }) => SummaryStatistics,
  );
  const total = counted.reduce((sum, node) => sum + (node?.TotalCount ?? 0), 0);
  // What is in progress has no outcome yet.
  const inProgress = cases.filter(({ isKept, text }) => isKept && text.includes('in_progress')).length;
  if (total !== kept && total !== kept - inProgress)
    violations.push(`graph: ${total} of ${kept}, ${inProgress} in progress`);
  if (counted.some((node) => !((node?.TotalResponseTime ?? 0) >= 0))) violations.push('graph: a time below zero');
  return violations;
}

interface GraphNode {
  readonly Type?: string;
  readonly SummaryStatistics?: { readonly TotalCount: number; readonly TotalResponseTime: number };
}

async function checkDocuments(client: Client, cases: readonly Case[]): Promise<string[]> {
  const violations: string[] = [];
  for (let at = 0; at < cases.length; at += 5) {
    const some = cases.slice(at, at + 5);
    const { Traces } = await client.call<{
      Traces: readonly { Id: string; Segments: readonly { Document: string }[] }[];
    }>('/Traces', { TraceIds: some.map(({ traceId }) => traceId) });
    for (const { kind, traceId, isKept } of some) {
      const found = Traces.find(({ Id }) => Id === traceId);
      if ((found !== undefined) !== isKept) violations.push(`${kind}: ${traceId} found: ${found !== undefined}`);
      const document: { start_time?: number; end_time?: number } = JSON.parse(found?.Segments[0]?.Document ?? '{}');
      const { start_time: start = 0, end_time: end = start } = document;
      if (!(start >= 0 && end >= start)) violations.push(`${kind}: ${traceId} is from ${start} to ${end}`);
    }
  }
  return violations;
}
