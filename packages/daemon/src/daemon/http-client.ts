import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connect as connectTls } from 'node:tls';
import type { Duplex } from 'node:stream';
import { ANSWER_BYTES_MAX } from './limits.ts';

export interface HttpCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpClient extends Disposable {
  /** Rejects when there is no whole answer in time; the error's `code` says why, as Node's do. */
  readonly call: (call: HttpCall) => Promise<HttpAnswer>;
}

export interface HttpClientOptions {
  readonly proxy: URL | null;
  readonly verifiesCertificates: boolean;
  /** Kept open, per endpoint. */
  readonly connectionsMax: number;
}

export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: 'ETIMEDOUT' | 'answer-too-large' | 'proxy-refused';

  constructor(code: CallError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export function createHttpClient({ proxy, verifiesCertificates, connectionsMax }: HttpClientOptions): HttpClient {
  const kept = { keepAlive: true, maxSockets: connectionsMax };
  const secure = { ...kept, rejectUnauthorized: verifiesCertificates };
  const httpAgent = isTls(proxy) ? new HttpsAgent(kept) : new HttpAgent(kept);
  const httpsAgent = proxy === null ? new HttpsAgent(secure) : new TunnelAgent(secure, proxy);

  function call({ method, url, headers, body, timeoutMs, signal }: HttpCall): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      const sent = { ...headers, 'content-length': String(bytes.byteLength) };
      const common: RequestOptions = { method, headers: sent, ...(signal !== undefined && { signal }) };
      const answered = (answer: IncomingMessage): void => collect(answer, resolve, reject);
      const request =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...common, agent: httpsAgent }, answered)
          : requestTo(proxy)(plainTarget(url, proxy, common, httpAgent), answered);
      const timer = setTimeout(
        () => request.destroy(new CallError('ETIMEDOUT', `${url.host} did not answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      request.once('close', () => clearTimeout(timer));
      request.once('error', reject);
      request.end(bytes);
    });
  }

  return {
    call,
    [Symbol.dispose]() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Through a proxy the request line has the whole address. */
function plainTarget(url: URL, proxy: URL | null, common: RequestOptions, agent: HttpAgent): RequestOptions {
  if (proxy === null) {
    return { ...common, agent, host: bareHost(url), port: url.port || 80, path: `${url.pathname}${url.search}` };
  }
  const headers = { ...proxyAuthorization(proxy), ...Object(common.headers), host: url.host };
  return { ...common, headers, agent, host: bareHost(proxy), port: portOf(proxy), path: url.href };
}

/** `https://` before a proxy: it is itself spoken to by TLS, and has a certificate that all know. */
function isTls(proxy: URL | null): boolean {
  return proxy?.protocol === 'https:';
}

function requestTo(proxy: URL | null): typeof httpRequest {
  return isTls(proxy) ? httpsRequest : httpRequest;
}

function portOf(proxy: URL): string | number {
  return proxy.port || (isTls(proxy) ? 443 : 80);
}

/** TLS through an HTTP proxy: CONNECT, then the handshake with the endpoint. */
class TunnelAgent extends HttpsAgent {
  readonly #proxy: URL;
  readonly #verifies: boolean;

  constructor(options: { keepAlive: boolean; maxSockets: number; rejectUnauthorized: boolean }, proxy: URL) {
    super(options);
    this.#proxy = proxy;
    this.#verifies = options.rejectUnauthorized;
  }

  override createConnection(
    { host, port }: { host?: string | null; port?: number | string | null },
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const proxy = this.#proxy;
    const target = `${host}:${port}`;
    const asking = requestTo(proxy)({
      host: bareHost(proxy),
      port: portOf(proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(proxy) },
      agent: false,
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node's callback takes an error alone
    const failed = (error: Error): void => (done as ((error: Error) => void) | undefined)?.(error);
    asking.once('error', failed);
    asking.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) {
        done?.(null, connectTls({ socket, servername: host ?? '', rejectUnauthorized: this.#verifies }));
        return;
      }
      socket.destroy();
      failed(new CallError('proxy-refused', `the proxy ${proxy.host} answered ${statusCode} for ${target}`));
    });
    asking.end();
  }
}

function collect(answer: IncomingMessage, resolve: (answer: HttpAnswer) => void, reject: (error: Error) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (piece: Buffer) => {
    bytes += piece.byteLength;
    if (bytes <= ANSWER_BYTES_MAX) pieces.push(piece);
    else answer.destroy(new CallError('answer-too-large', `an answer of more than ${ANSWER_BYTES_MAX} bytes`));
  });
  answer.once('error', reject);
  answer.once('end', () => {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) headers[name] = [value ?? ''].flat().join(', ');
    resolve({ status: answer.statusCode ?? 0, headers, body: Buffer.concat(pieces) });
  });
}

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Brackets are of URLs only. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
