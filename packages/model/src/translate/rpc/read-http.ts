import { cutText, readCount } from '../../clean-json.ts';
import { HTTP_STATUS_MAX, LONG_TEXT_CHARS_MAX, TEXT_CHARS_MAX } from '../../entity-fields.ts';
import type { HttpBlock, HttpRequest, HttpResponse } from '../../segment-document.ts';
import { firstTagOf, type RpcSpan, type Writable } from './rpc-span.ts';

// OpenTracing's and Zipkin's names, Envoy's, then OpenTelemetry's newer ones.
const METHOD = ['http.method', 'http.request.method'];
const URL_KEYS = ['http.url', 'url.full', 'http.target', 'http.path'];
const STATUS = ['http.status_code', 'http.response.status_code'];
const USER_AGENT = ['user_agent', 'http.user_agent', 'user_agent.original'];
const RESPONSE_SIZE = ['response_size', 'http.response_content_length', 'http.response.body.size'];

/** Envoy writes this for what it does not know. */
const UNKNOWN = '-';

/** Undefined without a method, URL or status. `isServer`: the other side is the client. */
export function readHttp(span: RpcSpan, isServer: boolean): HttpBlock | undefined {
  const { tags } = span;
  const method = firstTagOf(tags, METHOD);
  const url = firstTagOf(tags, URL_KEYS);
  const status = readStatus(span);
  if (method === '' && url === '' && status === null) return undefined;
  const request: Writable<HttpRequest> = {};
  if (method !== '') request.method = cutText(method, TEXT_CHARS_MAX);
  if (url !== '') request.url = cutText(url, LONG_TEXT_CHARS_MAX);
  const userAgent = firstTagOf(tags, USER_AGENT);
  if (userAgent !== '' && userAgent !== UNKNOWN) request.user_agent = cutText(userAgent, LONG_TEXT_CHARS_MAX);
  if (isServer && span.peerIp !== null) request.client_ip = cutText(span.peerIp, TEXT_CHARS_MAX);

  const response: Writable<HttpResponse> = {};
  if (status !== null) response.status = status;
  const size = readCount(firstTagOf(tags, RESPONSE_SIZE), Number.MAX_SAFE_INTEGER);
  if (size !== undefined) response.content_length = size;
  return status === null && size === undefined ? { request } : { request, response };
}

/** Null without one; 0, which proxies write when nobody answered, is none. */
export function readStatus({ tags }: Pick<RpcSpan, 'tags'>): number | null {
  return readCount(firstTagOf(tags, STATUS), HTTP_STATUS_MAX) || null;
}
