import { readTrace } from '../grpc/trace-carriers.ts';
import { isRecord } from '../objects.ts';
import { processTraceData, type TraceData } from '../trace-data.ts';

/**
 * Who sent a message, as client libraries hand it over; empty when nobody says:
 *
 *   SQS       Attributes.AWSTraceHeader (Lambda's records: attributes.AWSTraceHeader), else the message attributes
 *   AMQP      properties.headers
 *   Kafka     headers: an object or a map, with texts or buffers
 *
 * Headers and attributes are `x-amzn-trace-id`, `traceparent`, `b3` and their kin, in any letter case.
 */
export function readSender(message: unknown): TraceData {
  if (!isRecord(message)) return {};
  for (const name of ['Attributes', 'attributes']) {
    const header = fieldOf(message[name], 'AWSTraceHeader');
    if (typeof header === 'string') return processTraceData(header);
  }
  const headers = new Map<string, string>();
  const { properties, headers: own, MessageAttributes: ofSdk, messageAttributes: ofLambda } = message;
  for (const [key, value] of [own, fieldOf(properties, 'headers'), ofSdk, ofLambda].flatMap(entriesOf)) {
    const text = textOf(value);
    if (text !== undefined) headers.set(String(key).toLowerCase(), text);
  }
  return readTrace({ get: (key) => [headers.get(key)] });
}

/** Headers past these are not looked at. */
const HEADERS_MAX = 256;

function entriesOf(headers: unknown): readonly (readonly [unknown, unknown])[] {
  if (headers instanceof Map) return [...headers].slice(0, HEADERS_MAX);
  return isRecord(headers) ? Object.entries(headers).slice(0, HEADERS_MAX) : [];
}

/** A text, a buffer, the last of a list, or what an attribute of SQS holds. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value.toString();
  if (Array.isArray(value)) return textOf(value.at(-1));
  const inner = fieldOf(value, 'StringValue') ?? fieldOf(value, 'stringValue');
  return typeof inner === 'string' ? inner : undefined;
}

function fieldOf(from: unknown, name: string): unknown {
  return isRecord(from) ? from[name] : undefined;
}
