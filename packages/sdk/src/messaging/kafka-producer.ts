import { closeWith, quietParent, textOr } from '../data/call.ts';
import { captureOnce, isFunction, isThenable, type AnyFunction } from '../data/patches.ts';
import { isRecord } from '../objects.ts';
import { openSending, type Sending } from './send.ts';

/** How header names and values have to look for the producer's serializers. */
export interface KafkaProducerOptions {
  /** For producers with `stringSerializers`. Otherwise headers are buffers. */
  readonly stringHeaders?: boolean;
}

/**
 * A producer of @platformatic/kafka. What is sent is a call to each topic and carries the trace in its headers. For what is received see
 * `captureMessage` and `captureMessages`.
 * @returns how to undo it
 * @throws TypeError when it sends nothing
 */
export function captureKafkaProducer(producer: object, options: KafkaProducerOptions = {}): () => void {
  if (!isFunction(Reflect.get(producer, 'send')))
    throw new TypeError('captureKafkaProducer takes a producer: it has send.');
  const encode = options.stringHeaders === true ? (text: string) => text : (text: string) => Buffer.from(text);
  return captureOnce(producer, (patches) => {
    patches.replace(producer, 'send', (send) => traceSend(send, encode));
  });
}

type Encode = (text: string) => unknown;

function traceSend(send: AnyFunction, encode: Encode): AnyFunction {
  return function tracedSend(this: unknown, options, callback, ...rest) {
    const parent = quietParent();
    const messages = isRecord(options) ? options['messages'] : undefined;
    if (parent === undefined || !isRecord(options) || !Array.isArray(messages)) {
      return send.call(this, options, callback, ...rest);
    }
    const sendings = new Map<string, Sending>();
    const changed = messages.map((message: unknown) => {
      if (!isRecord(message)) return message;
      const topic = textOr(message['topic'], '');
      const sending = sendings.get(topic) ?? openSending(parent, 'kafka', topic);
      sendings.set(topic, sending);
      return carrying(message, sending, encode);
    });
    const all = { close: (error?: unknown) => sendings.forEach(({ subsegment }) => subsegment?.close(error, true)) };
    const ended: unknown = isFunction(callback)
      ? (error: unknown, ...values: unknown[]) => {
          all.close(error);
          return callback(error, ...values);
        }
      : callback;
    const result = send.call(this, { ...options, messages: changed }, ended, ...rest);
    if (isFunction(callback)) return result;
    if (isThenable(result)) return closeWith(all, result, true);
    all.close();
    return result;
  };
}

function carrying(message: Readonly<Record<string, unknown>>, { headers }: Sending, encode: Encode): unknown {
  const { headers: given } = message;
  const entries: (readonly [unknown, unknown])[] = [];
  if (given instanceof Map) entries.push(...given);
  else if (isRecord(given)) entries.push(...Object.entries(given));
  const names = new Set(headers.map(([name]) => name));
  const kept = entries.filter(([name]) => !names.has(String(name).toLowerCase()));
  const added = headers.map(([name, value]) => [encode(name), encode(value)] as const);
  return { ...message, headers: new Map([...kept, ...added]) };
}
