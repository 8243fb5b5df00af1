import * as sdk from '@aws-sdk/client-xray';
import { OPERATION_NAMES } from '@fluoroscope/api/operations';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAppRig, type AppRig } from './testing/app-rig.ts';

// AWS's own client drives every operation that sdk.test.ts does not.
const START = Math.floor(Date.now() / 1000) - 600;
const INSIGHT = '01234567-89ab-4cde-8123-456789abcdef';
const ALL = { StartTime: at(-60), EndTime: at(600) };

let rig: AppRig;
let client: sdk.XRayClient;
const sent = new Set<string>();

beforeAll(async () => {
  rig = await openAppRig();
  const endpoint = await rig.app.http.listen({ host: '127.0.0.1', port: 0 });
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'of nobody' };
  client = new sdk.XRayClient({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        sent.add(kebab(commandName.replace(/Command$/, '')));
        return next(args);
      },
    { step: 'initialize' },
  );
  const documents = [
    shop('a', 0, 200),
    shop('b', 10, 500),
    shop('c', 130, 200),
    documentOf('d', 'd000000000000000', { start_time: START, end_time: START + 1, name: 'cart' }),
  ];
  await client.send(new sdk.PutTraceSegmentsCommand({ TraceSegmentDocuments: documents }));
  await rig.settle();
});
afterAll(async () => {
  client.destroy();
  await rig[Symbol.asyncDispose]();
});

test('groups: create, get, list, update, use, delete', async () => {
  const { Group } = await client.send(
    new sdk.CreateGroupCommand({
      GroupName: 'faulty',
      FilterExpression: 'fault',
      InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled: false },
      Tags: [{ Key: 'team', Value: 'shop' }],
    }),
  );
  expect(Group).toMatchObject({ GroupName: 'faulty', FilterExpression: 'fault' });
  expect(await client.send(new sdk.GetGroupCommand({ GroupARN: Group?.GroupARN }))).toMatchObject({ Group });
  const { Groups } = await client.send(new sdk.GetGroupsCommand({}));
  expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['Default', 'faulty']);

  const graphOf = async (GroupName: string) => {
    const { Services } = await client.send(new sdk.GetServiceGraphCommand({ ...ALL, GroupName }));
    return Services?.find(({ Type }) => Type === 'AWS::EC2::Instance')?.SummaryStatistics?.TotalCount;
  };
  expect([await graphOf('Default'), await graphOf('faulty')]).toEqual([3, 1]);

  const FilterExpression = 'http.status = 200';
  await client.send(new sdk.UpdateGroupCommand({ GroupName: 'faulty', FilterExpression }));
  expect(await graphOf('faulty')).toBe(2);

  await client.send(new sdk.UpdateGroupCommand({ GroupName: 'faulty', FilterExpression: 'edge("a", "b")' }));
  await client.send(new sdk.DeleteGroupCommand({ GroupName: 'faulty' }));
  await expect(graphOf('faulty')).rejects.toBeInstanceOf(sdk.InvalidRequestException);
});

