// Topic "visits" → here → table "hits", the partner's geo service, queue "receipts", and for each fifth visit topic "milestones".
import https from 'node:https';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import AWSXRay from '@fluoroscope/sdk';

AWSXRay.captureHTTPsGlobal(https);
const dynamodb = AWSXRay.captureAWSv3Client(new DynamoDBClient({}));
const sns = AWSXRay.captureAWSv3Client(new SNSClient({}));
// Queues' URLs name AWS's host, as they do in production; calls go where AWS_ENDPOINT_URL_SQS says.
const sqs = AWSXRay.captureAWSv3Client(new SQSClient({ useQueueUrlAsEndpoint: false }));

const MILESTONE_EVERY = 5;
const ANSWER_MS_MAX = 2_000;
const { TABLE_NAME, QUEUE_URL, MILESTONES_ARN, GEO_URL } = process.env;

export async function handler(event) {
  for (const { Sns } of event.Records) await countVisit(JSON.parse(Sns.Message));
}

async function countVisit({ page, visitor }) {
  const hits = await addHit(page);
  const country = await lookUpCountry({ page, visitor });
  const visit = JSON.stringify({ page, visitor, hits, country });
  await sqs.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: visit }));
  if (hits % MILESTONE_EVERY === 0) await sns.send(new PublishCommand({ TopicArn: MILESTONES_ARN, Message: visit }));
}

/** The counter is DynamoDB's: two visits at a time are two hits. */
async function addHit(page) {
  const { Attributes } = await dynamodb.send(
    new UpdateItemCommand({
      TableName: TABLE_NAME,
      Key: { page: { S: page } },
      UpdateExpression: 'ADD hits :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Number(Attributes.hits.N);
}

/** A partner with bad certificates is a fault of this step, not of the visit. */
function lookUpCountry({ page, visitor }) {
  return AWSXRay.captureAsyncFunc('look up country', async (subsegment) => {
    const url = new URL(`/country?visitor=${encodeURIComponent(visitor)}`, GEO_URL);
    subsegment.addAnnotation('partner', url.hostname);
    subsegment.addAnnotation('page', page);
    try {
      const { country } = await getJson(url);
      subsegment.addMetadata('answer', { visitor, country }, 'geo');
      subsegment.close();
      return country;
    } catch (error) {
      subsegment.addMetadata('certificate', { host: url.hostname, code: error.code, visitor }, 'geo');
      subsegment.close(error);
      return 'unknown';
    }
  });
}

function getJson(url) {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { agent: false, timeout: ANSWER_MS_MAX }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(JSON.parse(text)));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)));
    request.on('error', reject);
  });
}
