import { REGION } from '../template.js';

/** The event of a function that is subscribed to a topic. */
export function toTopicEvent({ messageId, topicArn, message, subject, attributes, sentMs }) {
  const Sns = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject ?? null,
    Message: message,
    Timestamp: new Date(sentMs).toISOString(),
    SignatureVersion: '1',
    MessageAttributes: attributes,
  };
  const EventSubscriptionArn = `${topicArn}:${messageId}`;
  return { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn, awsRegion: REGION, Sns }] };
}
