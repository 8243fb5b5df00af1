import { trace } from '@fluoroscope/testkit';
import { expect, test } from 'vitest';
import { isBroker, isSameBroker, readMessaging, readReceivedFrom } from './messaging.ts';
import { mergeTrace } from './merge-trace.ts';
import type { JsonObject, SegmentDocument, SubsegmentDocument } from './segment-document.ts';

test.each([
  ['AWS::SQS::Queue', true],
  ['AWS::SQS', true],
  ['AWS::SNS::Topic', true],
  ['AWS::EventBridge', true],
  ['Messaging::Kafka', true],
  ['AWS::DynamoDB::Table', false],
  ['remote', false],
  [null, false],
])('%s keeps messages: %s', (type, expected) => expect(isBroker({ type })).toBe(expected));

test.each([
  ['AWS::SNS::Topic', 'AWS::SNS', true],
  ['AWS::SNS::Topic', 'AWS::SQS::Queue', false],
  ['AWS::SQS::Queue', 'AWS::Lambda', false],
  ['AWS::SQS::Queue', null, false],
])('%s and a segment of %s are the same broker: %s', (a, b, expected) =>
  expect(isSameBroker(node(a), node(b))).toBe(expected),
);

test.each<[JsonObject, { name: string; type: string } | null]>([
  [{ annotations: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' } }, at('orders', 'Kafka')],
  [{ annotations: { messaging_system: 'rabbitmq', messaging_destination: 'jobs' } }, at('jobs', 'RabbitMQ')],
  [{ metadata: { default: { 'messaging.system': 'my mq' } } }, at('far', 'mymq')],
  [{ metadata: { default: { 'messaging.system': 7 } } }, null],
  [{ metadata: { default: [] } }, null],
  [{}, null],
])('messaging attributes %j name %j', (fields, expected) => {
  expect(readMessaging({ ...call(), ...fields })).toEqual(expected);
});

const URL = 'https://sqs.eu-west-1.amazonaws.com/000000000007/orders';

test.each<[JsonObject, object | null]>([
  [{ aws: { queue_url: URL } }, { name: URL, type: 'AWS::SQS::Queue' }],
  [{ aws: { event_source_arn: 'arn:aws:sqs:eu-west-1:000000000007:orders' } }, { name: URL, type: 'AWS::SQS::Queue' }],
  [{ aws: { event_source_arn: 'arn:aws:sns:eu-west-1:000000000007:news' } }, { name: 'news', type: 'AWS::SNS::Topic' }],
  [{ aws: { event_source_arn: 'arn:aws:dynamodb:eu-west-1:000000000007:table/t' } }, null],
  [{ aws: { topic_arn: 'arn:aws:sns:eu-west-1:000000000007:news' } }, { name: 'news', type: 'AWS::SNS::Topic' }],
  [{ annotations: { 'messaging.system': 'kafka' } }, { name: 'worker', type: 'Messaging::Kafka' }],
  [{ aws: { queue_url: URL }, links: [] }, null],
  [{}, null],
])('a segment with links and %j received from %j', (fields, expected) => {
  const linked = { ...segment(), links: [{ trace_id: segment().trace_id }], ...fields } as SegmentDocument;
  const from = readReceivedFrom(linked);
  if (expected === null) expect(from).toBeNull();
  else expect(from).toMatchObject(expected);
});

test('without links a segment has received nothing', () => {
  expect(readReceivedFrom({ ...segment(), aws: { queue_url: URL } })).toBeNull();
});

test('a queue stays in the trace when its receiver reports, a topic not when its own segment does', () => {
  const drawn = trace`
    shop      0..50
      -> SQS  5..25 queue=https://sqs/orders
        worker 40..90
      -> SNS  30..45 topic=arn:aws:sns:eu-west-1:000000000007:news
        news  31..44 type=AWS::SNS
  `;
  const documents = ['shop', 'worker', 'news'].map((name) => drawn.document(name));
  const inferred = mergeTrace(documents).segments.filter(({ document }) => 'inferred' in document);
  expect(inferred.map(({ document }) => document.name)).toEqual(['SQS']);
});

function node(type: string | null) {
  return { name: 'x', type, accountId: null };
}

function at(name: string, system: string) {
  return { name, type: `Messaging::${system}` };
}

function call(): SubsegmentDocument {
  const { subsegments } = trace`
    shop     0..9
      -> far 1..2
  `.document('shop');
  if (subsegments?.[0] === undefined) throw new Error('no call');
  return subsegments[0];
}

function segment(): SegmentDocument {
  const document = trace`
    worker 0..9
  `.document('worker');
  if (document.type === 'subsegment') throw new Error('no segment');
  return document;
}
