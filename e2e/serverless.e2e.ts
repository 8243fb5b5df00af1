import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  eventually,
  makeFolder,
  post,
  removeFolder,
  serveFlags,
  SET_UP_MS,
  startProgram,
  type Program,
} from './program.ts';

const VISITS = 20;
const GRAPH_MS_MAX = 60_000;
const NOW = Math.floor(Date.now() / 1000);
const RANGE = { StartTime: NOW - 60, EndTime: NOW + 600 };
const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/receipts';
const TRACES = Array.from({ length: VISITS }, (_, at) => `1-${NOW.toString(16)}-${String(at).padStart(24, '0')}`);

const dataDir = makeFolder();
let demo: Program;

beforeAll(async () => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const [, ...listeners] = serveFlags(dataDir);
  const example = ['--', '--no-traffic', '--seed', '3', '--certificate-errors', '0.5'];
  demo = await startProgram(['demo', '--with-server', '--example', 'serverless', ...listeners, ...example]);
  await eventually(
    async () => demo.address('api'),
    (url) => url !== '',
  );
  for (const Root of TRACES) {
    const headers = { 'x-amzn-trace-id': `Root=${Root};Sampled=1` };
    const body = JSON.stringify({ page: '/start', visitor: 'ann' });
    const answer = await fetch(`${demo.address('api')}/visits`, { method: 'POST', headers, body });
    expect(answer.status).toBe(202);
  }
  // Receipts come last: twice of them jam first, and those that did not are in batches.
  await eventually(
    async () => new Set((await receipts()).flatMap(({ subsegments = [] }) => printed(subsegments))),
    (pages) => pages.size === VISITS,
    SET_UP_MS,
  );
  await eventually(
    async () => [(await find('partial')).length, (await find('service("congratulate")')).length],
    ([partial, congratulated]) => partial === 0 && congratulated === VISITS / 5,
    SET_UP_MS,
  );
});

afterAll(async () => {
  await demo?.stop();
  removeFolder(dataDir);
});

test('each visit is counted once', async () => {
  const credentials = { accessKeyId: 'example', secretAccessKey: 'example' };
  const client = new DynamoDBClient({ endpoint: demo.address('dynamodb'), region: 'eu-west-1', credentials });
  const { Item } = await client.send(new GetItemCommand({ TableName: 'hits', Key: { page: { S: '/start' } } }));
  expect(Item?.['hits']).toEqual({ N: String(VISITS) });
});

test('the map is the flow: topics and the queue joined on both sides, and two circles for each function', async () => {
  const batches = (await receipts()).length;
  const faults = (await find('service("geo.example") { fault }')).length;
  const expected = {
    'client visits-api/prod': [`AWS::ApiGateway::Stage visits-api/prod: ${VISITS}`],
    'AWS::ApiGateway::Stage visits-api/prod': [`AWS::SNS::Topic visits: ${VISITS}`],
    'AWS::SNS::Topic visits': ['AWS::Lambda count-visit: link'],
    'AWS::Lambda count-visit': [`${COUNT_FUNCTION}: ${VISITS}`],
    [COUNT_FUNCTION]: [
      `AWS::DynamoDB::Table hits: ${VISITS}`,
      `AWS::SNS::Topic milestones: ${VISITS / 5}`,
      `AWS::SQS::Queue ${QUEUE}: ${VISITS}`,
      `remote geo.example: ${VISITS}, ${faults} failed`,
    ],
    'AWS::DynamoDB::Table hits': [],
    'remote geo.example': [],
    'AWS::SNS::Topic milestones': ['AWS::Lambda congratulate: link'],
    'AWS::Lambda congratulate': [`AWS::Lambda::Function congratulate: ${VISITS / 5}`],
    'AWS::Lambda::Function congratulate': [],
    [`AWS::SQS::Queue ${QUEUE}`]: ['AWS::Lambda write-receipt: link'],
    'AWS::Lambda write-receipt': [`AWS::Lambda::Function write-receipt: ${batches}`],
    'AWS::Lambda::Function write-receipt': [],
  };
  await vi.waitFor(async () => expect(Object.fromEntries(await readGraph())).toEqual(expected), GRAPH_MS_MAX);
});

