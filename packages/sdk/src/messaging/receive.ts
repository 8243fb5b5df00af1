import { runWithSegment } from '../context/context.ts';
import { closeWith } from '../data/call.ts';
import { isThenable } from '../data/patches.ts';
import { Segment } from '../document/segment.ts';
import { getLogger } from '../logger.ts';
import { middleware } from '../middleware/middleware.ts';
import { isRecord } from '../objects.ts';
import type { TraceData } from '../trace-data.ts';
import { readSender } from './message-headers.ts';

/** Where messages were received from. One of queueUrl, topicArn and system says which queue or topic stands between. */
export interface MessageSource {
  /** The segment's name; otherwise that of the middleware (`setDefaultName`, `AWS_XRAY_TRACING_NAME`). */
  readonly name?: string;
  /** Of SQS. */
  readonly queueUrl?: string;
  /** Of SNS. */
  readonly topicArn?: string;
  /** `rabbitmq`, `kafka`, and whatever else OpenTelemetry calls `messaging.system`. */
  readonly system?: string;
  /** The queue or topic of that system. */
  readonly destination?: string;
}

/** X-Ray keeps as many linked traces of a segment. */
const LINKS_MAX = 20;

/**
 * Runs `fn` in a segment for messages that were received together, which ends with it (with its promise, when it gives one).
 * One message continues its sender's trace. Several begin a trace of their own with a link to each sender that was sampled; it is
 * sampled when one of them was. Whose sender is not known is sampled by the rules.
 * @param messages as a client library hands them over: see `readSender`
 */
export function captureMessages<T>(
  messages: readonly unknown[],
  source: MessageSource,
  fn: (segment: Segment) => T,
): T {
  const segment = openSegment(messages, source);
  try {
    const result = runWithSegment(segment, () => fn(segment));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a promise for the same
    if (isThenable(result)) return closeWith(segment, result, false) as T;
    segment.close();
    return result;
  } catch (error) {
    segment.close(error);
    throw error;
  }
}

/** As `captureMessages` for one message. */
export function captureMessage<T>(message: unknown, source: MessageSource, fn: (segment: Segment) => T): T {
  return captureMessages([message], source, fn);
}

/** The caller closes it. */
export function openSegment(messages: readonly unknown[], source: MessageSource): Segment {
  const senders = messages.map(readSender).filter(({ root }) => root !== undefined);
  const [only] = senders;
  const name = source.name ?? middleware.resolveName();
  const continued = messages.length === 1 ? only : undefined;
  const segment = new Segment(name, continued?.root, continued?.parent);
  const sampled = decisionOf(senders);
  middleware.resolveSampling({ ...(sampled !== undefined && { sampled }) }, segment, {});
  if (segment.notTraced !== true) describe(segment, source, continued === undefined ? senders : [], messages.length);
  return segment;
}

/** Yes when one of the senders was sampled, no when all that say something were not. */
function decisionOf(senders: readonly TraceData[]): string | undefined {
  const decisions = new Set(senders.map(({ sampled }) => sampled));
  if (decisions.has('1')) return '1';
  return decisions.has('0') ? '0' : undefined;
}

function describe(segment: Segment, source: MessageSource, senders: readonly TraceData[], count: number): void {
  const { queueUrl, topicArn, system, destination } = source;
  if (queueUrl !== undefined) segment.addPluginData({ queue_url: queueUrl });
  if (topicArn !== undefined) segment.addPluginData({ topic_arn: topicArn });
  if (system !== undefined) describeDestination(segment, system, destination);
  if (count > 1) segment.addMetadata('messaging.batch.message_count', count);
  const links = new Map<string, object>();
  for (const { root, parent, sampled } of senders) {
    if (parent !== undefined && sampled !== '0') links.set(`${root} ${parent}`, { trace_id: root, id: parent });
  }
  if (links.size === 0) return;
  segment.links = [...links.values()].slice(0, LINKS_MAX);
  if (links.size <= LINKS_MAX) return;
  segment.addMetadata('messaging.links_left_out', links.size - LINKS_MAX);
  getLogger().debug(`${links.size - LINKS_MAX} senders of ${count} messages have no link: ${LINKS_MAX} are kept.`);
}

/** By which the server names the queue or topic between both sides. */
export function describeDestination(
  entity: Pick<Segment, 'addAnnotation'>,
  system: string,
  destination: string | undefined,
): void {
  entity.addAnnotation('messaging_system', system);
  if (destination !== undefined) entity.addAnnotation('messaging_destination_name', destination);
}

/** Whether a value can hold headers. */
export function headersOrNone(headers: unknown): Record<string, unknown> {
  return isRecord(headers) ? headers : {};
}
