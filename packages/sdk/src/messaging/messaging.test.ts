import { expect, test } from 'vitest';
import { currentSegment, enableAutomaticMode, enableManualMode, withSegment } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import { middleware } from '../middleware/middleware.ts';
import { openLog } from '../testing/log.ts';
import { readDocument } from '../testing/udp-receiver.ts';
import { inSegment } from '../testing/traced.ts';
import { captureAmqplib } from './amqplib.ts';
import { captureKafkaProducer } from './kafka-producer.ts';
import { captureKafkaJS } from './kafkajs.ts';
import { readSender } from './message-headers.ts';
import { captureMessage, captureMessages, openSegment } from './receive.ts';

const EPOCH = Math.floor(Date.now() / 1000).toString(16);
const rootOf = (digit: string): string => `1-${EPOCH}-${digit.repeat(24)}`;
const headerOf = (digit: string, sampled = '1'): string =>
  `Root=${rootOf(digit)};Parent=${digit.repeat(16)};Sampled=${sampled}`;
const sqs = (digit: string, sampled?: string): object => ({ Attributes: { AWSTraceHeader: headerOf(digit, sampled) } });
const W3C = `00-${EPOCH}${'a'.repeat(24)}-${'b'.repeat(16)}-01`;

openLog();
middleware.disableCentralizedSampling();
middleware.setSamplingRules({ version: 2, rules: [], default: { fixed_target: 1_000, rate: 1 } });

test.each<[string, unknown, object]>([
  ['SQS', sqs('a'), { root: rootOf('a'), parent: 'a'.repeat(16), sampled: '1' }],
  ['a record of Lambda', { attributes: { AWSTraceHeader: headerOf('a') } }, { root: rootOf('a') }],
  [
    'SQS from OpenTelemetry',
    { MessageAttributes: { traceparent: { StringValue: W3C } } },
    { root: rootOf('a'), parent: 'b'.repeat(16) },
  ],
  ['AMQP', { properties: { headers: { 'x-amzn-trace-id': headerOf('a') } } }, { root: rootOf('a') }],
  ['Kafka: buffers', { headers: { 'X-Amzn-Trace-Id': Buffer.from(headerOf('a')) } }, { root: rootOf('a') }],
  [
    'Kafka: a map',
    { headers: new Map([[Buffer.from('traceparent'), Buffer.from(W3C)]]) },
    { root: rootOf('a'), sampled: '1' },
  ],
  ['Kafka: a list', { headers: { traceparent: ['no', W3C] } }, { root: rootOf('a') }],
])('who sent: %s', (_, message, sender) => {
  expect(readSender(message)).toMatchObject(sender);
});

test.each([undefined, null, 1, {}, { headers: null }, { Attributes: {} }, { headers: { 'x-amzn-trace-id': 7 } }])(
  'nobody: %j',
  (message) => {
    expect(readSender(message).root).toBeUndefined();
  },
);

test('one message continues its sender’s trace; several begin one with links', () => {
  const source = { name: 'stock', queueUrl: 'https://q' };
  const one = captureMessage(sqs('a'), source, (segment) => segment);
  expect(readDocument(one.format())).toMatchObject({
    name: 'stock',
    trace_id: rootOf('a'),
    parent_id: 'a'.repeat(16),
    aws: { queue_url: 'https://q' },
  });
  expect([one.links, one.isClosed()]).toEqual([undefined, true]);
  const many = captureMessages([sqs('a'), sqs('a'), sqs('b'), sqs('c', '0'), {}], source, (segment) => segment);
  expect(many.trace_id).not.toBe(rootOf('a'));
  expect(readDocument(many.format())).toMatchObject({
    links: ['a', 'b'].map((digit) => ({ trace_id: rootOf(digit), id: digit.repeat(16) })),
    metadata: { default: { 'messaging.batch.message_count': 5 } },
  });
});