test('one trace for each visit, and one for each batch of messages; none of them partial', async () => {
  expect(await find('service("visits-api/prod")')).toEqual(TRACES);
  expect(await find('service("congratulate")')).toHaveLength(VISITS / 5);
  const batches = (await receipts()).map(({ trace_id }) => trace_id);
  expect(await find('')).toHaveLength(VISITS + new Set(batches).size);
  expect(await find('partial')).toEqual([]);
});

test('a bad certificate is a fault in the step that met it, with what was wrong, and the visit goes on', async () => {
  const faults = await find('service("geo.example") { fault }');
  expect(faults.length).toBeGreaterThan(0);
  expect(faults.length).toBeLessThan(VISITS);
  const codes = new Set<unknown>();
  for (const traceId of faults) {
    const lookUp = subsegmentsOf(await readTrace(traceId)).find(({ name }) => name === 'look up country');
    codes.add(lookUp?.metadata?.['geo']?.['certificate']?.['code']);
    expect(lookUp).toMatchObject({
      fault: true,
      annotations: { partner: 'geo.example', page: '/start' },
      metadata: { geo: { certificate: { host: 'geo.example', visitor: 'ann' } } },
      subsegments: [{ name: 'geo.example', namespace: 'remote', fault: true }],
    });
    expect(JSON.stringify(lookUp)).toMatch(/"message":"[^"]*(certificate|altnames)/);
  }
  const known = ['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'DEPTH_ZERO_SELF_SIGNED_CERT'];
  expect(known).toEqual(expect.arrayContaining([...codes]));
  expect(await find('service("count-visit") { fault }')).toEqual([]);
  const wellDone = TRACES.find((traceId) => !faults.includes(traceId)) ?? '';
  const lookUp = subsegmentsOf(await readTrace(wellDone)).find(({ name }) => name === 'look up country');
  expect(lookUp).toMatchObject({ metadata: { geo: { answer: { visitor: 'ann', country: expect.any(String) } } } });
});

test('a batch is linked to the call that sent each of its messages, and with them the queue has both sides', async () => {
  const services = (await receipts(false)).filter(({ links }) => links !== undefined);
  const links = services.flatMap((segment) => segment.links ?? []);
  const calls = new Map<string, string>();
  for (const traceId of TRACES) {
    const call = subsegmentsOf(await readTrace(traceId)).find(({ name }) => name === 'SQS');
    calls.set(traceId, String(call?.id));
  }
  // Those that jammed came twice.
  expect(new Set(links.map(({ trace_id, id }) => `${trace_id} ${id}`))).toEqual(
    new Set([...calls].map(([traceId, id]) => `${traceId} ${id}`)),
  );
  const [receiver] = services;
  const sender = receiver?.links?.[0]?.trace_id ?? '';
  const { Services } = await post(demo.http, '/TraceGraph', { TraceIds: [sender, receiver?.trace_id] });
  const edges = toEdges(Services);
  expect(edges.get(COUNT_FUNCTION)).toContain(`AWS::SQS::Queue ${QUEUE}: 1`);
  expect(edges.get(`AWS::SQS::Queue ${QUEUE}`)).toEqual(['AWS::Lambda write-receipt: link']);
});

test('a message that jammed the printer came again and was printed', async () => {
  expect(await find('service("write-receipt") { fault }')).toEqual([]);
  expect((await find('annotation.jammed = true')).length).toBeGreaterThan(0);
  const parts = (await receipts()).flatMap(({ subsegments = [] }) => subsegments);
  const attempts = parts.filter(({ name }) => name === 'write receipt');
  const jammed = attempts.filter(({ fault }) => fault === true);
  expect(jammed).toHaveLength(Math.floor(VISITS / 7));
  expect(jammed[0]).toMatchObject({ cause: { exceptions: [{ type: 'PrinterJamError' }] } });
  expect(attempts).toHaveLength(VISITS + jammed.length);
});

