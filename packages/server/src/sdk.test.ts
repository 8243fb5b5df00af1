import { JournalError, type Journal } from '@fluoroscope/journal';
import {
  BatchGetTracesCommand,
  GetSamplingRulesCommand,
  GetSamplingTargetsCommand,
  GetServiceGraphCommand,
  GetTraceGraphCommand,
  GetTraceSummariesCommand,
  InvalidRequestException,
  PutTelemetryRecordsCommand,
  PutTraceSegmentsCommand,
  ThrottledException,
  XRayClient,
  XRayServiceException,
  paginateGetTraceSummaries,
} from '@aws-sdk/client-xray';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAppRig, type AppRig } from './testing/app-rig.ts';

// AWS's own client against a listening port, signed with a key that does not exist.
const START = Math.floor(Date.now() / 1000) - 600;
const TRACE = `1-${START.toString(16)}-aaaaaaaaaaaaaaaaaaaaaaaa`;

let rig: AppRig;
let client: XRayClient;

beforeAll(async () => {
  rig = await openAppRig();
  client = await clientOf(rig);
  await client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [shop(TRACE, 0)] }));
  await rig.settle();
});
afterAll(async () => {
  client.destroy();
  await rig[Symbol.asyncDispose]();
});

test('PutTraceSegments: the good are kept, the bad named', async () => {
  const bad = JSON.stringify({
    name: 'shop',
    id: '1111111111111111',
    trace_id: 'no',
    start_time: START,
    end_time: START,
  });
  const { UnprocessedTraceSegments } = await client.send(
    new PutTraceSegmentsCommand({ TraceSegmentDocuments: ['no JSON', shop(TRACE, 0), bad] }),
  );
  // AWS's daemon stops reporting at the first one without an id.
  expect(UnprocessedTraceSegments).toMatchObject([
    { Id: '1111111111111111', ErrorCode: 'InvalidTraceId', Message: expect.stringContaining('trace_id') },
    { ErrorCode: 'ParseError' },
  ]);
});

test('BatchGetTraces: segments with the inferred ones, and ids that are not known', async () => {
  const missing = TRACE.replace(/a+$/, 'b'.repeat(24));
  const answer = await client.send(new BatchGetTracesCommand({ TraceIds: [TRACE, missing, 'no id', TRACE] }));
  expect(answer.UnprocessedTraceIds).toEqual([missing, 'no id']);
  expect(answer.Traces).toMatchObject([{ Id: TRACE, Duration: 0.3 }]);
  expect(answer.Traces?.[0]?.Segments).toHaveLength(2);
  expect(JSON.parse(answer.Traces?.[0]?.Segments?.[0]?.Document ?? '')).toMatchObject({ name: 'shop' });
});

test('BatchGetTraces takes an id as W3C writes it', async () => {
  const w3c = TRACE.slice(2).replace('-', '');
  const answer = await client.send(new BatchGetTracesCommand({ TraceIds: [w3c] }));
  expect(answer.Traces).toMatchObject([{ Id: TRACE }]);
});

test.each([
  ['TraceId', 1],
  ['Event', 1],
  ['Service', 1],
] as const)('GetTraceSummaries by %s', async (TimeRangeType, count) => {
  const answer = await client.send(new GetTraceSummariesCommand({ ...range(-1, 10), TimeRangeType, Sampling: true }));
  expect(answer.TraceSummaries).toHaveLength(count);
  expect(answer.TraceSummaries?.[0]).toMatchObject({
    Id: TRACE,
    StartTime: new Date(START * 1000),
    Http: { HttpMethod: 'GET', HttpStatus: 200 },
    HasFault: false,
    EntryPoint: { Name: 'shop' },
  });
  expect(answer).toMatchObject({ ApproximateTime: new Date((START - 1) * 1000), TracesProcessedCount: count });
  expect(answer.NextToken).toBeUndefined();
});

test('GetTraceSummaries: a range ends before its end', async () => {
  expect((await client.send(new GetTraceSummariesCommand(range(-5, 0)))).TraceSummaries).toEqual([]);
  expect((await client.send(new GetTraceSummariesCommand(range(0, 1)))).TraceSummaries).toHaveLength(1);
});

test('GetTraceSummaries: a filter, and where it is wrong', async () => {
  const find = (FilterExpression: string) =>
    client.send(new GetTraceSummariesCommand({ ...range(-1, 9), FilterExpression }));
  expect((await find('service("shop") AND http.status = 200')).TraceSummaries).toHaveLength(1);
  expect((await find('service("cart")')).TraceSummaries).toEqual([]);
  expect((await find('')).TraceSummaries).toHaveLength(1);
  const wrong = find('http.status = = 200');
  await expect(wrong).rejects.toBeInstanceOf(InvalidRequestException);
  await expect(wrong).rejects.toThrow(/FilterExpression: column 15: expected/);
});

