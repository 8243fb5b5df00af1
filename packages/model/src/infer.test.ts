import { trace } from '@fluoroscope/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inferSegment, inferTarget, isTracedCall } from './infer.ts';
import { inferSegmentId } from './inferred-id.ts';
import { parseSegmentId, type SegmentId } from './segment-id.ts';
import type { JsonObject, SubsegmentDocument } from './segment-document.ts';
import { parseTraceId, type TraceId } from './trace-id.ts';

const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/000000000000/orders';

test.each([
  ['DynamoDB', 'op=GetItem table=carts', 'AWS::DynamoDB::Table', 'carts'],
  ['dynamodb', 'table=carts', 'AWS::DynamoDB::Table', 'carts'],
  ['AmazonDynamoDBv2', 'table=carts', 'AWS::DynamoDB::Table', 'carts'],
  ['DynamoDB', 'table=arn:aws:dynamodb:eu-west-1:000000000000:table/carts', 'AWS::DynamoDB::Table', 'carts'],
  ['DynamoDB', 'op=ListTables', 'AWS::DynamoDB', 'DynamoDB'],
  ['SQS', `queue=${QUEUE}`, 'AWS::SQS::Queue', QUEUE],
  ['SQS', 'op=ListQueues', 'AWS::SQS', 'SQS'],
  ['SNS', 'topic=arn:aws:sns:eu-west-1:000000000000:news', 'AWS::SNS::Topic', 'news'],
  ['S3', 'bucket=pictures', 'AWS::S3::Bucket', 'pictures'],
  ['S3', 'op=ListBuckets', 'AWS::S3', 'S3'],
  ['Lambda', 'function=resize', 'AWS::Lambda', 'resize'],
  ['Lambda', 'function=resize:live', 'AWS::Lambda', 'resize'],
  ['Lambda', 'function=arn:aws:lambda:eu-west-1:000000000000:function:resize:7', 'AWS::Lambda', 'resize'],
  ['Kinesis', 'op=PutRecord', 'AWS::Kinesis', 'Kinesis'],
  ['"Secrets Manager"', 'op=GetSecretValue', 'AWS::SecretsManager', 'Secrets Manager'],
  ['shop@db1', 'sql', 'Database::SQL', 'shop@db1'],
  ['stock.example', '', 'remote', 'stock.example'],
])('a call to %s with %s is %s %s', (name, words, type, nodeName) => {
  expect(inferTarget(call(`-> ${name} 0..1 ${words}`))).toMatchObject({ node: { name: nodeName, type }, origin: type });
});

test('several tables: the first names the node, all are resources', () => {
  const target = inferTarget({ ...call('-> DynamoDB 0..1 op=BatchGetItem'), aws: { table_names: ['carts', 'users'] } });
  expect(target).toMatchObject({ node: { name: 'carts' }, name: 'DynamoDB', resourceNames: ['carts', 'users'] });
});

test.each([
  [{ account_id: '000000000007' }, '000000000007'],
  [{ account_id: 123456789012 }, '123456789012'],
  [{ account_id: '' }, null],
  [{ table_name: { evil: true }, account_id: [] }, null],
])('the account of %o is %s', (aws: JsonObject, accountId) => {
  expect(inferTarget({ ...call('-> DynamoDB 0..1 op=Scan'), aws })?.node.accountId).toBe(accountId);
});

test('local work has no far end', () => {
  expect(inferTarget(call('- render 0..1'))).toBeNull();
  expect(inferTarget({ ...call('- render 0..1'), namespace: 'local' })).toBeNull();
  expect(() => inferSegment(call('- render 0..1'), traceIdOf(0))).toThrow('not-a-call');
});

test('traced is read in both places', () => {
  expect(isTracedCall(call('-> a 0..1 traced'))).toBe(true);
  expect(isTracedCall({ ...call('-> a 0..1'), http: { request: { traced: true } } })).toBe(true);
  expect(isTracedCall(call('-> a 0..1'))).toBe(false);
});

test('the inferred segment carries the request', () => {
  const dynamo = call('-> DynamoDB 210..250 op=GetItem table=carts 400 throws=Bad:no id=3333333333333333');
  const { id: _id, ...segment } = inferSegment(dynamo, traceIdOf(0));
  const { id, namespace: _namespace, aws, ...copied } = dynamo;
  expect(segment).toEqual({
    ...copied,
    trace_id: traceIdOf(0),
    parent_id: id,
    origin: 'AWS::DynamoDB::Table',
    aws: { ...aws, resource_names: ['carts'] },
    inferred: true,
  });
});

test('ids are the same at each read, another for each call and trace', () => {
  const made = new Set<string>();
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), (value) => {
      const callId = segmentIdOf(value.toString(16).padStart(16, '0'));
      const id = inferSegmentId(traceIdOf(0), callId);
      expect(id).toMatch(/^[0-9a-f]{16}$/);
      expect(inferSegmentId(traceIdOf(0), callId)).toBe(id);
      expect(inferSegmentId(traceIdOf(1), callId)).not.toBe(id);
      made.add(`${callId} ${id}`);
    }),
    { seed: 3, numRuns: 2_000 },
  );
  expect(new Set([...made].map((pair) => pair.slice(17))).size).toBe(made.size);
});

function call(line: string): SubsegmentDocument {
  const [subsegment] = trace`s 0..1\n  ${line}`.document('s').subsegments ?? [];
  if (subsegment === undefined) throw new Error(`nothing drawn: ${line}`);
  return subsegment;
}

function traceIdOf(digit: number): TraceId {
  const id = parseTraceId(`1-66f0000${digit}-aaaaaaaaaaaaaaaaaaaaaaaa`);
  if (!id.ok) throw new Error(id.problem);
  return id.value;
}

function segmentIdOf(text: string): SegmentId {
  const id = parseSegmentId(text);
  if (!id.ok) throw new Error(id.problem);
  return id.value;
}
