import { ServiceError } from './service-error.js';

const MESSAGE_BYTES_MAX = 256 * 1024;
const ATTRIBUTES_MAX = 10;

/**
 * SNS as its clients speak it: the query protocol, a form in and XML out.
 * @param {ReturnType<typeof import('./topics.js').createTopics>} topics
 */
export function createSns(topics) {
  /** @param {URLSearchParams} form @param {string | undefined} traceHeader `X-Amzn-Trace-Id` of the request */
  return (form, traceHeader) => {
    const action = form.get('Action');
    if (action !== 'Publish') throw new ServiceError('InvalidAction', `no ${action} here`);
    const message = required(form, 'Message');
    if (Buffer.byteLength(message) > MESSAGE_BYTES_MAX)
      throw new ServiceError('InvalidParameter', `Message: more than ${MESSAGE_BYTES_MAX} bytes`);
    const topicArn = required(form, 'TopicArn');
    const subject = form.get('Subject') ?? undefined;
    const messageId = topics.publish({ topicArn, message, subject, attributes: attributesOf(form), traceHeader });
    return `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>${messageId}</MessageId></PublishResult></PublishResponse>`;
  };
}

export function printSnsError({ code, message, status }, requestId) {
  const type = status < 500 ? 'Sender' : 'Receiver';
  return `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>${type}</Type><Code>${code}</Code><Message>${escape(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

/** attribute = "MessageAttributes.entry." N ( ".Name" / ".Value.DataType" / ".Value.StringValue" ) */
function attributesOf(form) {
  const attributes = {};
  for (let at = 1; at <= ATTRIBUTES_MAX; at += 1) {
    const prefix = `MessageAttributes.entry.${at}`;
    const name = form.get(`${prefix}.Name`);
    if (name === null) break;
    attributes[name] = { Type: form.get(`${prefix}.Value.DataType`), Value: form.get(`${prefix}.Value.StringValue`) };
  }
  return attributes;
}

function required(form, field) {
  const value = form.get(field);
  if (!value) throw new ServiceError('InvalidParameter', `${field}: a text is needed`);
  return value;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
