import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

// Whichever SDK the environment names: both have one API.
const { default: AWSXRay } = await import(process.env.XRAY_SDK);
const sqs = AWSXRay.captureAWSv3Client(new SQSClient({ useQueueUrlAsEndpoint: false }));
const { QUEUE_URL: QueueUrl } = process.env;

/** A bit of everything that a handler records. */
export async function everything() {
  AWSXRay.captureFunc('plain', (subsegment) => subsegment.addAnnotation('kind', 'plain'));
  await AWSXRay.captureAsyncFunc('outer', async (subsegment) => {
    subsegment.addMetadata('key', { deep: [1] });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
    await sqs.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}-not`, MessageBody: 'one' })).catch(() => {});
    AWSXRay.captureFunc('inner', () => {});
    subsegment.close();
  });
  try {
    AWSXRay.captureFunc('failing', () => {
      throw new RangeError('too far');
    });
  } catch {}
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, AttributeNames: ['AWSTraceHeader'] }));
  return Messages[0].Attributes.AWSTraceHeader;
}
