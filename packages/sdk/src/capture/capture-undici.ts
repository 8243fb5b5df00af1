import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { resolveSegment } from '../context/context.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { isRecord } from '../objects.ts';
import { SegmentUtils } from '../segment-utils.ts';
import { flagStatus, guardCallback, wasUnreached } from './call-outcome.ts';
import type { FetchResponseFacts } from './fetch-data.ts';
import { isOwnHeader, openCall, TRACE_HEADER, traceHeaderOf } from './trace-header.ts';

/** What undici tells of a request. */
export interface UndiciRequest {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
  /** Names and values in turn; a text in undici 5. */
  readonly headers: unknown[] | string;
  addHeader(name: string, value: string): unknown;
}

export interface UndiciOptions {
  /** The services called send segments of their own. */
  readonly downstreamTraced?: boolean;
  /** Called when the head of the response is there (`status`), or the call has failed, before the subsegment is closed. */
  readonly callback?: (subsegment: Subsegment, request: UndiciRequest, status: number | null, error?: unknown) => void;
}

type Listener = (message: unknown) => void;

/**
 * Captures every request of undici in this process, and so Node's own `fetch`: each attempt of a retry and each hop of a redirect is
 * a call of its own. Patches nothing: undici tells of its requests.
 *
 * A subsegment is closed by the head of the response, so that a body that nobody reads holds no segment back; when the
 * body ends in time, that is its end.
 * @returns what undoes it
 */
export function captureUndici(options: UndiciOptions = {}): () => void {
  const calls = new WeakMap<object, Call>();
  const of = (message: unknown): Call | undefined => {
    const request = isRecord(message) ? message['request'] : undefined;
    return typeof request === 'object' && request !== null ? calls.get(request) : undefined;
  };
  const listeners: readonly (readonly [string, Listener])[] = [
    ['create', (message) => open(message, calls, options)],
    ['headers', (message) => of(message)?.answer(readResponse(message))],
    ['trailers', (message) => of(message)?.end()],
    ['error', (message) => of(message)?.fail(isRecord(message) ? message['error'] : undefined)],
  ];
  for (const [name, listener] of listeners) subscribe(`undici:request:${name}`, listener);
  return () => {
    const [create] = listeners;
    // Requests that are under way are seen to their end.
    if (create !== undefined) unsubscribe('undici:request:create', create[1]);
  };
}

function open(message: unknown, calls: WeakMap<object, Call>, options: UndiciOptions): void {
  const request = isRecord(message) ? message['request'] : undefined;
  if (!isUndiciRequest(request)) return;
  const parent = resolveSegment();
  if (parent === undefined) return;
  const at = headerAt(request.headers);
  const given = at === undefined ? undefined : String(request.headers[at]);
  if (given !== undefined && isOwnHeader(given, parent)) return;
  const url = urlOf(request);
  const subsegment = openCall(parent, url?.hostname || 'Unknown host');
  const header = traceHeaderOf(parent, subsegment);
  if (header !== undefined) {
    if (at !== undefined && Array.isArray(request.headers)) request.headers[at] = header;
    else request.addHeader(TRACE_HEADER, header);
  }
  calls.set(request, new Call(subsegment, request, url, options));
}

class Call {
  readonly #subsegment: Subsegment;
  readonly #request: UndiciRequest;
  readonly #url: URL | undefined;
  readonly #options: UndiciOptions;

  constructor(subsegment: Subsegment, request: UndiciRequest, url: URL | undefined, options: UndiciOptions) {
    this.#subsegment = subsegment;
    this.#request = request;
    this.#url = url;
    this.#options = options;
  }

  answer(response: FetchResponseFacts | undefined): void {
    // 1xx: another head follows.
    if (response === undefined || response.status < 200 || this.#subsegment.isClosed()) return;
    this.#report(response.status);
    flagStatus(this.#subsegment, response.status);
    this.#describe(response, true);
    this.#subsegment.close();
  }

  end(): void {
    this.#subsegment.end_time = SegmentUtils.getCurrentTime();
  }

  fail(error: unknown): void {
    if (!this.#subsegment.isClosed()) {
      this.#report(null, error);
      this.#describe(undefined, !wasUnreached(error));
    } else this.end();
    this.#subsegment.close(error ?? 'The request failed.');
  }

  #report(status: number | null, error?: unknown): void {
    const { callback } = this.#options;
    if (callback !== undefined) guardCallback(() => callback(this.#subsegment, this.#request, status, error));
  }

  #describe(response: FetchResponseFacts | undefined, reached: boolean): void {
    const request = { url: this.#url, method: this.#request.method };
    this.#subsegment.addFetchRequestData(request, response, reached && this.#options.downstreamTraced === true);
  }
}

function isUndiciRequest(value: unknown): value is UndiciRequest {
  return isRecord(value) && typeof value['addHeader'] === 'function' && typeof value['path'] === 'string';
}

function urlOf({ origin, path }: UndiciRequest): URL | undefined {
  return URL.canParse(path, String(origin)) ? new URL(path, String(origin)) : undefined;
}

/** Where the header's value is. */
function headerAt(headers: unknown[] | string): number | undefined {
  if (!Array.isArray(headers)) return undefined;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (String(headers[at]).toLowerCase() === TRACE_HEADER.toLowerCase()) return at + 1;
  }
  return undefined;
}

/** Response headers are names and values in turn, as bytes. */
function readResponse(message: unknown): FetchResponseFacts | undefined {
  const response = isRecord(message) ? message['response'] : undefined;
  if (!isRecord(response) || typeof response['statusCode'] !== 'number') return undefined;
  const headers: unknown = response['headers'];
  return {
    status: response['statusCode'],
    headers: {
      get(name) {
        const list: readonly unknown[] = Array.isArray(headers) ? headers : [];
        const at = list.findIndex((each, index) => index % 2 === 0 && String(each).toLowerCase() === name);
        return at < 0 ? null : String(list[at + 1]);
      },
    },
  };
}
