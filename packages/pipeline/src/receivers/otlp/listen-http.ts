import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { PipelineError } from '../../pipeline-error.ts';
import { handleOtlpHttp, OTLP_HTTP_PATH, type OtlpHttpResponse } from './handle-http.ts';
import {
  HTTP_CONNECTIONS_MAX,
  REQUEST_BYTES_MAX,
  REQUEST_MS_MAX,
  REQUESTS_BYTES_MAX,
  RETRY_AFTER_SECONDS,
  STOP_MS_MAX,
} from './limits.ts';
import type { OtlpReceiverOptions } from './receive.ts';
import type { SpanListener, SpanListenOptions } from './sender.ts';

/** Serves OTLP/HTTP at /v1/traces from now on, and nothing else. */
export async function listenOtlpHttp(options: SpanListenOptions & OtlpReceiverOptions): Promise<SpanListener> {
  const { host, port, tls = null } = options;
  const limits = { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX };
  const server = tls === null ? createHttpServer(limits) : createHttpsServer({ ...limits, ...tls });
  server.maxConnections = HTTP_CONNECTIONS_MAX;
  const bodies = createBodies();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, options, bodies).then(
      (answered) => send(request, response, answered),
      // The body ended early: nobody waits for an answer.
      () => void response.destroy(),
    );
  });
  await bind(server, host, port);
  const bound = server.address();
  return {
    host,
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    [Symbol.asyncDispose]: async () => stop(server),
  };
}

async function answer(
  request: IncomingMessage,
  options: SpanListenOptions & OtlpReceiverOptions,
  bodies: Bodies,
): Promise<OtlpHttpResponse> {
  const { headers, method, socket, url = '' } = request;
  const admission = options.admit({
    address: socket.remoteAddress ?? '',
    header: (name) => {
      const value = headers[name];
      return typeof value === 'string' ? value : value?.[0];
    },
  });
  if (admission === 'unauthenticated') return plain(401, 'an access key is needed');
  if (admission === 'forbidden') return plain(403, 'not allowed to send traces');
  if (admission === 'throttled') return busy('too many requests');
  if (url.split('?', 1)[0] !== OTLP_HTTP_PATH) return plain(404, `expected ${OTLP_HTTP_PATH}`);
  if (method !== 'POST') return { ...plain(405, 'expected POST'), headers: { allow: 'POST' } };
  const body = await bodies.read(request);
  if (body === 'too-large') return plain(413, `body: expected at most ${REQUEST_BYTES_MAX} bytes`);
  if (body === 'busy') return busy('the server is full');
  try {
    return await handleOtlpHttp(
      { contentType: headers['content-type'], contentEncoding: headers['content-encoding'], body },
      options,
    );
  } finally {
    bodies.release(body);
  }
}

interface Bodies {
  readonly read: (request: IncomingMessage) => Promise<Uint8Array | 'too-large' | 'busy'>;
  readonly release: (body: Uint8Array) => void;
}

/** Within a budget that all requests share. */
function createBodies(): Bodies {
  let heldBytes = 0;
  return {
    async read(request) {
      if (Number(request.headers['content-length'] ?? 0) > REQUEST_BYTES_MAX) return 'too-large';
      const chunks: Buffer[] = [];
      let bytes = 0;
      let isKept = false;
      try {
        for await (const chunk of request) {
          if (!Buffer.isBuffer(chunk)) continue;
          bytes += chunk.byteLength;
          heldBytes += chunk.byteLength;
          if (bytes > REQUEST_BYTES_MAX) return 'too-large';
          if (heldBytes > REQUESTS_BYTES_MAX) return 'busy';
          chunks.push(chunk);
        }
        isKept = true;
        return Buffer.concat(chunks);
      } finally {
        if (!isKept) heldBytes -= bytes;
      }
    },
    release(body) {
      heldBytes -= body.byteLength;
    },
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: OtlpHttpResponse): void {
  // What was not read to its end cannot be followed by another request.
  response.writeHead(status, { ...headers, ...(!request.complete && { connection: 'close' }) });
  response.end(body);
}

function busy(message: string): OtlpHttpResponse {
  return { ...plain(429, message), headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
}

function plain(status: number, message: string): OtlpHttpResponse {
  return { status, headers: { 'content-type': 'text/plain' }, body: `${message}\n` };
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const code = 'code' in error && error.code === 'EADDRINUSE' ? 'address-in-use' : 'listen-failed';
      reject(new PipelineError(code, `OTLP/HTTP ${host} port ${port}`, { cause: error }));
    });
    server.listen({ host, port }, resolve);
  });
}

async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
