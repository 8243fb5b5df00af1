import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import {
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  paginateListTables,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import official from 'aws-xray-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { getNamespace, setContextMissingStrategy, setSegment } from '../context/context.ts';
import { uncapture } from '../data/patches.ts';
import { Segment } from '../document/segment.ts';
import { openAwsEndpoint } from '../testing/aws-endpoint.ts';
import { openLog } from '../testing/log.ts';
import { captureAWSv3Client } from './capture-v3.ts';
import { defaultWhitelist } from './default-whitelist.ts';
import { appendAWSWhitelist, captureParameters, setAWSWhitelist } from './whitelist.ts';

const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/1/orders';
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const ANSWERS = {
  GetItem: [{ body: { Item: { id: { S: 'a' } }, ConsumedCapacity: { TableName: 'hits', CapacityUnits: 0.5 } } }],
  PutItem: [{ status: 400, body: { __type: 'com.amazonaws#ConditionalCheckFailedException', message: 'no' } }],
  ListTables: [{ body: { TableNames: ['a', 'b'], LastEvaluatedTableName: 'b' } }, { body: { TableNames: ['c'] } }],
  DescribeTable: [{ status: 503, body: { __type: 'ServiceUnavailable', message: 'later' } }],
  Query: [{ status: 500, body: { __type: 'InternalServerError' } }, { body: { Items: [], Count: 0 } }],
  Scan: [{ status: 400, body: { __type: 'ProvisionedThroughputExceededException', message: 'slow down' } }],
  SendMessage: [{ body: { MessageId: 'm-1', MD5OfMessageBody: md5('hello') } }],
  SendMessageBatch: [
    {
      body: {
        Successful: [{ Id: '1', MessageId: 'm', MD5OfMessageBody: md5('b') }],
        Failed: [{ Id: '2', Code: 'X', SenderFault: true }],
      },
    },
  ],
  ReceiveMessage: [{ body: { Messages: [{ MessageId: 'm', Body: 'b', MD5OfBody: md5('b') }] } }],
};

let aws: Awaited<ReturnType<typeof openAwsEndpoint>>;
const clients: { destroy(): void }[] = [];

beforeAll(async () => {
  aws = await openAwsEndpoint(ANSWERS);
  official.setLogger({ debug() {}, info() {}, warn() {}, error() {} });
  official.enableManualMode();
});
beforeEach(() => aws.received.splice(0));
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});
afterAll(() => aws.close());

const settings = () => ({
  region: 'eu-west-1',
  endpoint: aws.endpoint,
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 2,
});
const dynamo = (): DynamoDBClient => remember(new DynamoDBClient(settings()));
const queues = (): SQSClient => remember(new SQSClient(settings()));

function remember<T extends { destroy(): void }>(client: T): T {
  clients.push(client);
  return client;
}

/** What runs in a segment, and the document of that segment. */
async function traced(run: () => Promise<unknown>, segment = new Segment('shop')): Promise<Record<string, unknown>[]> {
  await getNamespace().runAndReturn(async () => {
    setSegment(segment);
    await run().catch(() => {});
  });
  const { subsegments } = segment.toJSON();
  return (subsegments ?? []) as Record<string, unknown>[];
}

test('the table of parameters is that of the official SDK', () => {
  const theirs = createRequire(import.meta.url)('aws-xray-sdk-core/dist/lib/resources/aws_whitelist.json') as object;
  expect(defaultWhitelist()).toEqual(theirs);
});

type Send = (client: { send(command: unknown): Promise<unknown> }) => Promise<unknown>;
const get = new GetItemCommand({ TableName: 'hits', Key: { id: { S: 'a' } }, ConsistentRead: true });

