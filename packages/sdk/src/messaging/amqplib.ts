import { isAutomaticMode } from '../context/context.ts';
import { bindToCaller, quietParent, textOr } from '../data/call.ts';
import { captureOnce, isFunction, type AnyFunction, type Patches } from '../data/patches.ts';
import { isRecord } from '../objects.ts';
import { captureMessage, headersOrNone, type MessageSource } from './receive.ts';
import { openSending } from './send.ts';

const SYSTEM = 'rabbitmq';

/**
 * A channel of amqplib (promises or callbacks, confirming or not). What is published is a call to its exchange, or its queue when the
 * exchange is the default one, and carries the trace in its headers. Each message that a consumer is given is a segment in the sender's
 * trace, which ends with the consumer's function (with its promise, when it gives one). In manual mode it is the message's `segment`.
 * @param source of the segments: their `name`
 * @returns how to undo it
 * @throws TypeError when it is no channel
 */
export function captureAmqplib(channel: object, source: Pick<MessageSource, 'name'> = {}): () => void {
  if (!isFunction(Reflect.get(channel, 'publish')) || !isFunction(Reflect.get(channel, 'consume'))) {
    throw new TypeError('captureAmqplib takes a channel: it has publish and consume.');
  }
  return captureOnce(channel, (patches) => {
    // sendToQueue of every kind of channel ends in publish.
    patches.replace(channel, 'publish', (publish) => tracePublish(publish));
    patches.replace(channel, 'consume', (consume) => traceConsume(consume, source, patches));
  });
}

function tracePublish(publish: AnyFunction): AnyFunction {
  return function tracedPublish(this: unknown, exchange, routingKey, content, options, confirm, ...rest) {
    const parent = quietParent();
    if (parent === undefined) return publish.call(this, exchange, routingKey, content, options, confirm, ...rest);
    const { subsegment, headers } = openSending(parent, SYSTEM, destinationOf(exchange, routingKey));
    const given = isRecord(options) ? options : {};
    const carried = { ...given, headers: { ...headersOrNone(given['headers']), ...Object.fromEntries(headers) } };
    const confirmed: AnyFunction | undefined = isFunction(confirm)
      ? (error, ...values) => {
          subsegment?.close(error, true);
          return bound?.(error, ...values);
        }
      : undefined;
    const bound = isFunction(confirm) ? bindToCaller(confirm) : undefined;
    try {
      const result = publish.call(this, exchange, routingKey, content, carried, confirmed, ...rest);
      if (confirmed === undefined) subsegment?.close();
      return result;
    } catch (error) {
      subsegment?.close(error);
      throw error;
    }
  };
}

function traceConsume(consume: AnyFunction, source: Pick<MessageSource, 'name'>, patches: Patches): AnyFunction {
  return function tracedConsume(this: unknown, queue, callback, ...rest) {
    if (!isFunction(callback)) return consume.call(this, queue, callback, ...rest);
    const traced = (message: unknown): unknown => {
      // Null: the consumer was cancelled.
      if (!isRecord(message) || patches.undone) return callback(message);
      const fields = headersOrNone(message['fields']);
      const destination = destinationOf(fields['exchange'], fields['routingKey']);
      return captureMessage(message, { ...source, system: SYSTEM, destination }, (segment) => {
        if (!isAutomaticMode()) message['segment'] = segment;
        return callback(message);
      });
    };
    return consume.call(this, queue, traced, ...rest);
  };
}

/** The default exchange has no name: there the routing key is the queue. */
function destinationOf(exchange: unknown, routingKey: unknown): string {
  return typeof exchange === 'string' && exchange !== '' ? exchange : textOr(routingKey, '');
}