test('sampling rules: create, update, fetch, be sampled by, delete', async () => {
  const SamplingRule = {
    RuleName: 'checkout',
    ResourceARN: '*',
    Priority: 10,
    FixedRate: 0.25,
    ReservoirSize: 5,
    ServiceName: 'shop',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '/buy/*',
    Version: 1,
    Attributes: { tier: 'gold' },
    SamplingRateBoost: { MaxRate: 1, CooldownWindowMinutes: 1 },
  };
  const made = await client.send(new sdk.CreateSamplingRuleCommand({ SamplingRule, Tags: [{ Key: 'a', Value: 'b' }] }));
  expect(made.SamplingRuleRecord).toMatchObject({ SamplingRule, CreatedAt: expect.any(Date) });
  await expect(client.send(new sdk.CreateSamplingRuleCommand({ SamplingRule }))).rejects.toBeInstanceOf(
    sdk.InvalidRequestException,
  );

  const SamplingRuleUpdate = { RuleName: 'checkout', FixedRate: 0.5 };
  const updated = await client.send(new sdk.UpdateSamplingRuleCommand({ SamplingRuleUpdate }));
  const { SamplingRuleRecords } = await client.send(new sdk.GetSamplingRulesCommand({}));
  expect(SamplingRuleRecords?.map(({ SamplingRule: rule }) => [rule?.RuleName, rule?.FixedRate])).toEqual([
    ['checkout', 0.5],
    ['Default', 0.05],
  ]);
  expect(SamplingRuleRecords?.[0]).toEqual(updated.SamplingRuleRecord);

  const document = {
    RuleName: 'checkout',
    ClientID: '0123456789abcdef01234567',
    Timestamp: new Date(),
    RequestCount: 10,
    SampledCount: 4,
    BorrowCount: 1,
  };
  const targets = await client.send(new sdk.GetSamplingTargetsCommand({ SamplingStatisticsDocuments: [document] }));
  expect(targets.SamplingTargetDocuments).toMatchObject([{ RuleName: 'checkout', FixedRate: 0.5, ReservoirQuota: 5 }]);
  expect(targets.LastRuleModification?.getTime()).toBeGreaterThanOrEqual(Date.now() - 60_000);
  const { SamplingStatisticSummaries } = await client.send(new sdk.GetSamplingStatisticSummariesCommand({}));
  expect(SamplingStatisticSummaries).toMatchObject([
    { RuleName: 'checkout', RequestCount: 10, SampledCount: 4, BorrowCount: 1, Timestamp: expect.any(Date) },
  ]);

  const { SamplingRuleRecord } = await client.send(new sdk.DeleteSamplingRuleCommand({ RuleName: 'checkout' }));
  expect(SamplingRuleRecord).toEqual(updated.SamplingRuleRecord);
  const gone = await client.send(new sdk.GetSamplingTargetsCommand({ SamplingStatisticsDocuments: [document] }));
  expect(gone.UnprocessedStatistics).toMatchObject([{ RuleName: 'checkout', ErrorCode: 'RuleNotFound' }]);
});

test('tags: set, list, remove, and what says that there is no such resource', async () => {
  const { Groups } = await client.send(new sdk.GetGroupsCommand({}));
  const ResourceARN = Groups?.[0]?.GroupARN;
  await client.send(
    new sdk.TagResourceCommand({
      ResourceARN,
      Tags: [
        { Key: 'k', Value: 'v' },
        { Key: 'l', Value: '' },
      ],
    }),
  );
  await client.send(new sdk.UntagResourceCommand({ ResourceARN, TagKeys: ['l'] }));
  const listed = await client.send(new sdk.ListTagsForResourceCommand({ ResourceARN }));
  expect(listed.Tags).toEqual([{ Key: 'k', Value: 'v' }]);

  const missing = client.send(new sdk.ListTagsForResourceCommand({ ResourceARN: 'arn:of:nothing' }));
  await expect(missing).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
  await expect(missing).rejects.toMatchObject({ ResourceName: 'arn:of:nothing', $metadata: { httpStatusCode: 404 } });
  const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
  const tooMany = client.send(new sdk.TagResourceCommand({ ResourceARN, Tags }));
  await expect(tooMany).rejects.toBeInstanceOf(sdk.TooManyTagsException);
  await expect(tooMany).rejects.toMatchObject({ ResourceName: ResourceARN, $metadata: { httpStatusCode: 400 } });
});

