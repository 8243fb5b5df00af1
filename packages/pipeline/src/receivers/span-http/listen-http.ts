import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { PipelineError, type PipelineErrorCode } from '../../pipeline-error.ts';
import type { ServerTls } from '../../tls.ts';

/** One request, its body read as it came. */
export interface HttpRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface HttpListenOptions {
  /** For errors: "Zipkin". */
  readonly label: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Of one body, not inflated. */
  readonly bodyBytesMax: number;
  /** What it rejects with is answered with 500. */
  readonly handle: (request: HttpRequest) => Promise<HttpAnswer>;
  /** Null: plain. */
  readonly tls?: ServerTls | null;
}

export interface HttpListener extends AsyncDisposable {
  /** From now on new connections see these; nothing for a plain one. */
  readonly renewTls: (tls: ServerTls) => void;
  readonly host: string;
  readonly port: number;
}

/** Of bodies being read or handled at once; beyond it senders are told to come back. */
const BODIES_BYTES_MAX = 64 * 1024 * 1024;
const CONNECTIONS_MAX = 4_096;
const HEADERS_MS_MAX = 10_000;
const REQUEST_MS_MAX = 60_000;
/** How long requests that are being answered may take once the listener closes. */
const STOP_MS_MAX = 3_000;

/**
 * A small HTTP server for programs, without access keys: it is for loopback and networks where everybody may send. What comes
 * from a page in a browser, which says so in `Origin`, is refused. Rejects with a PipelineError that names the address.
 */
export async function listenHttp(options: HttpListenOptions): Promise<HttpListener> {
  const { label, host, port, handle, tls = null } = options;
  const readBody = createBodyReader(options.bodyBytesMax);
  const limits = { headersTimeout: HEADERS_MS_MAX, requestTimeout: REQUEST_MS_MAX, connectionsCheckingInterval: 5_000 };
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void answer(request).then((answered) => respond(request, response, answered));
  const secure = tls === null ? null : createTlsServer({ ...limits, ...secureOptions(tls) }, listener);
  const server = secure ?? createServer(limits, listener);
  server.maxConnections = CONNECTIONS_MAX;

  async function answer(request: IncomingMessage): Promise<HttpAnswer> {
    if (request.headers.origin !== undefined) return plain(403, 'requests from browsers are not taken');
    const held = await readBody(request);
    if ('status' in held) return held;
    try {
      return await handle({
        method: request.method ?? '',
        path: request.url?.split('?', 1)[0] ?? '/',
        contentType: request.headers['content-type'],
        contentEncoding: request.headers['content-encoding'],
        body: held.body,
      });
    } catch (error) {
      if (!(error instanceof PipelineError)) return plain(500, 'the request could not be handled');
      return error.code === 'full' ? busy() : plain(503, 'the collector is stopping');
    } finally {
      held.release();
    }
  }

  const bound = await open(server, label, host, port);
  return {
    host,
    port: bound,
    renewTls: (renewed) => secure?.setSecureContext(secureOptions(renewed)),
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearTimeout(timer);
    },
  };
}

function secureOptions({ cert, key, clientCa }: ServerTls) {
  return { cert, key, ...(clientCa !== null && { ca: clientCa, requestCert: true, rejectUnauthorized: true }) };
}

/** 429, and when to come again. */
export function busy(): HttpAnswer {
  return { ...plain(429, 'the collector is full'), headers: { 'content-type': 'text/plain', 'retry-after': '1' } };
}

export function plain(status: number, text: string): HttpAnswer {
  return { status, headers: { 'content-type': 'text/plain' }, body: text };
}

interface HeldBody {
  readonly body: Buffer;
  readonly release: () => void;
}

function createBodyReader(bodyBytesMax: number): (request: IncomingMessage) => Promise<HeldBody | HttpAnswer> {
  let heldBytes = 0;
  return async (request) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const release = (): void => {
      heldBytes -= bytes;
      bytes = 0;
    };
    const refuse = (answer: HttpAnswer): HttpAnswer => {
      release();
      return answer;
    };
    try {
      // What is left of a refused body must not take the connection with it before the answer is out.
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(chunk)) continue;
        bytes += chunk.byteLength;
        heldBytes += chunk.byteLength;
        if (bytes > bodyBytesMax) return refuse(plain(413, `body: expected at most ${bodyBytesMax} bytes`));
        if (heldBytes > BODIES_BYTES_MAX) return refuse(busy());
        chunks.push(chunk);
      }
    } catch {
      return refuse(plain(400, 'the body ended early'));
    }
    return { body: Buffer.concat(chunks), release };
  };
}

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body = '' }: HttpAnswer,
): void {
  if (response.destroyed) return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  // Of a body that was not read to its end, the rest would be taken for the next request.
  const isCut = !request.complete;
  response.writeHead(status, { ...headers, 'content-length': bytes.byteLength, ...(isCut && { connection: 'close' }) });
  response.end(bytes);
  if (isCut) request.resume();
}

const CODES: ReadonlyMap<string, PipelineErrorCode> = new Map([
  ['EADDRINUSE', 'address-in-use'],
  ['EACCES', 'address-not-allowed'],
  ['EADDRNOTAVAIL', 'address-unknown'],
  ['ENOTFOUND', 'address-unknown'],
]);

async function open(server: Server | TlsServer, label: string, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: Error & { readonly code?: string }) => {
      const code = CODES.get(error.code ?? '') ?? 'listen-failed';
      reject(new PipelineError(code, `${label} ${host} port ${port}: ${error.code ?? ''}`, { cause: error }));
    });
    server.listen({ host, port }, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}