test.each<[string, readonly object[], true | undefined]>([
  ['a sender that was not sampled', [sqs('a', '0')], true],
  ['none that was', [sqs('a', '0'), sqs('b', '0')], true],
  ['one that was', [sqs('a', '0'), sqs('b')], undefined],
  ['nobody says', [{}], undefined],
])('sampling: %s', (_, messages, notTraced) => {
  expect(openSegment(messages, { name: 'stock' }).notTraced).toBe(notTraced);
});

test('links beyond what X-Ray keeps are counted', () => {
  const messages = Array.from({ length: 25 }, (_, at) => ({
    Attributes: { AWSTraceHeader: `Root=${rootOf('a')};Parent=${at.toString(16).padStart(16, '0')};Sampled=1` },
  }));
  const segment = openSegment(messages, {});
  expect([segment.links?.length, segment.metadata?.['default']?.['messaging.links_left_out']]).toEqual([20, 5]);
});

test('the segment is current, and ends with the work', async () => {
  const error = new Error('no');
  const found: unknown[] = [];
  const run = (work: (segment: Segment) => unknown): Segment => {
    let segment = new Segment('none');
    try {
      captureMessage({}, { topicArn: 'arn:aws:sns:eu-west-1:1:news' }, (opened) => {
        found.push(currentSegment() === opened);
        segment = opened;
        return work(opened);
      });
    } catch (caught) {
      found.push(caught);
    }
    return segment;
  };
  const thrown = run(() => {
    throw error;
  });
  let finish = (): void => {};
  const waiting = run(() => new Promise<void>((resolve) => (finish = resolve)));
  let failed = new Segment('none');
  // What nobody handles must stay unhandled: a consumer's failure is not ours to hide.
  const handed = captureMessage({}, {}, (segment) => ((failed = segment), Promise.reject(error)));
  expect(waiting.isClosed()).toBe(false);
  finish();
  await expect(handed).rejects.toBe(error);
  expect([thrown.fault, waiting.isClosed(), failed.fault, waiting.aws?.['topic_arn']]).toEqual([
    true,
    true,
    true,
    'arn:aws:sns:eu-west-1:1:news',
  ]);
  expect(found).toEqual([true, error, true]);
});

/** As amqplib's: what is published is kept, consumers are called by the test. */
class Channel {
  readonly published: { exchange: string; routingKey: string; headers: Record<string, string> }[] = [];
  deliver: (message: object | null) => unknown = () => {};
  publish(
    exchange: string,
    routingKey: string,
    _content: Buffer,
    options?: { headers?: object },
    confirm?: (error: unknown) => void,
  ): boolean {
    if (exchange === 'closed') throw new Error('channel closed');
    this.published.push({ exchange, routingKey, headers: { ...options?.headers } });
    setImmediate(() => confirm?.(exchange === 'refused' ? new Error('nacked') : null));
    return true;
  }
  sendToQueue(queue: string, content: Buffer, options?: object): boolean {
    return this.publish('', queue, content, options);
  }
  consume(_queue: string, callback: (message: object | null) => unknown): void {
    this.deliver = callback;
  }
}

test('amqplib: what is sent carries the trace that what is received continues', async () => {
  const channel = new Channel();
  const undo = captureAmqplib(channel, { name: 'stock' });
  const content = Buffer.from('secret');
  const shop = await inSegment(async () => {
    channel.sendToQueue('orders', content, { headers: { kept: 'yes' } });
    await new Promise((resolve) => channel.publish('refused', 'key', content, undefined, resolve));
    expect(() => channel.publish('closed', '', content)).toThrow('closed');
  });
  expect(shop.subsegments?.map(({ name, fault, in_progress: open }) => [name, fault, open])).toEqual([
    ['orders', undefined, undefined],
    ['refused', true, undefined],
    ['closed', true, undefined],
  ]);
  const [{ headers } = { headers: {} as Record<string, string> }] = channel.published;
  const id = shop.subsegments?.[0]?.id;
  expect(headers).toEqual({
    kept: 'yes',
    'x-amzn-trace-id': `Root=${shop.trace_id};Parent=${id};Sampled=1`,
    traceparent: expect.stringContaining(`-${id}-01`),
  });
  const received: unknown[] = [];
  channel.consume('orders', () => received.push(currentSegment()));
  await channel.deliver({ fields: { exchange: '', routingKey: 'orders' }, properties: { headers } });
  await channel.deliver(null);
  const facts = {
    trace_id: shop.trace_id,
    parent_id: id,
    name: 'stock',
    annotations: { messaging_system: 'rabbitmq', messaging_destination_name: 'orders' },
  };
  expect(received).toEqual([expect.objectContaining(facts), undefined]);
  undo();
  await inSegment(() => channel.sendToQueue('orders', content));
  expect([channel.published.at(-1)?.headers, channel.publish === Channel.prototype.publish]).toEqual([{}, true]);
});

