import { cutText } from './clean-json.ts';
import type { EntityDocument, Json, JsonObject, SegmentDocument } from './segment-document.ts';
import type { ServiceKey } from './service-key.ts';

// Queues and topics stand between who sends and who receives: a call that puts a message there never leads to the
// receiver, even when the receiver's segment names that call as its parent (XRAY-SPEC §6.7).

/** Longer than any queue's name; keeps nodes' names from growing with a hostile document. */
const DESTINATION_CHARS_MAX = 2_048;
const SYSTEM_CHARS_MAX = 64;

const BROKERS: ReadonlySet<string> = new Set([
  'AWS::SQS',
  'AWS::SNS',
  'AWS::EventBridge',
  'AWS::Events',
  'AWS::Kinesis',
]);
const MESSAGING_FAMILY = 'Messaging';

/** How systems that OpenTelemetry names in lower case write themselves. */
const SYSTEM_NAMES: ReadonlyMap<string, string> = new Map([
  ['kafka', 'Kafka'],
  ['rabbitmq', 'RabbitMQ'],
  ['activemq', 'ActiveMQ'],
  ['rocketmq', 'RocketMQ'],
  ['pulsar', 'Pulsar'],
  ['nats', 'NATS'],
  ['jms', 'JMS'],
]);

/** `AWS::SQS::Queue` → `AWS::SQS`, `Messaging::Kafka` → `Messaging`. */
function familyOf(type: string): string {
  const [first = '', second] = type.split('::', 2);
  return first === MESSAGING_FAMILY || second === undefined ? first : `${first}::${second}`;
}

/** A type of node that keeps messages for others: SQS, SNS, EventBridge, Kinesis, and the brokers of `readMessaging`. */
export function isBroker({ type }: Pick<ServiceKey, 'type'>): boolean {
  if (type === null) return false;
  const family = familyOf(type);
  return family === MESSAGING_FAMILY || BROKERS.has(family);
}

/** The broker's own segment, as SNS sends with active tracing: it answers the call itself. */
export function isSameBroker(broker: ServiceKey, { type }: ServiceKey): boolean {
  return type !== null && broker.type !== null && familyOf(type) === familyOf(broker.type);
}

/**
 * The queue or topic of a call by OpenTelemetry's messaging attributes, `messaging.system` and
 * `messaging.destination.name` (formerly `messaging.destination`), as annotations (where the dots may be
 * underscores) or in the default namespace of metadata, which is where exporters put them. Null without a system.
 */
export function readMessaging(call: EntityDocument): (Pick<ServiceKey, 'name'> & { readonly type: string }) | null {
  const { annotations, metadata } = call;
  if (annotations === undefined && metadata === undefined) return null;
  const fields = asObject(metadata?.['default']);
  const read = (key: string): string | null =>
    textOf(annotations?.[key]) ?? textOf(annotations?.[key.replaceAll('.', '_')]) ?? textOf(fields?.[key]);
  const system = read('messaging.system');
  if (system === null) return null;
  const name = read('messaging.destination.name') ?? read('messaging.destination') ?? call.name;
  return { name: cutText(name, DESTINATION_CHARS_MAX), type: `${MESSAGING_FAMILY}::${printSystem(system)}` };
}

/**
 * The queue or topic that a segment says it received from, which begins a trace of its own and has links to those of the
 * senders: by `aws.queue_url`, `aws.event_source_arn`, `aws.topic_arn` or messaging attributes. Null without links.
 */
export function readReceivedFrom(segment: SegmentDocument): ServiceKey | null {
  const { links, aws } = segment;
  if (links === undefined || links.length === 0) return null;
  const queue = textOf(aws?.['queue_url']) ?? queueUrlOf(textOf(aws?.['event_source_arn']));
  if (queue !== null) return brokerNode(queue, 'AWS::SQS::Queue');
  const topic = textOf(aws?.['topic_arn']) ?? topicOf(textOf(aws?.['event_source_arn']));
  if (topic !== null) return brokerNode(topic.slice(topic.lastIndexOf(':') + 1), 'AWS::SNS::Topic');
  const messaging = readMessaging(segment);
  return messaging === null ? null : { ...messaging, accountId: null };
}

function brokerNode(name: string, type: string): ServiceKey {
  return { name: cutText(name, DESTINATION_CHARS_MAX), type, accountId: null };
}

/** Callers know a queue by its URL, Lambda's event sources by its ARN. */
function queueUrlOf(arn: string | null): string | null {
  const parts = /^arn:aws[\w-]*:sqs:([\w-]+):(\d+):([^:]+)$/.exec(arn ?? '');
  return parts === null ? null : `https://sqs.${parts[1]}.amazonaws.com/${parts[2]}/${parts[3]}`;
}

function topicOf(arn: string | null): string | null {
  return arn?.split(':', 3)[2] === 'sns' ? arn : null;
}

function printSystem(system: string): string {
  return SYSTEM_NAMES.get(system.toLowerCase()) ?? cutText(system.replaceAll(/[\s:]/g, ''), SYSTEM_CHARS_MAX);
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
