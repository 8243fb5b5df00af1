import { isDeepStrictEqual } from 'node:util';
import type { Client } from './client.ts';
import { makeDocument, numberOf, serviceOf, SERVICES } from './document.ts';
import type { Ledger } from './ledger.ts';

const IDS_A_CALL = 5;
const CALLS_AT_ONCE = 8;
/** Segments that the answer adds: what the two calls of a document lead to. */
const INFERRED_COUNT = 2;
/** A report with ten thousand lines says no more than one with some. */
const VIOLATIONS_SHOWN_MAX = 20;
/** Lists are asked for in stretches, so that no query is unbounded. */
const STRETCH_SECONDS = 10;

interface Trace {
  readonly Id: string;
  readonly Segments: readonly { readonly Id: string; readonly Document: string }[];
}

/** Every one of these documents, acknowledged ones, is found by its trace id: once, and as it was sent. */
export async function checkById(client: Client, ledger: Ledger, numbers: readonly number[]): Promise<string[]> {
  const violations: string[] = [];
  let at = 0;

  async function run(): Promise<void> {
    while (at < numbers.length) {
      const keys = numbers.slice(at, (at += IDS_A_CALL)).map((number) => ledger.keyOf(number));
      const texts = new Map(keys.map((key) => makeDocument(key)).map((text) => [idIn(text), text]));
      const { Traces } = await client.call<{ Traces: readonly Trace[] }>('/Traces', { TraceIds: [...texts.keys()] });
      for (const [id, text] of texts)
        violations.push(
          ...compare(
            id,
            text,
            Traces.filter(({ Id }) => Id === id),
          ),
        );
    }
  }

  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, run));
  return shorten(violations);
}

function compare(id: string, text: string, traces: readonly Trace[]): string[] {
  const [trace] = traces;
  if (trace === undefined) return [`lost: ${id} was acknowledged and is not found by its id`];
  const documents = trace.Segments.map(({ Document }): { inferred?: boolean } => JSON.parse(Document));
  const sent = documents.filter(({ inferred }) => inferred !== true);
  if (traces.length !== 1 || sent.length !== 1 || documents.length !== 1 + INFERRED_COUNT)
    return [`${id} came ${traces.length} times, with ${sent.length} segments of ${documents.length}`];
  return isDeepStrictEqual(sent[0], JSON.parse(text)) ? [] : [`${id} is not what was sent: ${JSON.stringify(sent)}`];
}

function idIn(text: string): string {
  return /"trace_id":"([^"]+)"/.exec(text)?.[1] ?? '';
}

export interface Listed {
  readonly violations: readonly string[];
  /** Of all ledgers together, how many documents of each service are in the store. */
  readonly byService: ReadonlyMap<string, number>;
  readonly count: number;
}

/** The list of all traces: every acknowledged one once, nothing that was not sent, nothing twice. */
export async function checkLists(client: Client, ledgers: readonly Ledger[], range: Range): Promise<Listed> {
  const violations: string[] = [];
  const found = new Map(ledgers.map((ledger) => [ledger, new Set<number>()]));
  const byService = new Map<string, number>();
  let count = 0;
  for await (const id of listTraceIds(client, range)) {
    const ledger = ledgers.find(({ seed }) => numberOf(id, seed) !== null);
    const number = ledger === undefined ? null : numberOf(id, ledger.seed);
    if (ledger === undefined || number === null || ledger.fateOf(number) === undefined) {
      violations.push(`invented: ${id} was never sent`);
      continue;
    }
    const numbers = found.get(ledger);
    if (numbers?.has(number)) violations.push(`${id} is listed twice`);
    numbers?.add(number);
    count++;
    const service = serviceOf({ seed: ledger.seed, number });
    byService.set(service, (byService.get(service) ?? 0) + 1);
  }
  for (const [ledger, numbers] of found) {
    for (const number of ledger.acknowledgedFrom(0)) {
      if (!numbers.has(number))
        violations.push(`lost: ${number} of seed ${ledger.seed} was acknowledged and is not listed`);
    }
  }
  return { violations: shorten(violations), byService, count };
}