test('SIGTERM ends the server, the example and its functions', async () => {
  const api = demo.address('api');
  expect(await demo.stop()).toBe(0);
  for (const url of [api, demo.address('dynamodb'), `http://${demo.http}`])
    await expect(fetch(url)).rejects.toThrow('fetch failed');
});

const COUNT_FUNCTION = 'AWS::Lambda::Function count-visit';

interface Entity {
  readonly id: string;
  readonly trace_id?: string;
  readonly name: string;
  readonly origin?: string;
  readonly fault?: boolean;
  readonly links?: readonly { readonly trace_id: string; readonly id: string }[];
  readonly metadata?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly subsegments?: readonly Entity[];
}

/** The segments of the function that writes receipts, or those of Lambda above it. */
async function receipts(ofFunction = true): Promise<readonly Entity[]> {
  const traces = await readTraces(await find('service("write-receipt")'));
  const origin = ofFunction ? 'AWS::Lambda::Function' : 'AWS::Lambda';
  return traces.flat().filter((segment) => segment.origin === origin);
}

function printed(subsegments: readonly Entity[]): readonly string[] {
  return subsegments.flatMap(({ metadata }) => {
    const receipt: unknown = metadata?.['default']?.['receipt'];
    return typeof receipt === 'string' ? [/visit \d+/.exec(receipt)?.[0] ?? ''] : [];
  });
}

function subsegmentsOf(entities: readonly Entity[]): readonly Entity[] {
  return entities.flatMap(({ subsegments = [] }) => [...subsegments, ...subsegmentsOf(subsegments)]);
}

async function readTrace(traceId: string): Promise<readonly Entity[]> {
  const [trace = []] = await readTraces([traceId]);
  return trace;
}

async function readTraces(ids: readonly string[]): Promise<readonly (readonly Entity[])[]> {
  const pages = Array.from({ length: Math.ceil(ids.length / 5) }, (_, at) => ids.slice(at * 5, at * 5 + 5));
  const traces: Entity[][] = [];
  for (const TraceIds of pages) {
    const { Traces } = await post(demo.http, '/Traces', { TraceIds });
    if (!Array.isArray(Traces)) throw new Error('no traces');
    for (const { Segments } of Traces as { readonly Segments: readonly { readonly Document: string }[] }[])
      traces.push(Segments.map(({ Document }): Entity => JSON.parse(Document)));
  }
  return traces;
}

async function find(FilterExpression: string): Promise<readonly string[]> {
  const { TraceSummaries } = await post(demo.http, '/TraceSummaries', { ...RANGE, FilterExpression });
  if (!Array.isArray(TraceSummaries)) throw new Error(FilterExpression);
  return TraceSummaries.map(({ Id }) => String(Id)).toSorted();
}

/** Edges by node: the callee, how many calls, how many of them failed. */
async function readGraph(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { Services } = await post(demo.http, '/ServiceGraph', RANGE);
  return toEdges(Services);
}

function toEdges(services: unknown): ReadonlyMap<string, readonly string[]> {
  if (!Array.isArray(services)) return new Map();
  const nameOf = ({ Name, Type }: { readonly Name: string; readonly Type: string }): string => `${Type} ${Name}`;
  const names = new Map<number, string>(services.map((service) => [service.ReferenceId, nameOf(service)]));
  return new Map(
    services.map((service) => [
      nameOf(service),
      service.Edges.map(({ ReferenceId, EdgeType, SummaryStatistics }: Edge) => {
        const failed = SummaryStatistics?.FaultStatistics?.TotalCount ?? 0;
        const figures = `${SummaryStatistics?.TotalCount}${failed === 0 ? '' : `, ${failed} failed`}`;
        return `${names.get(ReferenceId)}: ${EdgeType ?? figures}`;
      }).toSorted(),
    ]),
  );
}

interface Edge {
  readonly ReferenceId: number;
  readonly EdgeType?: string;
  readonly SummaryStatistics?: {
    readonly TotalCount?: number;
    readonly FaultStatistics?: { readonly TotalCount: number };
  };
}