interface Sent {
  readonly topic: string;
  readonly messages: readonly { readonly value?: string; readonly headers?: Record<string, string> }[];
}

class Kafka {
  readonly sent: Sent[] = [];
  run: (config: Record<string, (payload: object) => Promise<unknown>>) => void = () => {};
  config: Record<string, (payload: object) => Promise<unknown>> = {};
  producer() {
    const send = (topic: Sent): Promise<void> => (
      this.sent.push(topic),
      topic.topic === 'none' ? Promise.reject(new Error('no topic')) : Promise.resolve()
    );
    const sendBatch = async ({ topicMessages }: { topicMessages: readonly Sent[] }): Promise<void> =>
      void (await Promise.all(topicMessages.map(send)));
    return { send, sendBatch, transaction: () => Promise.resolve({ send, sendBatch }) };
  }
  consumer() {
    return { run: (config: Kafka['config']) => void (this.config = config) };
  }
}

test('kafkajs: a call for each topic, a segment for each message or batch', async () => {
  const kafka = new Kafka();
  const undo = captureKafkaJS(kafka, { name: 'stock' });
  const producer = kafka.producer();
  const given = { topic: 'orders', messages: [{ value: 'secret' }] };
  const shop = await inSegment(async () => {
    await producer.send(given);
    await producer.sendBatch({ topicMessages: [given, { topic: 'none', messages: [] }] }).catch(() => {});
    await (await producer.transaction()).send(given);
  });
  expect(shop.subsegments?.map(({ name, fault }) => [name, fault])).toEqual([
    ['orders', undefined],
    ['orders', true],
    ['none', true],
    ['orders', undefined],
  ]);
  const headers = kafka.sent.map(({ messages }) => messages[0]?.headers?.['x-amzn-trace-id']);
  expect(headers[0]).toBe(`Root=${shop.trace_id};Parent=${shop.subsegments?.[0]?.id};Sampled=1`);
  expect([headers[3]?.includes(shop.subsegments?.[3]?.id ?? 'none'), given]).toEqual([
    true,
    { topic: 'orders', messages: [{ value: 'secret' }] },
  ]);

  const found: unknown[] = [];
  const note = async (): Promise<unknown> => found.push(currentSegment());
  kafka.consumer().run({ eachMessage: note, eachBatch: note });
  const [message] = kafka.sent[0]?.messages ?? [];
  await kafka.config['eachMessage']?.({ topic: 'orders', message });
  await kafka.config['eachBatch']?.({ batch: { topic: 'orders', messages: [message, message] } });
  expect(found).toMatchObject([
    { trace_id: shop.trace_id, parent_id: shop.subsegments?.[0]?.id, name: 'stock' },
    {
      links: [{ trace_id: shop.trace_id, id: shop.subsegments?.[0]?.id }],
      annotations: { messaging_system: 'kafka', messaging_destination_name: 'orders' },
    },
  ]);
  undo();
  const after = await inSegment(() => producer.send(given));
  await kafka.config['eachMessage']?.({ topic: 'orders', message });
  expect([after.subsegments, found[2]]).toEqual([undefined, undefined]);
});

