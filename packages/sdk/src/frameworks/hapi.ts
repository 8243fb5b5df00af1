import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from '../bare-http.ts';
import { getNamespace, isAutomaticMode, setSegment } from '../context/context.ts';
import type { Segment } from '../document/segment.ts';
import { readJsonFile } from '../files.ts';
import { middleware } from '../middleware/middleware.ts';
import { isRecord } from '../objects.ts';
import { SDK_VERSION } from '../version.ts';
import { applyOptions, type FrameworkOptions } from './plugin-options.ts';

interface HapiRequest {
  readonly raw: { readonly req: IncomingMessage; readonly res: ServerResponse };
  /** Once there is one. */
  readonly response?: object | null;
  segment?: Segment;
}

type Dispatch = (request: IncomingMessage, response: ServerResponse) => void;

/** The part of Hapi's server that is used. */
export interface HapiServer {
  readonly listener: {
    listeners(event: string): Function[];
    on(event: string, listener: Dispatch): unknown;
    removeListener(event: string, listener: Dispatch): unknown;
  };
  ext(event: 'onRequest', method: (request: HapiRequest, toolkit: { readonly continue: symbol }) => symbol): unknown;
}

export interface HapiPlugin {
  readonly plugin: {
    readonly name: string;
    readonly version: string;
    readonly once: true;
    register(server: HapiServer, options?: FrameworkOptions): void;
  };
}

/** For Hapi: `server.register({ plugin: require('…'), options: { segmentName: 'shop' } })`. The segment is `request.segment`. */
export const hapiPlugin: HapiPlugin = {
  plugin: {
    name: 'hapi-xray',
    version: SDK_VERSION,
    once: true,
    register(server, options = {}) {
      applyOptions(options, options.segmentName || nameOfApplication(), console);
      runInContexts(server.listener);
      server.ext('onRequest', (request, toolkit) => {
        openSegment(request);
        return toolkit.continue;
      });
    },
  },
};

/** Requests whose handling runs in a context of its own. */
const inContext = new WeakSet<IncomingMessage>();

/**
 * Each request begins in a context of its own, in which the segment is put later. An extension could only enter one, and Hapi's
 * next steps follow it there or not, depending on who else has extensions.
 */
function runInContexts(listener: HapiServer['listener']): void {
  for (const event of ['request', 'checkContinue']) {
    for (const dispatch of listener.listeners(event)) {
      const inside: Dispatch = (request, response) => {
        inContext.add(request);
        getNamespace().run(() => Reflect.apply(dispatch, listener, [request, response]));
      };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- taken from the list of these
      listener.removeListener(event, dispatch as Dispatch);
      listener.on(event, inside);
    }
  }
}

function openSegment(request: HapiRequest): void {
  const { req, res } = request.raw;
  // Before the listener that closes the segment; Hapi tells of the error too late.
  res.once('finish', () => {
    const error = errorOf(request);
    if (error !== undefined) segment.addError(error);
  });
  const segment = middleware.traceRequestResponseCycle(req, res);
  request.segment = segment;
  if (!isAutomaticMode()) return;
  const namespace = getNamespace();
  namespace.bindEmitter(req);
  namespace.bindEmitter(res);
  // `server.inject` has no listener.
  if (!inContext.has(req)) namespace.enter(namespace.createContext());
  setSegment(segment);
}

/** What a handler threw; an answer such as "not found" is no fault. */
function errorOf({ raw, response }: HapiRequest): unknown {
  if (raw.res.statusCode < 500 || response == null) return undefined;
  const error: unknown = Reflect.get(response, '_error');
  return error ?? undefined;
}

/** `name_version` of the package.json where the process was started. */
function nameOfApplication(): string {
  try {
    const manifest = readJsonFile(join(process.cwd(), 'package.json'));
    const { name, version } = isRecord(manifest) ? manifest : {};
    return `${textOr(name, 'service')}_${textOr(version, 'v1')}`;
  } catch {
    return 'service';
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
