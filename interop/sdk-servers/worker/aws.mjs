import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { AWSXRay as ours, requireClient } from './traced.mjs';

const REGION = 'eu-west-1';
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** Prints a line for each call: whether our subsegment is that of the official SDK, and the headers are sent. */
export async function run() {
  const official = requireClient('aws-xray-sdk-core');
  const received = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    request.resume();
    request.on('end', () => answer(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const sdk of [ours, official]) {
    sdk.setLogger(QUIET);
    sdk.enableManualMode();
  }
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const context = { official, received, endpoint, credentials };
  await second(context);
  await third(context);
  server.closeAllConnections();
  server.close();
}

/** By path: an object that is there, one that is not, a busy table; anything else is taken. */
function answer({ url, headers }, response) {
  const target = headers['x-amz-target'] ?? '';
  const reply = (status, body, more) => {
    response.writeHead(status, {
      'x-amzn-requestid': 'R1',
      'x-amz-request-id': 'R1',
      'x-amz-id-2': 'E1',
      'content-length': Buffer.byteLength(body),
      ...more,
    });
    response.end(body);
  };
  if (url.includes('missing')) return reply(404, '<Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
  if (url.includes('slow')) return reply(503, '<Error><Code>SlowDown</Code><Message>slower</Message></Error>');
  if (target.endsWith('GetItem')) return reply(200, '{"ConsumedCapacity":{"TableName":"hits","CapacityUnits":1}}');
  if (target.endsWith('PutItem')) {
    return reply(400, '{"__type":"x#ProvisionedThroughputExceededException","message":"slower"}');
  }
  if (target.includes('PutEvents')) return reply(200, '{"Entries":[{"EventId":"1"}],"FailedEntryCount":0}');
  if (url === '/' && target === '') {
    return reply(200, '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>');
  }
  return reply(200, '{}');
}

async function second({ official, received, endpoint, credentials }) {
  process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';
  const AWS = requireClient('aws-sdk');
  const settings = { region: REGION, endpoint, credentials, maxRetries: 1, retryDelayOptions: { base: 1 } };
  const item = { TableName: 'hits', Key: { id: { S: 'a' } } };
  const cases = [
    ['S3', 'getObject', { Bucket: 'b', Key: 'k', VersionId: 'v' }, { s3ForcePathStyle: true }],
    ['S3', 'getObject', { Bucket: 'b', Key: 'missing' }, { s3ForcePathStyle: true }],
    ['S3', 'putObject', { Bucket: 'b', Key: 'slow', Body: 'x' }, { s3ForcePathStyle: true }],
    ['DynamoDB', 'getItem', item],
    ['DynamoDB', 'putItem', { TableName: 'hits', Item: {} }],
    ['SNS', 'publish', { TopicArn: 'arn:aws:sns:eu-west-1:1:news', Message: 'm' }],
    ['Lambda', 'invoke', { FunctionName: 'f', Qualifier: '1' }],
    ['SQS', 'listQueues', {}, { endpoint: 'http://127.0.0.1:1' }],
  ];
  for (const [service, operation, params, more] of cases) {
    const name = `aws-sdk 2: ${JSON.stringify([service, operation, params])}`;
    await same(
      name,
      async (sdk) => {
        const client = sdk.captureAWSClient(new AWS[service]({ ...settings, ...more }));
        return (segment) => client[operation]({ ...params, XRaySegment: segment }).promise();
      },
      { official, received },
    );
  }
  await check('aws-sdk 2: captureAWS and captureAWSClient record a call once; a signed URL is none', async () => {
    ours.captureAWS(AWS);
    const client = ours.captureAWSClient(new AWS.S3({ ...settings, s3ForcePathStyle: true }));
    const segment = new ours.Segment('shop');
    await client.getObject({ Bucket: 'b', Key: 'k', XRaySegment: segment }).promise();
    client.getSignedUrl('getObject', { Bucket: 'b', Key: 'k', XRaySegment: segment });
    assert.equal(segment.subsegments.length, 1);
    ours.uncapture(AWS);
  });
}

async function third({ official, received, endpoint, credentials }) {
  const { S3Client, GetObjectCommand, PutObjectCommand } = requireClient('@aws-sdk/client-s3');
  const { SNSClient, PublishCommand } = requireClient('@aws-sdk/client-sns');
  const { EventBridgeClient, PutEventsCommand } = requireClient('@aws-sdk/client-eventbridge');
  const { getSignedUrl } = requireClient('@aws-sdk/s3-request-presigner');
  const settings = { region: REGION, endpoint, credentials, forcePathStyle: true, maxAttempts: 2 };
  const cases = [
    ['S3 GetObject', S3Client, new GetObjectCommand({ Bucket: 'b', Key: 'k', VersionId: 'v' })],
    ['S3 GetObject, none', S3Client, new GetObjectCommand({ Bucket: 'b', Key: 'missing' })],
    ['S3 PutObject, slow', S3Client, new PutObjectCommand({ Bucket: 'b', Key: 'slow', Body: 'x' })],
    ['SNS Publish', SNSClient, new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:1:news', Message: 'm' })],
    [
      'EventBridge PutEvents',
      EventBridgeClient,
      new PutEventsCommand({ Entries: [{ Source: 's', DetailType: 't', Detail: '{}' }] }),
    ],
    ['no endpoint', S3Client, new GetObjectCommand({ Bucket: 'b', Key: 'k' }), { endpoint: 'http://127.0.0.1:1' }],
  ];
  for (const [name, Client, command, more] of cases) {
    await same(
      `aws-sdk 3: ${name}`,
      async (sdk) => (segment) => sdk.captureAWSv3Client(new Client({ ...settings, ...more }), segment).send(command),
      { official, received },
    );
  }
  await check('aws-sdk 3: a signed URL is no call', async () => {
    const segment = new ours.Segment('shop');
    const client = ours.captureAWSv3Client(new S3Client(settings), segment);
    await getSignedUrl(client, new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
    assert.deepEqual([segment.subsegments, segment.counter], [[], 0]);
  });
}

async function same(name, prepare, { official, received }) {
  await check(name, async () => {
    const documents = [];
    for (const sdk of [official, ours]) {
      const segment = new sdk.Segment('shop');
      const send = await prepare(sdk);
      received.splice(0);
      await send(segment).catch(() => {});
      documents.push(JSON.parse(segment.toString()).subsegments.map(comparable));
      for (const headers of received)
        assert.match(headers['x-amzn-trace-id'], /^Root=1-.*;Parent=[0-9a-f]{16};Sampled=1$/);
    }
    assert.deepEqual(documents[1], documents[0]);
  });
}

/** Without what differs from call to call; lengths as numbers, which theirs of version 2 are not; no `http` where nothing answered. */
function comparable(subsegment) {
  const text = JSON.stringify(subsegment, (key, value) => {
    if (['id', 'start_time', 'end_time', 'stack', 'truncated', 'working_directory'].includes(key)) return undefined;
    if (key === 'http' && !value?.response?.status) return undefined;
    return key === 'content_length' ? Number(value) : value;
  });
  return JSON.parse(text);
}

async function check(name, work) {
  try {
    await work();
    process.stdout.write(`ok ${name}\n`);
  } catch (error) {
    process.stdout.write(`not ok ${name}: ${error.message.replaceAll(/\s+/g, ' ')}\n`);
  }
}