test('resource policies: put, list, delete, and X-Ray’s own errors', async () => {
  const Statement = [
    { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'xray:PutTraceSegments', Resource: '*' },
  ];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const put = (members: Partial<sdk.PutResourcePolicyCommandInput>) =>
    client.send(new sdk.PutResourcePolicyCommand({ PolicyName: 'sns', PolicyDocument, ...members }));
  const { ResourcePolicy } = await put({ PolicyRevisionId: '0' });
  expect(await client.send(new sdk.ListResourcePoliciesCommand({}))).toMatchObject({
    ResourcePolicies: [ResourcePolicy],
  });
  await expect(put({ PolicyRevisionId: '0' })).rejects.toBeInstanceOf(sdk.InvalidPolicyRevisionIdException);
  await expect(put({ PolicyDocument: '{}' })).rejects.toBeInstanceOf(sdk.MalformedPolicyDocumentException);
  await expect(put({ PolicyDocument: 'x'.repeat(6_000) })).rejects.toBeInstanceOf(sdk.PolicySizeLimitExceededException);
  const deny = PolicyDocument.replace('Allow', 'Deny').replace('{"Service":"sns.amazonaws.com"}', '"*"');
  const lockout = put({ PolicyDocument: deny.replace('PutTraceSegments', '*') });
  await expect(lockout).rejects.toBeInstanceOf(sdk.LockoutPreventionException);
  await client.send(new sdk.DeleteResourcePolicyCommand({ PolicyName: 'sns' }));
  expect(await client.send(new sdk.ListResourcePoliciesCommand({}))).toMatchObject({ ResourcePolicies: [] });
});

test('encryption: NONE is what there is, and KMS without keys is refused rather than pretended', async () => {
  const none = { EncryptionConfig: { Type: 'NONE', Status: 'ACTIVE' } };
  expect(await client.send(new sdk.PutEncryptionConfigCommand({ Type: 'NONE' }))).toMatchObject(none);
  const kms = client.send(new sdk.PutEncryptionConfigCommand({ Type: 'KMS', KeyId: 'alias/key' }));
  await expect(kms).rejects.toBeInstanceOf(sdk.InvalidRequestException);
  await expect(kms).rejects.toThrow(/--encryption-keys/);
  expect(await client.send(new sdk.GetEncryptionConfigCommand({}))).toMatchObject(none);
});

test('destination and indexing are kept', async () => {
  const update = new sdk.UpdateTraceSegmentDestinationCommand({ Destination: 'CloudWatchLogs' });
  expect(await client.send(update)).toMatchObject({ Destination: 'CloudWatchLogs', Status: 'ACTIVE' });
  const destination = await client.send(new sdk.GetTraceSegmentDestinationCommand({}));
  expect(destination).toMatchObject({ Destination: 'CloudWatchLogs', Status: 'ACTIVE' });
  const withKey = { CloudWatchLogsConfiguration: { SpansLogGroupKmsKeyId: 'arn:key' } };
  await expect(client.send(new sdk.UpdateTraceSegmentDestinationCommand(withKey))).rejects.toThrow(
    /SpansLogGroupKmsKeyId/,
  );

  const Rule = { Probabilistic: { DesiredSamplingPercentage: 12.5 } };
  await client.send(new sdk.UpdateIndexingRuleCommand({ Name: 'Default', Rule }));
  expect(await client.send(new sdk.GetIndexingRulesCommand({}))).toMatchObject({
    IndexingRules: [
      { Name: 'Default', Rule: { Probabilistic: { DesiredSamplingPercentage: 12.5, ActualSamplingPercentage: 100 } } },
    ],
  });
  const unknown = client.send(new sdk.UpdateIndexingRuleCommand({ Name: 'x', Rule }));
  await expect(unknown).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
});

