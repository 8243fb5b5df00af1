import { isAutomaticMode } from '../context/context.ts';
import { closeWith, quietParent, textOr } from '../data/call.ts';
import { captureOnce, isFunction, isThenable, type AnyFunction, type Patches } from '../data/patches.ts';
import type { Segment } from '../document/segment.ts';
import { isRecord } from '../objects.ts';
import { captureMessage, captureMessages, headersOrNone, type MessageSource } from './receive.ts';
import { openSending, type Sending } from './send.ts';

const SYSTEM = 'kafka';

type Source = Pick<MessageSource, 'name'>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * A `Kafka` of kafkajs, or of a client with the same interface: the producers and consumers made from it afterwards. What is sent is a
 * call to its topic and carries the trace in its headers. Each message (`eachMessage`) is a segment in the sender's trace; each batch
 * (`eachBatch`) is one with links to the senders. In manual mode it is the payload's `segment`.
 * @param source of the segments: their `name`
 * @returns how to undo it
 * @throws TypeError when it makes no producers and consumers
 */
export function captureKafkaJS(kafka: object, source: Source = {}): () => void {
  if (!isFunction(Reflect.get(kafka, 'producer')) || !isFunction(Reflect.get(kafka, 'consumer'))) {
    throw new TypeError('captureKafkaJS takes a Kafka: it has producer and consumer.');
  }
  return captureOnce(kafka, (patches) => {
    patches.replace(kafka, 'producer', (make) => making(make, (producer) => captureProducer(producer, patches)));
    patches.replace(kafka, 'consumer', (make) =>
      making(make, (consumer) => {
        patches.follow(consumer, 'run', (run) => traceRun(run, source, patches));
      }),
    );
  });
}

function making(make: AnyFunction, capture: (made: object) => void): AnyFunction {
  return function traced(this: unknown, ...args) {
    const made = make.apply(this, args);
    if (isRecord(made)) capture(made);
    return made;
  };
}

/** A producer, or a transaction of one. */
function captureProducer(producer: object, patches: Patches): void {
  patches.follow(producer, 'send', (send) => traceSend(send, (options) => [options], oneTopic));
  patches.follow(producer, 'sendBatch', (send) => traceSend(send, topicsOf, manyTopics));
  patches.follow(
    producer,
    'transaction',
    (begin) =>
      async function traced(this: unknown, ...args) {
        const transaction = await begin.apply(this, args);
        if (isRecord(transaction)) captureProducer(transaction, patches);
        return transaction;
      },
  );
}

const topicsOf = ({ topicMessages }: Fields): readonly unknown[] => (Array.isArray(topicMessages) ? topicMessages : []);
const oneTopic = (_options: Fields, [changed]: readonly unknown[]): unknown => changed;
const manyTopics = (options: Fields, changed: readonly unknown[]): unknown => ({ ...options, topicMessages: changed });

function traceSend(
  send: AnyFunction,
  split: (options: Fields) => readonly unknown[],
  join: (options: Fields, changed: readonly unknown[]) => unknown,
): AnyFunction {
  return function tracedSend(this: unknown, options, ...rest) {
    const parent = quietParent();
    if (parent === undefined || !isRecord(options)) return send.call(this, options, ...rest);
    const sendings: Sending[] = [];
    const changed = split(options).map((topic) => {
      if (!isRecord(topic)) return topic;
      const sending = openSending(parent, SYSTEM, textOr(topic['topic'], ''));
      sendings.push(sending);
      return withHeaders(topic, sending);
    });
    const result = send.call(this, join(options, changed), ...rest);
    const all = { close: (error?: unknown) => sendings.forEach(({ subsegment }) => subsegment?.close(error, true)) };
    if (isThenable(result)) return closeWith(all, result, true);
    all.close();
    return result;
  };
}

function withHeaders(topic: Fields, { headers }: Sending): unknown {
  const { messages } = topic;
  if (!Array.isArray(messages) || headers.length === 0) return topic;
  const carry = (message: unknown): unknown =>
    isRecord(message)
      ? { ...message, headers: { ...headersOrNone(message['headers']), ...Object.fromEntries(headers) } }
      : message;
  return { ...topic, messages: messages.map(carry) };
}

function traceRun(run: AnyFunction, source: Source, patches: Patches): AnyFunction {
  return function tracedRun(this: unknown, config, ...rest) {
    if (!isRecord(config)) return run.call(this, config, ...rest);
    const { eachMessage, eachBatch } = config;
    const changed = { ...config };
    if (isFunction(eachMessage)) {
      changed['eachMessage'] = (payload: unknown): unknown => {
        const { topic, message } = headersOrNone(payload);
        if (patches.undone) return eachMessage.call(config, payload);
        return captureMessage(message, sourceOf(source, topic), (segment) =>
          eachMessage.call(config, handedOver(payload, segment)),
        );
      };
    }
    if (isFunction(eachBatch)) {
      changed['eachBatch'] = (payload: unknown): unknown => {
        const { topic, messages } = headersOrNone(headersOrNone(payload)['batch']);
        if (patches.undone || !Array.isArray(messages)) return eachBatch.call(config, payload);
        return captureMessages(messages, sourceOf(source, topic), (segment) =>
          eachBatch.call(config, handedOver(payload, segment)),
        );
      };
    }
    return run.call(this, changed, ...rest);
  };
}

/** In manual mode the segment is the payload's. */
function handedOver(payload: unknown, segment: Segment): unknown {
  return isAutomaticMode() ? payload : { ...headersOrNone(payload), segment };
}

function sourceOf(source: Source, topic: unknown): MessageSource {
  return { ...source, system: SYSTEM, destination: textOr(topic, '') };
}
