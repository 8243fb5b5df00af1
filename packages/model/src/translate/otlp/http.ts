import { cutText } from '../../clean-json.ts';
import { LONG_TEXT_CHARS_MAX, TEXT_CHARS_MAX } from '../../entity-fields.ts';
import { familiesOf } from './attribute-key.ts';
import { braces, member, quote } from './json-text.ts';
import { SPAN_KIND } from './span.ts';
import type { Fields, SpanSource } from './span-fields.ts';

const HTTP_STATUS_MAX = 999;
const WITH_STATUS = familiesOf('http');

/** No span is an HTTP call without one of these. */
const WITH_HTTP = familiesOf('http', 'url');

const CONTENT_LENGTHS: readonly string[] = [
  'http.response_content_length',
  'http.response.body.size',
  'messaging.message_payload_size_bytes',
  'messaging.message.body.size',
];

/** The status that an HTTP answer had, by the older or newer conventions. */
export function httpStatusOf(fields: Fields): number | undefined {
  if (fields.lacks(WITH_STATUS)) return undefined;
  const status = fields.number('http.status_code', 'http.response.status_code');
  return status !== undefined && Number.isInteger(status) && status >= 0 && status <= HTTP_STATUS_MAX
    ? status
    : undefined;
}

/** The `http` block as JSON; nothing for a span that is no HTTP call. */
export function printHttp(source: SpanSource): string {
  const { fields } = source;
  if (fields.lacks(WITH_HTTP)) return '';
  const method = fields.text('http.method', 'http.request.method');
  const status = httpStatusOf(fields);
  const url = urlOf(source, method !== undefined || status !== undefined);
  if (method === undefined && status === undefined && url === undefined) return '';
  const { clientIp, isForwarded } = clientOf(source);
  const request =
    member('method', cut(method, TEXT_CHARS_MAX)) +
    member('url', cut(url, LONG_TEXT_CHARS_MAX)) +
    member('user_agent', cut(fields.text('http.user_agent', 'user_agent.original'), LONG_TEXT_CHARS_MAX)) +
    member('client_ip', cut(clientIp, TEXT_CHARS_MAX)) +
    member('x_forwarded_for', isForwarded ? 'true' : undefined);
  const response =
    member('status', status === undefined ? undefined : String(status)) +
    member('content_length', contentLengthOf(source));
  return braces(member('request', braces(request)) + member('response', braces(response)));
}

function urlOf(source: SpanSource, isHttp: boolean): string | undefined {
  const { span, fields } = source;
  const whole = fields.text('http.url', 'url.full');
  if (whole !== undefined) return whole;
  const target = fields.text('http.target') ?? pathOf(fields);
  const host = span.kind === SPAN_KIND.server ? serverHostOf(source) : clientHostOf(fields);
  // A path alone may belong to gRPC or a file.
  if (host === undefined || !(isHttp || fields.text('http.scheme', 'http.target') !== undefined)) return undefined;
  const scheme = fields.text('http.scheme', 'url.scheme') ?? 'http';
  const port = fields.number('net.host.port', 'net.peer.port', 'server.port');
  const isUsual = port === undefined || port === 80 || port === 443 || /:\d+$/.test(host);
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}${target ?? '/'}`;
}

function pathOf(fields: Fields): string | undefined {
  const path = fields.text('url.path');
  if (path === undefined) return undefined;
  const query = fields.text('url.query');
  return query === undefined ? path : `${path}?${query}`;
}

function serverHostOf({ fields, resourceFields }: SpanSource): string | undefined {
  return (
    fields.text('http.host', 'http.server_name', 'net.host.name', 'host.name', 'server.address') ??
    resourceFields.text('host.name')
  );
}

function clientHostOf(fields: Fields): string | undefined {
  return fields.text('http.host', 'net.peer.name', 'net.peer.ip', 'server.address');
}

function clientOf({ fields }: SpanSource): { readonly clientIp: string | undefined; readonly isForwarded: boolean } {
  const peer = fields.text('net.peer.ip', 'network.peer.address');
  const told = fields.text('http.client_ip');
  if (told !== undefined) return { clientIp: told, isForwarded: true };
  const address = fields.text('client.address');
  return { clientIp: address ?? peer, isForwarded: address !== undefined && peer === undefined };
}

/** AWS's exporter writes 0 where nobody said how long the answer was; here the field is left out. */
function contentLengthOf({ span, fields }: SpanSource): string | undefined {
  let length = fields.number(...CONTENT_LENGTHS);
  for (const event of length === undefined ? span.events : []) {
    const byKey = new Map(event.attributes.map((attribute) => [attribute.key, attribute]));
    const size = byKey.get('messaging.message_payload_size_bytes') ?? byKey.get('message.uncompressed_size');
    if (byKey.get('message.type')?.value === 'RECEIVED' && size?.type === 'int') length = Number(size.value);
  }
  return length !== undefined && Number.isSafeInteger(length) && length >= 0 ? String(length) : undefined;
}

function cut(text: string | undefined, charsMax: number): string | undefined {
  return text === undefined ? undefined : quote(cutText(text, charsMax));
}