test('trace retrieval: traces that began in the range, their graph, and the end of it', async () => {
  const start = new sdk.StartTraceRetrievalCommand({
    TraceIds: [id('c'), id('a'), id('f'), id('b')],
    StartTime: at(0),
    EndTime: at(10),
  });
  const { RetrievalToken } = await client.send(start);
  const listed = await client.send(new sdk.ListRetrievedTracesCommand({ RetrievalToken }));
  expect(listed).toMatchObject({ RetrievalStatus: 'COMPLETE', TraceFormat: 'XRAY' });
  expect(listed.Traces?.map((trace) => [trace.Id, trace.Duration, trace.Spans?.length])).toEqual([
    [id('a'), 0.5, 2],
    [id('b'), 0.5, 2],
  ]);
  expect(JSON.parse(listed.Traces?.[0]?.Spans?.[0]?.Document ?? '')).toMatchObject({ name: 'shop' });
  const graph = await client.send(new sdk.GetRetrievedTracesGraphCommand({ RetrievalToken }));
  expect(graph.Services?.map(({ Service }) => `${Service?.Name} ${Service?.Type}`)).toEqual([
    'carts AWS::DynamoDB::Table',
    'shop AWS::EC2::Instance',
    'shop client',
  ]);
  const otel = await client.send(new sdk.ListRetrievedTracesCommand({ RetrievalToken, TraceFormat: 'OTEL' }));
  expect(otel).toMatchObject({ RetrievalStatus: 'COMPLETE', TraceFormat: 'OTEL' });
  const spans = otel.Traces?.[0]?.Spans?.map(({ Document = '' }): object => JSON.parse(Document));
  expect(spans).toMatchObject([
    { name: 'shop', kind: 2 },
    { name: 'DynamoDB', kind: 3 },
  ]);

  await client.send(new sdk.CancelTraceRetrievalCommand({ RetrievalToken }));
  const cancelled = await client.send(new sdk.ListRetrievedTracesCommand({ RetrievalToken }));
  expect(cancelled).toMatchObject({ RetrievalStatus: 'CANCELLED', Traces: [] });
  const unknown = client.send(new sdk.CancelTraceRetrievalCommand({ RetrievalToken: 'x' }));
  await expect(unknown).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
});

test('insights: none has been detected', async () => {
  const summaries = await client.send(
    new sdk.GetInsightSummariesCommand({ ...ALL, GroupName: 'Default', States: ['ACTIVE'] }),
  );
  expect(summaries.InsightSummaries).toEqual([]);
  for (const command of [
    new sdk.GetInsightCommand({ InsightId: INSIGHT }),
    new sdk.GetInsightEventsCommand({ InsightId: INSIGHT, MaxResults: 50 }),
    new sdk.GetInsightImpactGraphCommand({ ...ALL, InsightId: INSIGHT }),
    new sdk.GetInsightSummariesCommand(ALL),
  ]) {
    await expect(client.send(command as sdk.GetInsightCommand)).rejects.toBeInstanceOf(sdk.InvalidRequestException);
  }
});

test.each<[string, Partial<sdk.GetTimeSeriesServiceStatisticsCommandInput>, 'Edge' | 'Service', [number, number][]]>([
  [
    'no selector: the calls of clients',
    {},
    'Edge',
    [
      [60, 3],
      [180, 1],
    ],
  ],
  [
    'a service',
    { EntitySelectorExpression: 'service("shop")' },
    'Service',
    [
      [60, 2],
      [180, 1],
    ],
  ],
  [
    'a table by id',
    { EntitySelectorExpression: 'id(name: "carts", type: "AWS::DynamoDB::Table")', ForecastStatistics: true },
    'Service',
    [
      [60, 2],
      [180, 1],
    ],
  ],
  [
    'an edge',
    { EntitySelectorExpression: 'edge("shop", "carts")' },
    'Edge',
    [
      [60, 2],
      [180, 1],
    ],
  ],
  [
    'an edge from a client',
    { EntitySelectorExpression: 'edge(id(name: "shop", type: "client"), "shop")' },
    'Edge',
    [
      [60, 2],
      [180, 1],
    ],
  ],
  ['a longer period', { EntitySelectorExpression: 'service("shop")', Period: 300 }, 'Service', [[0, 3]]],
  ['conditions and a service', { EntitySelectorExpression: 'fault AND service("shop")' }, 'Service', [[60, 1]]],
  [
    'a service of traces with another',
    { EntitySelectorExpression: 'service("cart") AND service("shop")' },
    'Service',
    [],
  ],
  [
    'conditions alone',
    { EntitySelectorExpression: 'http.status = 200' },
    'Edge',
    [
      [60, 1],
      [180, 1],
    ],
  ],
  ['nothing of this name', { EntitySelectorExpression: 'service("none")' }, 'Service', []],
])('time series: %s', async (_name, members, kind, expected) => {
  const command = new sdk.GetTimeSeriesServiceStatisticsCommand({ ...ALL, Period: 60, ...members });
  const { TimeSeriesServiceStatistics: series, ContainsOldGroupVersions, NextToken } = await client.send(command);
  expect([ContainsOldGroupVersions, NextToken]).toEqual([false, undefined]);
  const seen = series?.map((period) => {
    const statistics = kind === 'Edge' ? period.EdgeSummaryStatistics : period.ServiceSummaryStatistics;
    expect(period.ResponseTimeHistogram?.length).toBeGreaterThan(0);
    expect(period.ServiceForecastStatistics).toBeUndefined();
    return [(period.Timestamp?.getTime() ?? 0) / 1000 - (START - 60), statistics?.TotalCount];
  });
  expect(seen).toEqual(expected);
});