test.each<[string, 'sqs' | 'dynamo', Send]>([
  ['get', 'dynamo', (client) => client.send(get)],
  ['an error', 'dynamo', (client) => client.send(new PutItemCommand({ TableName: 'hits', Item: {} }))],
  ['a count', 'dynamo', (client) => client.send(new ListTablesCommand({ Limit: 2 }))],
  [
    'throttled',
    'dynamo',
    async (client) => client.send(new (await import('@aws-sdk/client-dynamodb')).ScanCommand({ TableName: 'hits' })),
  ],
  [
    'a fault',
    'dynamo',
    async (client) =>
      client.send(new (await import('@aws-sdk/client-dynamodb')).DescribeTableCommand({ TableName: 'hits' })),
  ],
  [
    'a retry',
    'dynamo',
    async (client) => client.send(new (await import('@aws-sdk/client-dynamodb')).QueryCommand({ TableName: 'hits' })),
  ],
  [
    'a message',
    'sqs',
    (client) =>
      client.send(
        new SendMessageCommand({
          QueueUrl: QUEUE,
          MessageBody: 'hello',
          MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } },
        }),
      ),
  ],
  [
    'a batch',
    'sqs',
    (client) =>
      client.send(
        new SendMessageBatchCommand({
          QueueUrl: QUEUE,
          Entries: [
            { Id: '1', MessageBody: 'b' },
            { Id: '2', MessageBody: 'c' },
          ],
        }),
      ),
  ],
  ['receiving', 'sqs', (client) => client.send(new ReceiveMessageCommand({ QueueUrl: QUEUE, MaxNumberOfMessages: 1 }))],
])('%s: the document is that of the official SDK', async (_, kind, send) => {
  const make = kind === 'sqs' ? queues : dynamo;
  const segment = new official.Segment('shop');
  const before = aws.received.length;
  const client: unknown = official.captureAWSv3Client(make(), segment);
  await send(client as Parameters<Send>[0]).catch(() => {});
  const count = aws.received.length - before;
  if (kind === 'dynamo') aws.received.splice(0);
  const ours = await traced(() => send(captureAWSv3Client(make()) as never));
  expect(aws.received.slice(-count).map(({ headers }) => headers['x-amzn-trace-id'])).toEqual(
    Array.from({ length: count }, () => expect.stringMatching(/^Root=1-.{33};Parent=[0-9a-f]{16};Sampled=1$/)),
  );
  const theirs = (JSON.parse(segment.toString()) as { subsegments: unknown[] }).subsegments;
  expect(ours.map(comparable)).toEqual(theirs.map(comparable));
});

/** Without what differs from run to run: ids, times, the stack; and `remote: true` errors without ids. */
function comparable(subsegment: unknown): unknown {
  const text = JSON.stringify(subsegment, (key, value: unknown) =>
    ['id', 'start_time', 'end_time', 'stack', 'counter', 'truncated'].includes(key) ? undefined : value,
  );
  return JSON.parse(text);
}

test('each page and each of two captures is one subsegment', async () => {
  const client = captureAWSv3Client(captureAWSv3Client(dynamo()));
  const subsegments = await traced(async () => {
    for await (const page of paginateListTables({ client, pageSize: 2 }, {})) expect(page.TableNames).toBeDefined();
  });
  expect(subsegments.map((subsegment) => subsegment['aws'])).toMatchObject([
    { operation: 'ListTables', table_count: 2 },
    { operation: 'ListTables', table_count: 1 },
  ]);
});

test('a message carries the header of the call that sends it, and receivers ask for it', async () => {
  const client = captureAWSv3Client(queues());
  const given = { QueueUrl: QUEUE, MessageBody: 'hello' };
  const own = { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-a-b' } } as const;
  const [call] = await traced(async () => {
    await client.send(new SendMessageCommand(given));
    await client
      .send(
        new SendMessageBatchCommand({
          QueueUrl: QUEUE,
          Entries: [
            { Id: '1', MessageBody: 'b' },
            { Id: '2', MessageBody: 'c', MessageSystemAttributes: own },
          ],
        }),
      )
      .catch(() => {});
    await client.send(new ReceiveMessageCommand({ QueueUrl: QUEUE }));
  });
  const [one, batch, receive] = aws.received.map(({ body }) => JSON.parse(body) as Record<string, never>);
  expect(one?.['MessageSystemAttributes']).toEqual({
    AWSTraceHeader: {
      DataType: 'String',
      StringValue: expect.stringContaining(`Parent=${String(call?.['id'])};Sampled=1`),
    },
  });
  expect(
    (batch?.['Entries'] as { MessageSystemAttributes: { AWSTraceHeader: { StringValue: string } } }[] | undefined)?.map(
      (entry) => entry.MessageSystemAttributes.AWSTraceHeader.StringValue,
    ),
  ).toEqual([expect.stringContaining('Root='), 'Root=1-a-b']);
  expect(receive?.['MessageSystemAttributeNames']).toEqual(['AWSTraceHeader']);
  expect(given).toEqual({ QueueUrl: QUEUE, MessageBody: 'hello' });
});

test('not sampled: told to the other side, recorded by nobody', async () => {
  const segment = new Segment('shop');
  segment.notTraced = true;
  await traced(
    () => captureAWSv3Client(queues()).send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: 'hello' })),
    segment,
  );
  expect([segment.subsegments, aws.received[0]?.headers['x-amzn-trace-id']]).toEqual([
    undefined,
    `Root=${segment.trace_id};Parent=${segment.id};Sampled=0`,
  ]);
  expect(aws.received[0]?.body).toContain('Sampled=0');
});