test('GetTraceSummaries: pages, newest first, each trace once; Grafana changes the strategy between pages', async () => {
  await using many = await openAppRig();
  const paged = await clientOf(many);
  const ids = Array.from({ length: 230 }, (_, at) => `${TRACE.slice(0, 11)}${at.toString(16).padStart(24, '0')}`);
  await paged.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: ids.map((id, at) => shop(id, at % 7)) }));
  await many.settle();
  const found: string[] = [];
  let NextToken: string | undefined;
  let pages = 0;
  do {
    const SamplingStrategy = { Name: 'FixedRate', Value: 1 / (pages + 1) } as const;
    const page = await paged.send(new GetTraceSummariesCommand({ ...range(-1, 60), SamplingStrategy, NextToken }));
    found.push(...(page.TraceSummaries ?? []).map((summary) => summary.Id ?? ''));
    ({ NextToken } = page);
    pages += 1;
  } while (NextToken !== undefined);
  expect(pages).toBe(3);
  expect([...found].sort()).toEqual(ids);
  const inOrder = ids.toSorted((a, b) => startOf(b) - startOf(a) || (a < b ? 1 : -1));
  expect(found).toEqual(inOrder);

  const all: unknown[] = [];
  for await (const page of paginateGetTraceSummaries({ client: paged }, range(-1, 60)))
    all.push(...(page.TraceSummaries ?? []));
  expect(all).toHaveLength(230);
  paged.destroy();

  function startOf(id: string): number {
    return Number.parseInt(id.slice(11), 16) % 7;
  }
});

test('a NextToken is of its question only', async () => {
  await using many = await openAppRig();
  const paged = await clientOf(many);
  const ids = Array.from({ length: 101 }, (_, at) => `${TRACE.slice(0, 11)}${at.toString(16).padStart(24, '0')}`);
  await paged.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: ids.map((id) => shop(id, 0)) }));
  await many.settle();
  const { NextToken } = await paged.send(new GetTraceSummariesCommand(range(-1, 60)));
  for (const other of [
    range(-1, 61),
    { ...range(-1, 60), FilterExpression: 'ok' },
    { ...range(-1, 60), TimeRangeType: 'Event' as const },
  ]) {
    await expect(paged.send(new GetTraceSummariesCommand({ ...other, NextToken }))).rejects.toThrow(/NextToken/);
  }
  await expect(client.send(new GetTraceSummariesCommand({ ...range(-1, 60), NextToken }))).rejects.toThrow(/NextToken/);
  paged.destroy();
});

test('GetServiceGraph and GetTraceGraph: client, service and table, with edges between them', async () => {
  const graph = await client.send(new GetServiceGraphCommand({ ...range(-60, 60), GroupName: 'Default' }));
  expect(graph).toMatchObject({ StartTime: new Date((START - 60) * 1000), ContainsOldGroupVersions: false });
  const traceGraph = await client.send(new GetTraceGraphCommand({ TraceIds: [TRACE, 'no id'] }));
  for (const services of [graph.Services, traceGraph.Services]) {
    expect(services?.map(({ Name, Type }) => `${Name} ${Type}`).sort()).toEqual([
      'carts AWS::DynamoDB::Table',
      'shop AWS::EC2::Instance',
      'shop client',
    ]);
    const shopNode = services?.find((service) => service.Type === 'AWS::EC2::Instance');
    expect(shopNode).toMatchObject({
      Root: true,
      SummaryStatistics: { TotalCount: 1 },
      Edges: [{ SummaryStatistics: { OkCount: 1 } }],
    });
  }
});

test('GetSamplingRules and GetSamplingTargets: the Default rule', async () => {
  const { SamplingRuleRecords } = await client.send(new GetSamplingRulesCommand({}));
  expect(SamplingRuleRecords).toMatchObject([
    { SamplingRule: { RuleName: 'Default', FixedRate: 0.05, ReservoirSize: 1 } },
  ]);
  const statistics = {
    ClientID: '0123456789abcdef01234567',
    Timestamp: new Date(),
    RequestCount: 5,
    SampledCount: 0,
    BorrowCount: 1,
  };
  const answer = await client.send(
    new GetSamplingTargetsCommand({
      SamplingStatisticsDocuments: [
        { ...statistics, RuleName: 'Default' },
        { ...statistics, RuleName: 'gone' },
      ],
      SamplingBoostStatisticsDocuments: [
        {
          RuleName: 'Default',
          ServiceName: 'shop',
          Timestamp: new Date(),
          AnomalyCount: 0,
          TotalCount: 1,
          SampledAnomalyCount: 0,
        },
      ],
    }),
  );
  expect(answer.SamplingTargetDocuments).toMatchObject([
    { RuleName: 'Default', FixedRate: 0.05, ReservoirQuotaTTL: expect.any(Date) },
  ]);
  expect(answer.UnprocessedStatistics).toMatchObject([{ RuleName: 'gone', ErrorCode: 'RuleNotFound' }]);
  expect(answer.UnprocessedBoostStatistics).toHaveLength(1);
  expect(answer.LastRuleModification).toBeInstanceOf(Date);
});

