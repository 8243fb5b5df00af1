import { setTimeout as sleep } from 'node:timers/promises';
import { md5 } from '../services/sqs-protocol.js';
import { ACCOUNT, functionArn, REGION } from '../template.js';
import { openServiceSegment } from '../tracing/service-segment.js';
import { beginTrace, readTrace } from '../tracing/trace.js';

/** X-Ray keeps as many linked traces of a segment. */
const LINKS_MAX = 20;

/**
 * Reads a queue for a function until `signal`: receives a batch, calls the function with it, deletes what went well. The batch has a
 * trace of its own, which is linked to those of its senders, and is sampled when one of them was.
 * @param {object} options
 * @param {ReturnType<typeof import('../services/queue.js').createQueue>} options.queue
 * @param {ReturnType<typeof import('./function-pool.js').createFunctionPool>} options.functions
 */
export async function readQueue({ queue, queueArn, functions, functionName, batchSize, batchWindowMs, signal }) {
  while (!signal.aborted) {
    await sleep(batchWindowMs, undefined, { signal }).catch(() => {});
    const messages = signal.aborted ? [] : queue.receive(batchSize);
    if (messages.length > 0) await processBatch({ messages, queue, queueArn, functions, functionName });
  }
}

async function processBatch({ messages, queue, queueArn, functions, functionName }) {
  const senders = messages
    .filter(({ traceHeader }) => traceHeader !== undefined)
    .map(({ traceHeader }) => readTrace(traceHeader));
  const trace = beginTrace(senders.length === 0 || senders.some(({ sampled }) => sampled));
  const segment = openServiceSegment(trace, {
    name: functionName,
    origin: 'AWS::Lambda',
    resource_arn: functionArn(functionName),
    http: { response: { status: 200 } },
    aws: { account_id: ACCOUNT, function_arn: functionArn(functionName), event_source_arn: queueArn },
    links: senders.filter(isLinkable).map(toLink).slice(0, LINKS_MAX),
  });
  const event = { Records: messages.map((message) => toRecord(message, queueArn)) };
  const { result, error } = await functions.invoke(functionName, event, segment.from());
  const failed = error === undefined ? failuresOf(result) : new Set(messages.map(({ id }) => id));
  if (error !== undefined) console.error(`${functionName}: ${error.errorType}: ${error.errorMessage}`);
  for (const { id } of messages) if (!failed.has(id)) queue.delete(id);
  segment.close(error === undefined ? {} : { fault: true });
}

/** What the function names as failed stays in the queue; so does all when it throws. */
function failuresOf(result) {
  return new Set((result?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
}

function isLinkable({ parent, sampled }) {
  return parent !== undefined && sampled;
}

function toLink({ root, parent }) {
  return { trace_id: root, id: parent };
}

function toRecord({ id, body, attributes, traceHeader, sentMs, receiveCount, firstReceivedMs }, queueArn) {
  return {
    messageId: id,
    receiptHandle: id,
    body,
    md5OfBody: md5(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      ApproximateFirstReceiveTimestamp: String(firstReceivedMs),
      SentTimestamp: String(sentMs),
      SenderId: ACCOUNT,
      ...(traceHeader && { AWSTraceHeader: traceHeader }),
    },
    messageAttributes: attributes,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
}
