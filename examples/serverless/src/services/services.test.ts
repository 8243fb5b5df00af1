import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const QueueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/jobs';
const TopicArn = 'arn:aws:sns:eu-west-1:111122223333:news';
const HEADER = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

const delivered: object[] = [];
let folder: string;
let rig: Rig;

beforeEach(async () => {
  delivered.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'serverless-test-'));
  rig = await openRig();
});

afterEach(() => {
  rig.close();
  rmSync(folder, { recursive: true });
});

test('a message is sent, received with its trace, and deleted, by the real client', async () => {
  const MessageSystemAttributes = { AWSTraceHeader: { DataType: 'String', StringValue: HEADER } } as const;
  const { MessageId } = await rig.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: 'ü', MessageSystemAttributes }),
  );
  const { Messages = [] } = await receive();
  expect(Messages).toMatchObject([{ MessageId, Body: 'ü', Attributes: { AWSTraceHeader: HEADER } }]);
  expect((await receive()).Messages).toBe(undefined);
  expect(await counts()).toEqual(['0', '1']);
  await rig.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }));
  expect(await counts()).toEqual(['0', '0']);
});

test('a batch of messages', async () => {
  const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: `body ${Id}` }));
  const { Successful = [] } = await rig.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(Successful.map(({ Id }) => Id)).toEqual(['a', 'b']);
  expect((await receive()).Messages?.map(({ Body }) => Body)).toEqual(['body a', 'body b']);
});

test('a published message is delivered to who has subscribed, with the header of the call', async () => {
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'a < b' } };
  const published = new PublishCommand({ TopicArn, Message: 'hello & more', Subject: 'news', MessageAttributes });
  published.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, { 'X-Amzn-Trace-Id': HEADER });
      return next(args);
    },
    { step: 'build' },
  );
  const { MessageId: messageId } = await rig.sns.send(published);
  expect(delivered).toMatchObject([
    {
      functionName: 'reader',
      messageId,
      topicArn: TopicArn,
      message: 'hello & more',
      subject: 'news',
      attributes: { kind: { Type: 'String', Value: 'a < b' } },
      traceHeader: HEADER,
    },
  ]);
});

test.each([
  ['QueueDoesNotExist', () => rig.sqs.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}2`, MessageBody: 'a' }))],
  ['MissingParameter', () => rig.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '' }))],
  ['InvalidParameterValue', () => rig.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a'.repeat(262_145) }))],
  ['NotFoundException', () => rig.sns.send(new PublishCommand({ TopicArn: `${TopicArn}2`, Message: 'a' }))],
  ['InvalidParameterException', () => rig.sns.send(new PublishCommand({ TopicArn, Message: '' }))],
])('%s is an error that the client knows', async (name, call) => {
  await expect(call()).rejects.toMatchObject({ name, $metadata: { attempts: 1 } });
});

test('what was put on disk is there for the next process, a line cut in the middle is not', async () => {
  await rig.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
  await rig.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'two' }));
  const { Messages = [] } = await receive();
  await rig.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }));
  rig.close();
  appendFileSync(join(folder, 'jobs'), '["put","half');
  rig = await openRig();
  expect(await counts()).toEqual(['0', '1']);
});

test('the journal is written anew when most of it is past', async () => {
  for (let times = 0; times < 1_200; times += 1) {
    rig.store.put('same', times);
    rig.store.put('gone', times);
    rig.store.delete('gone');
  }
  expect(readFileSync(join(folder, 'jobs'), 'utf8').split('\n').length).toBeLessThan(2_100);
  expect([...rig.store.values()]).toEqual([1_199]);
});

function receive() {
  return rig.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['AWSTraceHeader'] }),
  );
}

async function counts(): Promise<readonly unknown[]> {
  const AttributeNames = ['All'] as const;
  const { Attributes } = await rig.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  return [Attributes?.ApproximateNumberOfMessages, Attributes?.ApproximateNumberOfMessagesNotVisible];
}

interface Rig {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly store: Store;
  close(): void;
}

interface Store {
  put(key: string, value: unknown): void;
  delete(key: string): boolean;
  values(): Iterable<unknown>;
  close(): void;
}

interface Modules {
  openDurableMap(path: string): Store;
  createQueue(options: object): object;
  createTopics(options: object): object;
  createSqs(queues: object): object;
  createSns(topics: object): object;
  startEndpoint(services: object): Promise<{ readonly url: string; close(): void }>;
}

async function openRig(): Promise<Rig> {
  const modules = await load();
  const [store, deliveries] = ['jobs', 'deliveries'].map((name) => modules.openDurableMap(join(folder, name)));
  if (store === undefined || deliveries === undefined) throw new Error('two stores');
  const queue = modules.createQueue({ store, visibilityMs: 60_000 });
  const deliver = async (delivery: object): Promise<boolean> => delivered.push(delivery) > 0;
  const subscriptions = [{ topicArn: TopicArn, functionName: 'reader' }];
  const sns = modules.createSns(modules.createTopics({ store: deliveries, subscriptions, deliver }));
  const endpoint = await modules.startEndpoint({ sqs: modules.createSqs({ [QueueUrl]: queue }), sns });
  const credentials = { accessKeyId: 'example', secretAccessKey: 'example' };
  const options = { endpoint: endpoint.url, region: 'eu-west-1', credentials };
  return {
    sqs: new SQSClient(options),
    sns: new SNSClient(options),
    store,
    close() {
      endpoint.close();
      for (const each of [store, deliveries]) each.close();
    },
  };
}

/** The example is JavaScript; these are its parts as far as they are tested here. */
async function load(): Promise<Modules> {
  const names = ['durable-map', 'queue', 'topics', 'sqs-protocol', 'sns-protocol', 'endpoint'];
  const found = await Promise.all(
    names.map((name) => import(new URL(`./${name}.js`, import.meta.url).href) as Promise<object>),
  );
  return Object.assign({}, ...found) as Modules;
}
