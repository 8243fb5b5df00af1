import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError, type ApiErrorCode } from '@fluoroscope/api';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Channel, Events, RequestName } from '../events.ts';
import { behindRefusal } from '../ingest/journal-refusal.ts';
import {
  HEADERS_BYTES_MAX,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_BODY_BYTES_MAX,
  REQUEST_TIMEOUT_MS,
  TIMEOUT_CHECK_INTERVAL_MS,
} from '../limits.ts';
import { closeGently, keepConnections } from './connections.ts';
import { DATA_POLICY } from './console-files.ts';
import type { GuardPolicy } from './guard.ts';
import { guardRequest } from './guard-hook.ts';
import { createBodyReader, letGoOfBody, type BodyReader, type BodyReaderOptions } from './request-body.ts';
import { requestNameOf } from './request-name.ts';
import { tlsServer, type TlsFiles } from './tls.ts';
import { sendError, toApiError, wireError } from './wire-error.ts';

/** Opens ports by `listen`; `inject` calls it without one. */
export type HttpApp = FastifyInstance;

export interface GuardedAppOptions {
  readonly policy: GuardPolicy;
  /** Null: without TLS. */
  readonly tls?: TlsFiles | null;
  readonly events: Pick<Events, 'requestAnswered' | 'requestFailed' | 'requestRefused'>;
  readonly bodyLimits?: BodyReaderOptions;
  /** Asked of each call that brings documents, by what channel: after how many seconds it may come again; null lets it in. */
  readonly turnAway: (channel: Channel) => number | null;
  /** Whether a request is for a page of the console. */
  readonly isPage?: (request: FastifyRequest) => boolean;
  /** Of a path or method without a route; throws ApiError. */
  readonly answerUnrouted: (request: FastifyRequest, reply: FastifyReply) => void;
  /** Before connections are closed. */
  readonly closing?: () => void;
}

export interface GuardedApp {
  readonly app: HttpApp;
  readonly bodies: BodyReader;
}

/** Their receivers inflate. */
const MAY_BE_ENCODED: ReadonlySet<RequestName> = new Set(['otlp-traces', 'zipkin-spans', 'jaeger-spans']);

const BRINGS_DOCUMENTS: ReadonlyMap<RequestName, Channel> = new Map([
  ['put-trace-segments', 'http'],
  ['otlp-traces', 'otlp'],
  ['zipkin-spans', 'zipkin'],
  ['jaeger-spans', 'jaeger'],
]);

/** An HTTP server without routes: who may reach it, limits of connections and bodies, errors in X-Ray's shape. */
export function createGuardedApp(options: GuardedAppOptions): GuardedApp {
  const { events, policy, turnAway, tls = null, isPage = () => false, closing = () => {} } = options;
  const bodies = createBodyReader(options.bodyLimits);
  const app = fastify({
    ...(tls !== null && { serverFactory: tlsServer(tls) }),
    bodyLimit: REQUEST_BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      maxHeaderSize: HEADERS_BYTES_MAX,
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
      // A request without Host is the guard's to refuse, in X-Ray's shape.
      requireHostHeader: false,
    },
    // While it stops, a request that still comes is handled like any other.
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) => {
      try {
        if (admitted(request, reply, false, 'none')) answerError(request, reply, error);
      } catch (refusal) {
        answerError(request, reply, refusal);
      }
    },
  });
  const connections = keepConnections(app.server);
  // Whether a body is wanted is known when its handler reads it; other expectations may be passed over.
  for (const event of ['checkContinue', 'checkExpectation'])
    app.server.on(event, (request, response) => app.server.emit('request', request, response));

  /** Throws what must not be looked at further; false when the answer was given. */
  function admitted(request: FastifyRequest, reply: FastifyReply, forPage: boolean, name: RequestName): boolean {
    addCommonHeaders(request, reply);
    if (guardRequest(request, reply, { policy, events, isPage: forPage })) return false;
    bodies.admit(request.raw, MAY_BE_ENCODED.has(name));
    const channel = BRINGS_DOCUMENTS.get(name);
    const retryAfterSeconds = channel === undefined ? null : turnAway(channel);
    if (retryAfterSeconds !== null) throw behindRefusal(retryAfterSeconds);
    return true;
  }

  function answerError(request: FastifyRequest, reply: FastifyReply, thrown: unknown): void {
    const error = toApiError(thrown);
    // A body that ended early has nobody waiting for an answer; a fault of ours is worth a log line.
    if (error.status >= 500) events.requestFailed(requestNameOf(request), request.id, error.cause ?? error);
    closeGently(request.raw);
    sendError(reply, error);
  }

  // Bodies are read by the handlers that want one, whatever they claim to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.addHook('onRequest', (request, reply, done) => {
    // An ill-formed or missing one must not refuse a good body; who cares for it finds it in the raw headers.
    request.raw.headers['content-type'] = 'application/json';
    if (admitted(request, reply, isPage(request), requestNameOf(request))) done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    events.requestAnswered(requestNameOf(request), reply.statusCode);
    letGoOfBody(request.raw);
    done();
  });
  app.setErrorHandler((error, request, reply) => answerError(request, reply, error));
  app.setNotFoundHandler({}, (request, reply) => options.answerUnrouted(request, reply));
  app.addHook('preClose', (done) => {
    closing();
    connections.close();
    done();
  });
  return { app, bodies };
}

function addCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({
    'x-amzn-requestid': request.id,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': DATA_POLICY,
  });
}

const CLIENT_ERRORS: ReadonlyMap<string, readonly [ApiErrorCode, string]> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', ['RequestTimeoutException', 'the request did not arrive in time'] as const],
  [
    'HPE_HEADER_OVERFLOW',
    ['RequestHeaderFieldsTooLargeException', `the head may have at most ${HEADERS_BYTES_MAX} bytes`] as const,
  ],
]);

/** What is no HTTP never becomes a request; the answer is written by hand. */
function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, text] = CLIENT_ERRORS.get(error.code ?? '') ?? ['InvalidRequestException', 'this is not HTTP/1.1'];
  const refusal = new ApiError(code, text);
  const body = JSON.stringify(wireError(refusal));
  socket.end(
    [
      `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-amzn-errortype: ${refusal.code}`,
      `x-amzn-requestid: ${randomUUID()}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}
