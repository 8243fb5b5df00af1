import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError, type ApiErrorCode } from '@fluoroscope/api';
import { OPERATION_NAMES, OPERATIONS } from '@fluoroscope/api/operations';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Access } from '../access/access.ts';
import type { Events } from '../events.ts';
import {
  HEADERS_BYTES_MAX,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_BODY_BYTES_MAX,
  REQUEST_TIMEOUT_MS,
  TIMEOUT_CHECK_INTERVAL_MS,
} from '../limits.ts';
import type { Handlers } from '../operations/handler.ts';
import { addAccessHook } from './access-hook.ts';
import { DATA_POLICY, type ConsoleFiles } from './console-files.ts';
import { addConsoleRoutes, type ConsoleRoutesOptions } from './console-routes.ts';
import { closeGently, keepConnections } from './connections.ts';
import type { GuardPolicy } from './guard.ts';
import { guardRequest, pathOf } from './guard-hook.ts';
import type { LiveHub } from './live.ts';
import { addLoginRoutes } from './login-routes.ts';
import { createBodyReader, letGoOfBody, type BodyReader, type BodyReaderOptions } from './request-body.ts';
import { nameRequest, requestNameOf } from './request-name.ts';
import { sendError, toApiError, wireError } from './wire-error.ts';
import { tlsServer, type TlsFiles } from './tls.ts';
import { addXrayRoutes } from './xray-routes.ts';

/** Opens ports by `listen`; `inject` calls it without one. */
export type HttpApp = FastifyInstance;

export interface HttpAppOptions extends Omit<ConsoleRoutesOptions, 'bodies' | 'requestAccess' | 'events'> {
  readonly handlers: Handlers;
  readonly live: LiveHub;
  readonly files: ConsoleFiles;
  readonly policy: GuardPolicy;
  readonly access: Access;
  /** Null: without TLS. */
  readonly tls?: TlsFiles | null;
  readonly events: Pick<Events, 'requestAnswered' | 'requestFailed' | 'requestRefused' | 'printMetrics'>;
  readonly bodyLimits?: BodyReaderOptions;
}

/** The whole of port 2000's TCP side. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const { events, files, policy, tls = null } = options;
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
        if (admitted(request, reply, false)) answerError(request, reply, error);
      } catch (refusal) {
        answerError(request, reply, refusal);
      }
    },
  });
  const connections = keepConnections(app.server);
  // Whether a body is wanted is known when its handler reads it; other expectations may be passed over.
  for (const event of ['checkContinue', 'checkExpectation'])
    app.server.on(event, (request, response) => app.server.emit('request', request, response));

  const paths = allowedMethods();

  /** Throws what must not be looked at further; false when the answer was given. */
  function admitted(request: FastifyRequest, reply: FastifyReply, forPage: boolean): boolean {
    addCommonHeaders(request, reply);
    if (guardRequest(request, reply, { policy, events, isPage: forPage })) return false;
    bodies.admit(request.raw);
    return true;
  }

  function answerError(request: FastifyRequest, reply: FastifyReply, thrown: unknown): void {
    const error = toApiError(thrown);
    // A body that ended early has nobody waiting for an answer; a fault of ours is worth a log line.
    if (error.status >= 500) events.requestFailed(requestNameOf(request), request.id, error.cause ?? error);
    closeGently(request.raw);
    sendError(reply, error);
  }

  /** By the route that was found: a path can be written in many ways. */
  function isPage({ routeOptions, url }: FastifyRequest): boolean {
    const path = pathOf(url);
    return routeOptions.url === undefined ? !paths.has(path) && isPagePath(path) : routeOptions.url === '/';
  }

  // Bodies are read by the handlers that want one, as JSON whatever they claim to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.addHook('onRequest', (request, reply, done) => {
    // What it says is of no account, and an ill-formed or missing one must not refuse a good body.
    request.raw.headers['content-type'] = 'application/json';
    if (admitted(request, reply, isPage(request))) done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    events.requestAnswered(requestNameOf(request), reply.statusCode);
    letGoOfBody(request.raw);
    done();
  });
  app.setErrorHandler((error, request, reply) => answerError(request, reply, error));
  app.setNotFoundHandler({}, (request, reply) => answerUnrouted(request, reply, paths, files));

  addRoutes(app, options, bodies);
  app.addHook('preClose', (done) => {
    options.live[Symbol.dispose]();
    connections.close();
    done();
  });
  return app;
}

function addRoutes(app: HttpApp, options: HttpAppOptions, bodies: BodyReader): void {
  const { access, files, handlers, tls = null } = options;
  const requestAccess = addAccessHook(app, access, bodies);
  addXrayRoutes(app, { handlers, bodies, access: requestAccess });
  addConsoleRoutes(app, { ...options, bodies, requestAccess });
  addLoginRoutes(app, { access, requestAccess, bodies, isTls: tls !== null });
  app.get('/', { config: nameRequest('console-file') }, (_request, reply) => files.sendPage(reply));
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

/** Our own paths and what may be done with them. */
function allowedMethods(): ReadonlyMap<string, string> {
  return new Map([
    ...OPERATION_NAMES.map((name) => [OPERATIONS[name].path, 'POST'] as const),
    ['/api/map', 'GET, HEAD'],
    ['/api/map/positions', 'PUT'],
    ['/api/live', 'GET'],
    ['/api/status', 'GET, HEAD'],
    ['/api/login', 'POST'],
    ['/api/logout', 'POST'],
    ['/healthz', 'GET, HEAD'],
    ['/metrics', 'GET, HEAD'],
    ['/', 'GET, HEAD'],
  ]);
}

/** A client route of the console: no call of ours, and no file. */
function isPagePath(path: string): boolean {
  return !path.startsWith('/api/') && !/\.[^/]*$/.test(path);
}

function answerUnrouted(
  request: FastifyRequest,
  reply: FastifyReply,
  paths: ReadonlyMap<string, string>,
  files: ConsoleFiles,
): void {
  const path = pathOf(request.url);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const methods = paths.get(path);
  if (methods !== undefined) {
    void reply.header('allow', methods);
    throw new ApiError('MethodNotAllowedException', `${path} takes ${methods}`);
  }
  if (isRead && files.sendFile(path, request, reply)) return;
  if (isRead && isPagePath(path) && (request.headers.accept ?? '').includes('text/html')) {
    files.sendPage(reply);
    return;
  }
  if (isRead || request.method === 'POST')
    throw new ApiError('UnknownOperationException', 'there is no such operation');
  void reply.header('allow', 'GET, HEAD, POST');
  throw new ApiError('MethodNotAllowedException', 'X-Ray takes POST only');
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