/** Seconds since 1970, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

async function* listTraceIds(client: Client, { from, to }: Range): AsyncGenerator<string> {
  for (let start = Math.floor(from); start <= to; start += STRETCH_SECONDS) {
    let NextToken: string | undefined;
    do {
      const page: { TraceSummaries: readonly { Id: string }[]; NextToken?: string } = await client.call(
        '/TraceSummaries',
        { StartTime: start, EndTime: start + STRETCH_SECONDS, ...(NextToken !== undefined && { NextToken }) },
      );
      for (const { Id } of page.TraceSummaries) yield Id;
      ({ NextToken } = page);
    } while (NextToken !== undefined);
  }
}

interface GraphNode {
  readonly ReferenceId: number;
  readonly Name: string;
  readonly Type?: string;
  readonly State: string;
  readonly Edges: readonly {
    readonly ReferenceId: number;
    readonly SummaryStatistics: { readonly TotalCount: number };
  }[];
  readonly SummaryStatistics?: { readonly TotalCount: number };
}

/** How many documents the service graph counts: each is a call from a client. */
export async function countInGraph(client: Client, range: Range): Promise<number> {
  let count = 0;
  for (const { Type, Edges } of await readGraph(client, range)) {
    if (Type === 'client') for (const { SummaryStatistics } of Edges) count += SummaryStatistics.TotalCount;
  }
  return count;
}

async function readGraph(client: Client, { from, to }: Range): Promise<readonly GraphNode[]> {
  const { Services } = await client.call<{ Services: readonly GraphNode[] }>('/ServiceGraph', {
    StartTime: Math.floor(from),
    EndTime: Math.ceil(to) + STRETCH_SECONDS,
  });
  return Services;
}

/** The service graph counts exactly what the lists hold: nodes, what they call, and who calls them. */
export async function checkGraph(client: Client, { byService, count }: Listed, range: Range): Promise<string[]> {
  const nodes = await readGraph(client, range);
  const counted = new Map<string, number>();
  const names = new Map(nodes.map((node) => [node.ReferenceId, describe(node)]));
  for (const node of nodes) {
    if (node.SummaryStatistics !== undefined) counted.set(describe(node), node.SummaryStatistics.TotalCount);
    for (const { ReferenceId, SummaryStatistics } of node.Edges)
      counted.set(`${describe(node)} → ${names.get(ReferenceId)}`, SummaryStatistics.TotalCount);
  }
  const wanted = wantedCounts(byService, count);
  const violations: string[] = [];
  for (const name of new Set([...wanted.keys(), ...counted.keys()])) {
    const [want, got] = [wanted.get(name) ?? 0, counted.get(name) ?? 0];
    if (want !== got) violations.push(`graph: ${name} counts ${got}, not ${want}`);
  }
  return shorten(violations);
}

function wantedCounts(byService: ReadonlyMap<string, number>, count: number): Map<string, number> {
  const wanted = new Map<string, number>(count === 0 ? [] : [['prices.test remote', count]]);
  for (const service of SERVICES) {
    const calls = byService.get(service) ?? 0;
    if (calls === 0) continue;
    wanted.set(service, calls);
    wanted.set(`${service} client → ${service}`, calls);
    wanted.set(`${service} → ${service}-items AWS::DynamoDB::Table`, calls);
    wanted.set(`${service}-items AWS::DynamoDB::Table`, calls);
    wanted.set(`${service} → prices.test remote`, calls);
  }
  return wanted;
}

function describe({ Name, Type }: GraphNode): string {
  return Type === undefined ? Name : `${Name} ${Type}`;
}

export function shorten(violations: readonly string[]): string[] {
  if (violations.length <= VIOLATIONS_SHOWN_MAX) return [...violations];
  return [...violations.slice(0, VIOLATIONS_SHOWN_MAX), `… and ${violations.length - VIOLATIONS_SHOWN_MAX} more`];
}
