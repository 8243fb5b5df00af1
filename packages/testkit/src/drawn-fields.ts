import type { CauseBlock, EntityDocument, HttpBlock, JsonObject, SegmentId } from '@fluoroscope/model';
import { hexOf } from './hex-of.ts';
import type { DrawingLine } from './drawing-line.ts';

const AWS_SETTINGS = [
  ['op', 'operation'],
  ['table', 'table_name'],
  ['queue', 'queue_url'],
  ['topic', 'topic_arn'],
  ['bucket', 'bucket_name'],
  ['function', 'function_name'],
] as const;

export function isAwsCall(line: DrawingLine): boolean {
  return AWS_SETTINGS.some(([setting]) => line.settings.has(setting));
}

export function awsOf(line: DrawingLine): JsonObject | null {
  const fields = AWS_SETTINGS.map(([setting, field]) => [field, line.settings.get(setting)] as const);
  const aws = [...fields, ['account_id', line.settings.get('account')] as const].flatMap(([field, value]) =>
    value === undefined ? [] : [[field, value] as const],
  );
  return aws.length === 0 ? null : Object.fromEntries(aws);
}

export function sqlOf(line: DrawingLine): JsonObject | null {
  const query = line.settings.get('sql');
  if (query !== undefined) return { sanitized_query: query };
  return line.flags.has('sql') ? { database_type: 'PostgreSQL' } : null;
}

export function httpOf({ method, url, status }: DrawingLine): HttpBlock | null {
  if (method === null && url === null && status === null) return null;
  const request = { ...(method !== null && { method }), ...(url !== null && { url }) };
  return {
    ...((method !== null || url !== null) && { request }),
    ...(status !== null && { response: { status } }),
  };
}

/** From the words, and from the status as SDKs read it: 429 throttle and error, 4xx error, 5xx fault. */
export function flagsOf({ flags, status }: DrawingLine): Pick<EntityDocument, 'error' | 'throttle' | 'fault'> {
  const code = status ?? 0;
  return {
    ...((flags.has('error') || (code >= 400 && code < 500)) && { error: true }),
    ...((flags.has('throttle') || code === 429) && { throttle: true }),
    ...((flags.has('fault') || (code >= 500 && code < 600)) && { fault: true }),
  };
}

/** `throws=TYPE:MESSAGE` */
export function causeOf({ settings }: DrawingLine, id: SegmentId): CauseBlock | null {
  const thrown = settings.get('throws');
  if (thrown === undefined) return null;
  const [type = '', ...message] = thrown.split(':');
  return { exceptions: [{ id: hexOf(`exception ${id}`, 16), type, message: message.join(':') }] };
}