test('PutTelemetryRecords is taken and counted', async () => {
  const record = { Timestamp: new Date(), SegmentsReceivedCount: 7, BackendConnectionErrors: { TimeoutCount: 1 } };
  await client.send(new PutTelemetryRecordsCommand({ TelemetryRecords: [record], Hostname: 'node-1' }));
  expect((await rig.events.printMetrics()).text).toMatch(/fluoroscope_daemon_segments_total\{what="received"\} 7/);
});

test.each([
  ['end before start', new GetTraceSummariesCommand(range(5, 0))],
  ['an empty range', new GetServiceGraphCommand(range(0, 0))],
  ['another group', new GetServiceGraphCommand({ ...range(0, 1), GroupName: 'checkout' })],
  [
    'another group by ARN',
    new GetServiceGraphCommand({ ...range(0, 1), GroupARN: 'arn:aws:xray:us-east-1:1:group/x/Y' }),
  ],
  ['six ids', new BatchGetTracesCommand({ TraceIds: Array.from({ length: 6 }, () => TRACE) })],
  ['no ids', new BatchGetTracesCommand({ TraceIds: [] })],
  ['a token of nobody', new GetTraceGraphCommand({ TraceIds: [TRACE], NextToken: 'a.b' })],
])('refused as InvalidRequestException: %s', async (_name, command) => {
  const refused = client.send(command as GetTraceGraphCommand);
  await expect(refused).rejects.toBeInstanceOf(InvalidRequestException);
  await expect(refused).rejects.toMatchObject({ $metadata: { httpStatusCode: 400, attempts: 1 } });
});

test('a full journal is a ThrottledException, which the client tries again until it has room', async () => {
  let refusals = 2;
  await using full = await openAppRig({
    journal: (journal) => ({
      ...bindJournal(journal),
      append: (records) =>
        refusals-- > 0 ? Promise.reject(new JournalError('full', 'full')) : journal.append(records),
    }),
  });
  const patient = await clientOf(full);
  const sent = await patient.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [shop(TRACE, 0)] }));
  expect(sent).toMatchObject({ UnprocessedTraceSegments: [], $metadata: { attempts: 3 } });
  refusals = 9;
  await expect(
    patient.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [shop(TRACE, 0)] })),
  ).rejects.toBeInstanceOf(ThrottledException);
  patient.destroy();
});

test('a failed journal is ServiceUnavailable and keeps its reason', async () => {
  await using failed = await openAppRig({
    journal: (journal) => ({
      ...bindJournal(journal),
      append: () => Promise.reject(new JournalError('failed', 'EIO /secret/path')),
    }),
  });
  const patient = await clientOf(failed);
  const refused = patient.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: [shop(TRACE, 0)] }));
  await expect(refused).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    $metadata: { httpStatusCode: 503, attempts: 3 },
  });
  await expect(refused).rejects.not.toThrow(/secret/);
  await expect(refused).rejects.toBeInstanceOf(XRayServiceException);
  patient.destroy();
});

test('the client reads our answer to a body that is too large', async () => {
  const documents = Array.from({ length: 12 }, () => 'x'.repeat(1024 * 1024));
  await expect(client.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents }))).rejects.toMatchObject({
    name: 'RequestEntityTooLargeException',
  });
});

function shop(traceId: string, offset: number): string {
  const start = START + offset;
  return JSON.stringify({
    trace_id: traceId,
    id: '1111111111111111',
    name: 'shop',
    origin: 'AWS::EC2::Instance',
    start_time: start,
    end_time: start + 0.3,
    http: { request: { method: 'GET', url: 'http://shop.example/buy' }, response: { status: 200 } },
    subsegments: [
      {
        id: '3333333333333333',
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: start + 0.21,
        end_time: start + 0.25,
        aws: { operation: 'GetItem', table_name: 'carts' },
      },
    ],
  });
}

function range(from: number, to: number) {
  return { StartTime: new Date((START + from) * 1000), EndTime: new Date((START + to) * 1000) };
}

async function clientOf(of: AppRig): Promise<XRayClient> {
  const endpoint = await of.app.http.listen({ host: '127.0.0.1', port: 0 });
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'of nobody' };
  return new XRayClient({ endpoint, region: 'eu-west-1', credentials, retryMode: 'standard' });
}

/** Members by name: a class instance keeps its methods on the prototype, where a spread does not look. */
function bindJournal(journal: Journal) {
  return {
    release: (sequence: number) => journal.release(sequence),
    stats: () => journal.stats(),
    get committedSequence() {
      return journal.committedSequence;
    },
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  };
}