test('callbacks run in the context of the caller, an aborted call is a closed subsegment with its error', async () => {
  const client = captureAWSv3Client(dynamo());
  const segment = new Segment('shop');
  const found: unknown[] = [];
  const [first, second] = await traced(async () => {
    await new Promise<void>((resolve) =>
      client.send(get, () => (found.push(getNamespace().get('segment')), resolve())),
    );
    const controller = new AbortController();
    controller.abort();
    await client.send(get, { abortSignal: controller.signal }).catch(() => {});
  }, segment);
  expect(found).toEqual([segment]);
  expect([first?.['fault'], second?.['fault'], second?.['in_progress']]).toEqual([undefined, true, undefined]);
  expect(JSON.stringify(second?.['cause'])).toContain('AbortError');
});

test('nothing answers: the error is recorded; undone: nothing is', async () => {
  const client = captureAWSv3Client(remember(new DynamoDBClient({ ...settings(), endpoint: 'http://127.0.0.1:1' })));
  const [call] = await traced(() => client.send(get));
  expect(call).toMatchObject({
    name: 'DynamoDB',
    fault: true,
    aws: { operation: 'GetItem', table_name: 'hits', retries: 2 },
  });
  expect([uncapture(client), uncapture(client)]).toEqual([true, false]);
  expect(await traced(() => client.send(get))).toEqual([]);
});

test('a signed URL is no call', async () => {
  const stack: { name: string; middleware: (next: unknown, context: object) => (args: object) => Promise<unknown> }[] =
    [];
  const client = {
    config: {},
    middlewareStack: {
      add: (middleware: never, { name }: { name: string }) => stack.push({ name, middleware }),
      remove: () => false,
    },
  };
  captureAWSv3Client(client);
  const handler = stack[0]?.middleware(
    async () => ({ output: { presigned: 'http://x', $metadata: { httpStatusCode: 200 } } }),
    { clientName: 'S3Client', commandName: 'GetObjectCommand' },
  );
  const segment = new Segment('shop');
  expect(await traced(async () => handler?.({ input: {} }), segment)).toEqual([]);
  expect(segment.counter).toBe(0);
});

test('without a segment the call is made', async () => {
  using log = openLog();
  setContextMissingStrategy('LOG_ERROR');
  const output = await captureAWSv3Client(dynamo()).send(get);
  expect([output.Item?.['id']?.S, log.errors.length]).toEqual(['a', 1]);
});

test('what cannot be described does not fail the call', async () => {
  using log = openLog();
  const operations = {
    get getItem(): never {
      throw new Error('a table with a fault');
    },
  };
  setAWSWhitelist({ services: { dynamodb: { operations } } });
  const [call] = await traced(async () => expect((await captureAWSv3Client(dynamo()).send(get)).Item).toBeDefined());
  setAWSWhitelist(defaultWhitelist());
  expect([call?.['name'], call?.['fault'], log.errors.length]).toEqual(['DynamoDB', undefined, 1]);
});

test('the table can be added to, and replaced', () => {
  const call = {
    service: 'moon',
    operation: 'land',
    params: { IPAddress: 'x', Crew: { a: 1, b: 2 }, List: [1, 2] },
    data: {},
  };
  const land = {
    request_parameters: ['IPAddress', 'None'],
    request_descriptors: { Crew: { get_keys: true }, List: { list: true, get_count: true, rename_to: 'count' } },
  };
  appendAWSWhitelist({ services: { moon: { operations: { land } } } });
  expect(captureParameters(call)).toEqual({ ip_address: 'x', crew: ['a', 'b'], count: 2 });
  setAWSWhitelist({ services: {} });
  expect(captureParameters(call)).toEqual({});
  setAWSWhitelist(defaultWhitelist());
  expect(() => setAWSWhitelist('')).toThrow('whitelist');
  expect(() => appendAWSWhitelist({ no: 1 })).toThrow('services');
});