test.each<[string, Partial<sdk.GetTimeSeriesServiceStatisticsCommandInput>, RegExp]>([
  ['a period below a minute', { Period: 30 }, /Period/],
  ['an unknown group', { GroupName: 'none' }, /GroupName/],
  ['a selector that is none', { EntitySelectorExpression: 'service(' }, /EntitySelectorExpression: column 9/],
  ['a forecast without an id', { ForecastStatistics: true, EntitySelectorExpression: 'service("shop")' }, /id\(\)/],
])('time series refuse %s', async (_name, members, message) => {
  const refused = client.send(new sdk.GetTimeSeriesServiceStatisticsCommand({ ...ALL, ...members }));
  await expect(refused).rejects.toBeInstanceOf(sdk.InvalidRequestException);
  await expect(refused).rejects.toThrow(message);
});

test('time series come in pages of six hours by the minute', async () => {
  const input = {
    StartTime: at(-13 * 3_600),
    EndTime: at(600),
    Period: 60,
    EntitySelectorExpression: 'service("shop")',
  };
  const counts: number[] = [];
  let pages = 0;
  for await (const page of sdk.paginateGetTimeSeriesServiceStatistics({ client }, input)) {
    pages += 1;
    for (const { ServiceSummaryStatistics } of page.TimeSeriesServiceStatistics ?? [])
      counts.push(ServiceSummaryStatistics?.TotalCount ?? 0);
  }
  expect(pages).toBe(3);
  expect(counts).toEqual([2, 1]);
});

test('every operation was sent, but for those of sdk.test.ts', () => {
  const elsewhere = ['batch-get-traces', 'get-trace-graph', 'get-trace-summaries', 'put-telemetry-records'];
  expect([...sent, ...elsewhere].toSorted()).toEqual(OPERATION_NAMES);
});

function at(seconds: number): Date {
  return new Date((START + seconds) * 1000);
}

function id(digit: string): string {
  return `1-${START.toString(16)}-${digit.repeat(24)}`;
}

function shop(digit: string, offset: number, status: number): string {
  const start = START + offset;
  return documentOf(digit, `${digit}111111111111111`, {
    name: 'shop',
    origin: 'AWS::EC2::Instance',
    start_time: start,
    end_time: start + 0.5,
    fault: status >= 500,
    http: { request: { method: 'GET', url: 'http://shop.example/' }, response: { status } },
    subsegments: [
      {
        id: `${digit}222222222222222`,
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: start + 0.1,
        end_time: start + 0.2,
        aws: { operation: 'GetItem', table_name: 'carts' },
      },
    ],
  });
}

function documentOf(digit: string, segmentId: string, members: object): string {
  return JSON.stringify({ trace_id: id(digit), id: segmentId, ...members });
}

function kebab(name: string): string {
  return name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}