test.each<[object, unknown, (at: number) => unknown]>([
  [{ stringHeaders: true }, { kept: 'yes' }, (at) => ['kept', 'x-amzn-trace-id', 'traceparent'][at]],
  [
    {},
    new Map([[Buffer.from('kept'), Buffer.from('yes')]]),
    (at) => Buffer.from(['kept', 'x-amzn-trace-id', 'traceparent'][at] ?? ''),
  ],
])('@platformatic/kafka: headers for serializers %j', async (options, headers, nameAt) => {
  const sent: { messages: { topic: string; headers: Map<unknown, unknown> }[] }[] = [];
  const producer = {
    send(what: never, callback?: (error: unknown) => void): Promise<void> | undefined {
      sent.push(what);
      if (callback === undefined) return Promise.resolve();
      setImmediate(callback, new Error('refused'));
      return undefined;
    },
  };
  captureKafkaProducer(producer, options);
  const messages = [
    { topic: 'a', headers },
    { topic: 'b', headers },
  ];
  const shop = await inSegment(async () => {
    await producer.send({ messages } as never);
    await new Promise((resolve) => void producer.send({ messages } as never, resolve));
  });
  expect(shop.subsegments?.map(({ name, fault }) => [name, fault])).toEqual([
    ['a', undefined],
    ['b', undefined],
    ['a', true],
    ['b', true],
  ]);
  expect([...(sent[0]?.messages[0]?.headers.keys() ?? [])]).toEqual([0, 1, 2].map(nameAt));
});

test('not sampled: passed on, not recorded', async () => {
  const channel = new Channel();
  captureAmqplib(channel);
  const unsampled = new Segment('shop');
  unsampled.notTraced = true;
  await inSegment(() => channel.sendToQueue('orders', Buffer.from('')), unsampled);
  expect([unsampled.subsegments, channel.published[0]?.headers['x-amzn-trace-id']]).toEqual([
    undefined,
    `Root=${unsampled.trace_id};Parent=${unsampled.id};Sampled=0`,
  ]);
});

test('in manual mode: sent under the segment that is given, received with one', async () => {
  enableManualMode();
  try {
    const [channel, kafka, parent] = [new Channel(), new Kafka(), new Segment('shop')];
    captureAmqplib(channel, { name: 'stock' });
    captureKafkaJS(kafka, { name: 'stock' });
    const toTopic = { topic: 'bulk', messages: [{ value: '' }] };
    channel.sendToQueue('nobody', Buffer.from(''));
    await withSegment(parent, async () => {
      await Promise.resolve();
      channel.sendToQueue('orders', Buffer.from(''));
      await kafka.producer().send(toTopic);
    });
    const [order, bulk] = parent.subsegments ?? [];
    expect([order?.name, bulk?.name, parent.counter, channel.published[0]?.headers]).toEqual(['orders', 'bulk', 0, {}]);
    const found: unknown[] = [];
    const note = async (handed: object | null): Promise<unknown> => found.push(handed);
    channel.consume('orders', note);
    kafka.consumer().run({ eachMessage: note, eachBatch: note });
    await channel.deliver({ properties: channel.published[1] });
    const [message] = kafka.sent[0]?.messages ?? [];
    await kafka.config['eachMessage']?.({ topic: 'bulk', message });
    await kafka.config['eachBatch']?.({ batch: { topic: 'bulk', messages: [message, message] } });
    expect(found).toMatchObject([
      { segment: { name: 'stock', trace_id: parent.trace_id, parent_id: order?.id } },
      { segment: { name: 'stock', trace_id: parent.trace_id, parent_id: bulk?.id }, topic: 'bulk' },
      { segment: { name: 'stock', links: [{ trace_id: parent.trace_id, id: bulk?.id }] } },
    ]);
  } finally {
    enableAutomaticMode();
  }
});

test.each([captureAmqplib, captureKafkaJS, captureKafkaProducer])('%o takes nothing else', (capture) => {
  expect(() => capture({})).toThrow(TypeError);
});
