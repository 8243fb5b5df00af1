import { isRecord } from '../objects.ts';

const ATTRIBUTE = 'AWSTraceHeader';

/**
 * The input with the trace header where the service carries it to whoever receives, beside the HTTP header of the call:
 *
 *   SQS SendMessage, SendMessageBatch   message system attribute AWSTraceHeader
 *   EventBridge PutEvents               TraceHeader of each entry
 *   SQS ReceiveMessage                  asks for the attribute
 *
 * SNS has no field for it: it passes the HTTP header on. What the application has put there stays; its objects are not changed.
 */
export function withTraceHeader(service: string, operation: string, input: unknown, header: string): unknown {
  if (!isRecord(input)) return input;
  const carrier = CARRIERS[`${service.toLowerCase()}.${operation}`];
  return carrier === undefined ? input : carrier(input, header);
}

type Input = Readonly<Record<string, unknown>>;

const CARRIERS: Readonly<Record<string, (input: Input, header: string) => Input>> = {
  'sqs.sendMessage': withAttribute,
  'sqs.sendMessageBatch': (input, header) => withEntries(input, (entry) => withAttribute(entry, header)),
  'eventbridge.putEvents': (input, header) =>
    withEntries(input, (entry) => (entry['TraceHeader'] === undefined ? { ...entry, TraceHeader: header } : entry)),
};

/** Receivers see the header only when they ask for it. For clients that know the parameter. */
export function askForTraceHeader(service: string, operation: string, input: unknown): unknown {
  if (service.toLowerCase() !== 'sqs' || operation !== 'receiveMessage' || !isRecord(input)) return input;
  const asked = listOf(input['MessageSystemAttributeNames']);
  const isThere = [...asked, ...listOf(input['AttributeNames'])].some((name) => name === 'All' || name === ATTRIBUTE);
  return isThere ? input : { ...input, MessageSystemAttributeNames: [...asked, ATTRIBUTE] };
}

function withEntries(input: Input, change: (entry: Input) => Input): Input {
  const { Entries: entries } = input;
  if (!Array.isArray(entries)) return input;
  return { ...input, Entries: entries.map((entry: unknown) => (isRecord(entry) ? change(entry) : entry)) };
}

function withAttribute(message: Input, header: string): Input {
  const attributes = isRecord(message['MessageSystemAttributes']) ? message['MessageSystemAttributes'] : {};
  if (attributes[ATTRIBUTE] !== undefined) return message;
  const attribute = { DataType: 'String', StringValue: header };
  return { ...message, MessageSystemAttributes: { ...attributes, [ATTRIBUTE]: attribute } };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
