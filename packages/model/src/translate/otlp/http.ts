import { cutText } from '../../clean-json.ts';
import { LONG_TEXT_CHARS_MAX, TEXT_CHARS_MAX } from '../../entity-fields.ts';
import { familiesOf } from './attribute-key.ts';
import { braces, member, quote } from './json-text.ts';
import { SPAN_KIND } from './span.ts';
import { Fields, type SpanSource } from './span-fields.ts';

const HTTP_STATUS_MAX = 999;
const WITH_STATUS = familiesOf('http');

/** No span is an HTTP call without one of these. */
const WITH_HTTP = familiesOf('http', 'url', 'user_agent');

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
  const agent = fields.text('http.user_agent', 'user_agent.original');
  const isHttp = method ?? status ?? url ?? agent ?? fields.text('http.client_ip');
  if (isHttp === undefined) return '';
  const { clientIp, isForwarded } = clientOf(fields);
  const request =
    member('method', cut(method, TEXT_CHARS_MAX)) +
    member('url', cut(url, LONG_TEXT_CHARS_MAX)) +
    member('user_agent', cut(agent, LONG_TEXT_CHARS_MAX)) +
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
  const isServer = span.kind === SPAN_KIND.server;
  const named = fields.text('http.host');
  const host =
    named ?? (isServer ? serverHostOf(source) : fields.text('net.peer.name', 'net.peer.ip', 'server.address'));
  // A path alone may belong to gRPC or a file.
  if (
    host === undefined ||
    !(isHttp || fields.text('http.scheme', 'http.target', 'http.host', 'url.scheme') !== undefined)
  )
    return undefined;
  const scheme = fields.text('http.scheme', 'url.scheme') ?? 'http';
  // `http.host` has its port with it. What a server calls its peer's is the client's own.
  const port =
    named === undefined ? fields.number(isServer ? 'net.host.port' : 'net.peer.port', 'server.port') : undefined;
  const isUsual = port === undefined || port === USUAL_PORTS.get(scheme) || /:\d+$/.test(host);
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}${fields.text('http.target') ?? pathOf(fields)}`;
}

const USUAL_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
]);

function pathOf(fields: Fields): string {
  const query = fields.text('url.query');
  const path = fields.text('url.path') ?? '/';
  return query === undefined ? path : `${path}${query.startsWith('?') ? '' : '?'}${query}`;
}

function serverHostOf({ fields, resourceFields }: SpanSource): string | undefined {
  return (
    fields.text('http.server_name', 'net.host.name', 'host.name', 'server.address') ?? resourceFields.text('host.name')
  );
}

/** The newer names may also have a host's name or a socket's path, which are no addresses. */
function clientOf(fields: Fields): { readonly clientIp: string | undefined; readonly isForwarded: boolean } {
  const peer = fields.text('net.peer.ip') ?? addressIn(fields, 'network.peer.address');
  const told = fields.text('http.client_ip') ?? addressIn(fields, 'client.address');
  return { clientIp: told ?? peer, isForwarded: told !== undefined && peer === undefined };
}

function addressIn(fields: Fields, key: string): string | undefined {
  const address = fields.text(key);
  return address !== undefined && ADDRESS.test(address) ? address : undefined;
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|(?=.*:)[\da-fA-F:.]+(?:%\w+)?)$/;

/** AWS's exporter writes 0 where nobody said how long the answer was; here the field is left out. */
function contentLengthOf({ span, fields }: SpanSource): string | undefined {
  let length = fields.number('http.response_content_length', 'http.response.body.size') ?? receivedSize(fields);
  for (const event of span.events) {
    if (length !== undefined) break;
    if (event.attributes.length > 0) length = receivedSize(new Fields(event.attributes));
  }
  return length !== undefined && Number.isSafeInteger(length) && length >= 0 ? String(length) : undefined;
}

/** Of a message that came; one that went is no answer. */
function receivedSize(fields: Fields): number | undefined {
  if (fields.text('message.type') !== 'RECEIVED') return undefined;
  return fields.number('messaging.message_payload_size_bytes', 'message.uncompressed_size');
}

function cut(text: string | undefined, charsMax: number): string | undefined {
  return text === undefined ? undefined : quote(cutText(text, charsMax));
}
