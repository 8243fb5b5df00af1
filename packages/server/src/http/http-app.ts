import { ApiError } from '@fluoroscope/api';
import { OPERATION_NAMES, OPERATIONS } from '@fluoroscope/api/operations';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.ts';
import type { Events } from '../events.ts';
import type { Handlers } from '../operations/handler.ts';
import { addAccessHook } from './access-hook.ts';
import { addAdministrationRoutes, type AdministrationRoutesOptions } from './administration-routes.ts';
import type { ConsoleFiles } from './console-files.ts';
import type { TraceOutlineOptions } from '../operations/trace-outline.ts';
import { addAnalysisRoutes, type AnalysisRoutesOptions } from './analysis-routes.ts';
import { addConsoleRoutes, type ConsoleRoutesOptions } from './console-routes.ts';
import type { GuardPolicy } from './guard.ts';
import { pathOf } from './guard-hook.ts';
import { createGuardedApp, type GuardedAppOptions, type HttpApp } from './guarded-app.ts';
import type { LiveHub } from './live.ts';
import { addLoginRoutes } from './login-routes.ts';
import { addOpenApiRoute } from './openapi/route.ts';
import type { BodyReader, BodyReaderOptions } from './request-body.ts';
import { nameRequest } from './request-name.ts';
import { addSpanRoutes, SPAN_PATHS, type SpanReceivers } from './span-routes.ts';
import type { TlsFiles } from './tls.ts';
import { addTraceRoutes } from './trace-routes.ts';
import { addXrayRoutes, type XrayRoutesOptions } from './xray-routes.ts';

export interface HttpAppOptions extends Omit<ConsoleRoutesOptions, 'bodies' | 'requestAccess' | 'events' | 'store'> {
  readonly store: ConsoleRoutesOptions['store'] & TraceOutlineOptions['store'] & AnalysisRoutesOptions['store'];
  readonly groups: ConsoleRoutesOptions['groups'];
  readonly handlers: Handlers;
  /** Of the program. */
  readonly version: string;
  readonly administration: Pick<AdministrationRoutesOptions, 'readSampling' | 'readTrust' | 'readEncryption'>;
  readonly receivers: SpanReceivers;
  readonly udpPort: XrayRoutesOptions['udpPort'];
  readonly live: LiveHub;
  readonly files: ConsoleFiles;
  readonly policy: GuardPolicy;
  readonly access: Access;
  /** Null: without TLS. */
  readonly tls?: TlsFiles | null;
  readonly events: Pick<
    Events,
    'requestAnswered' | 'requestFailed' | 'requestRefused' | 'printMetrics' | 'tracesUnjudged'
  >;
  readonly bodyLimits?: BodyReaderOptions;
  /** Of calls that bring documents: null lets them in. */
  readonly turnAway: GuardedAppOptions['turnAway'];
}

/** The whole of port 2000's TCP side. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const { events, files, live, tails, policy, turnAway, tls = null, bodyLimits = {} } = options;
  const paths = allowedMethods();

  /** By the route that was found: a path can be written in many ways. */
  function isPage({ routeOptions, url }: FastifyRequest): boolean {
    const path = pathOf(url);
    return routeOptions.url === undefined ? !paths.has(path) && isPagePath(path) : routeOptions.url === '/';
  }

  const { app, bodies } = createGuardedApp({
    policy,
    tls,
    events,
    bodyLimits,
    turnAway,
    isPage,
    answerUnrouted: (request, reply) => answerUnrouted(request, reply, paths, files),
    closing: () => {
      tails[Symbol.dispose]();
      live[Symbol.dispose]();
    },
  });
  addRoutes(app, options, bodies);
  return app;
}

function addRoutes(app: HttpApp, options: HttpAppOptions, bodies: BodyReader): void {
  const { access, files, handlers, tls = null } = options;
  const requestAccess = addAccessHook(app, access, bodies);
  // First: it describes what comes after it.
  addOpenApiRoute(app, options.version);
  addXrayRoutes(app, { handlers, bodies, access: requestAccess, udpPort: options.udpPort });
  addSpanRoutes(app, { receivers: options.receivers, bodies, dialects: ['otlp', 'zipkin'] });
  addConsoleRoutes(app, { ...options, bodies, requestAccess });
  addTraceRoutes(app, options);
  addAnalysisRoutes(app, { ...options, bodies });
  addAdministrationRoutes(app, { ...options.administration, access, requestAccess, bodies });
  addLoginRoutes(app, { access, requestAccess, bodies, isTls: tls !== null });
  app.get('/', { config: nameRequest('console-file') }, (_request, reply) => files.sendPage(reply));
}

/** Our own paths and what may be done with them. */
function allowedMethods(): ReadonlyMap<string, string> {
  return new Map([
    ...OPERATION_NAMES.map((name) => [OPERATIONS[name].path, 'POST'] as const),
    ...[...SPAN_PATHS.otlp, ...SPAN_PATHS.zipkin].map((path) => [path, 'POST'] as const),
    ['/api/map', 'GET, HEAD'],
    ['/api/map/positions', 'PUT'],
    ['/api/live', 'GET'],
    ['/api/filter/check', 'POST'],
    ['/api/filter/words', 'POST'],
    ['/api/traces/groups', 'POST'],
    ['/api/test-trace', 'POST'],
    ['/api/session', 'GET, HEAD'],
    ['/api/sampling', 'GET, HEAD'],
    ['/api/encryption', 'GET, HEAD'],
    ['/api/trust', 'GET, HEAD'],
    ['/api/keys', 'GET, HEAD, POST'],
    ['/api/status', 'GET, HEAD'],
    ['/api/openapi.json', 'GET, HEAD'],
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
