import { createHash } from 'node:crypto';
import { ServiceError } from './service-error.js';

const BODY_BYTES_MAX = 256 * 1024;
const RECEIVE_MAX = 10;

/**
 * SQS as its clients speak it: AWS JSON 1.0, the operation in `x-amz-target`.
 * @param {Record<string, ReturnType<typeof import('./queue.js').createQueue>>} queues by URL
 */
export function createSqs(queues) {
  const operations = {
    SendMessage: (input, header) => send(queueOf(input), input, header),
    SendMessageBatch(input, header) {
      const queue = queueOf(input);
      const Successful = listOf(input.Entries, 'Entries').map((entry) => {
        const { MessageId, MD5OfMessageBody } = send(queue, entry, header);
        return { Id: entry.Id, MessageId, MD5OfMessageBody };
      });
      return { Successful, Failed: [] };
    },
    ReceiveMessage(input) {
      const messages = queueOf(input).receive(Math.min(input.MaxNumberOfMessages ?? 1, RECEIVE_MAX));
      return messages.length === 0 ? {} : { Messages: messages.map((message) => printMessage(message, input)) };
    },
    DeleteMessage(input) {
      queueOf(input).delete(textOf(input.ReceiptHandle, 'ReceiptHandle'));
      return {};
    },
    GetQueueAttributes(input) {
      const { visible, inFlight } = queueOf(input).counts();
      const Attributes = {
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
      };
      return { Attributes };
    },
  };

  function queueOf({ QueueUrl }) {
    const queue = queues[textOf(QueueUrl, 'QueueUrl')];
    if (queue === undefined) throw new ServiceError('QueueDoesNotExist', `QueueUrl: there is no ${QueueUrl}`);
    return queue;
  }

  /** @param {string} operation @param {object} input @param {string | undefined} header `X-Amzn-Trace-Id` of the request */
  return (operation, input, header) => {
    if (!Object.hasOwn(operations, operation)) throw new ServiceError('UnsupportedOperation', `no ${operation} here`);
    return operations[operation](input, header);
  };
}

export function md5(text) {
  return createHash('md5').update(text).digest('hex');
}

/** The attribute beats the header of the request. */
function send(queue, { MessageBody, MessageAttributes, MessageSystemAttributes }, header) {
  const body = textOf(MessageBody, 'MessageBody');
  if (Buffer.byteLength(body) > BODY_BYTES_MAX)
    throw new ServiceError('InvalidParameterValue', `MessageBody: more than ${BODY_BYTES_MAX} bytes`);
  const traceHeader = MessageSystemAttributes?.AWSTraceHeader?.StringValue ?? header;
  const { id } = queue.send({ body, attributes: MessageAttributes, traceHeader });
  return { MessageId: id, MD5OfMessageBody: md5(body) };
}

function printMessage({ id, body, attributes, traceHeader, sentMs, receiveCount }, input) {
  const asked = new Set([...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])]);
  const all = {
    SentTimestamp: String(sentMs),
    ApproximateReceiveCount: String(receiveCount),
    ...(traceHeader && { AWSTraceHeader: traceHeader }),
  };
  const Attributes = Object.fromEntries(Object.entries(all).filter(([name]) => asked.has('All') || asked.has(name)));
  const MessageAttributes = input.MessageAttributeNames === undefined ? {} : attributes;
  return { MessageId: id, ReceiptHandle: id, Body: body, MD5OfBody: md5(body), Attributes, MessageAttributes };
}

function textOf(value, field) {
  if (typeof value !== 'string' || value === '')
    throw new ServiceError('MissingParameter', `${field}: a text is needed`);
  return value;
}

function listOf(value, field) {
  if (!Array.isArray(value)) throw new ServiceError('MissingParameter', `${field}: a list is needed`);
  return value;
}
