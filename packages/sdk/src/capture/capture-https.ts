import { errorMonitor } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import type { ClientRequest, IncomingMessage } from '../bare-http.ts';
import { resolveManualSegmentParams, resolveSegment } from '../context/context.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { getLogger } from '../logger.ts';
import { isRecord } from '../objects.ts';
import { flagStatus, guardCallback, wasUnreached } from './call-outcome.ts';
import { openCall, TRACE_HEADER, traceHeaderOf } from './trace-header.ts';

/** Called when a call has ended, before its subsegment is closed. A method's type, so that functions that always expect an error fit. */
export type HttpSubsegmentCallback = {
  report(subsegment: Subsegment, request: ClientRequest, response: IncomingMessage | null, error?: Error): void;
}['report'];

type RequestFunction = (...args: unknown[]) => ClientRequest;

interface HttpModule {
  request: RequestFunction;
  get: RequestFunction;
}

const captured = new WeakSet<object>();

/**
 * Patches `node:http` or `node:https` for the whole process: what is `require`d, and what is imported by name.
 * @param downstreamTraced the services called send segments of their own
 * @returns what undoes it
 */
export function captureHTTPsGlobal(
  module: object,
  downstreamTraced?: boolean,
  callback?: HttpSubsegmentCallback,
): () => void {
  // A namespace object of `import * as http` cannot be changed; the module behind it can.
  const behind = Object.isExtensible(module) ? module : Reflect.get(module, 'default');
  if (!isHttpModule(behind) || isCaptured(behind)) return () => {};
  const undo = patch(behind, behind, downstreamTraced === true, callback);
  syncBuiltinESMExports();
  return () => {
    undo();
    syncBuiltinESMExports();
  };
}

/** A copy of the module whose calls are traced; the module stays as it is. */
export function captureHTTPs<T extends object>(
  module: T,
  downstreamTraced?: boolean,
  callback?: HttpSubsegmentCallback,
): T {
  if (!isHttpModule(module) || isCaptured(module)) return module;
  const copy = { ...module };
  patch(copy, module, downstreamTraced === true, callback);
  return copy;
}

/** By us, or by the official SDK, which leaves `__request` behind. */
function isCaptured(module: object): boolean {
  return captured.has(module) || '__request' in module;
}

function isHttpModule(module: unknown): module is HttpModule {
  return (
    typeof module === 'object' &&
    module !== null &&
    'request' in module &&
    typeof module.request === 'function' &&
    'get' in module
  );
}

/** Others may have patched on top: then what is ours stays there, and only passes calls on. */
function patch(
  target: HttpModule,
  source: HttpModule,
  traced: boolean,
  callback: HttpSubsegmentCallback | undefined,
): () => void {
  let live = true;
  const undo = (['request', 'get'] as const).map((name) => {
    const base = source[name];
    const value: RequestFunction = (...args) => (live ? captureCall(base, args, traced, callback) : base(...args));
    const define = (now: RequestFunction): unknown =>
      Object.defineProperty(target, name, { value: now, configurable: true, enumerable: true, writable: true });
    define(value);
    return () => target[name] === value && define(base);
  });
  captured.add(target);
  return () => {
    live = false;
    captured.delete(target);
    for (const each of undo) each();
  };
}

function captureCall(
  base: RequestFunction,
  args: unknown[],
  traced: boolean,
  callback: HttpSubsegmentCallback | undefined,
): ClientRequest {
  const call = readArguments(args);
  // Whoever has put the header in, such as a traced AWS client, has a subsegment for the call.
  if (call === undefined || hasTraceHeader(call.options)) return base(...args);
  const options = copyOf(call.options);
  const parent = resolveSegment(resolveManualSegmentParams(options));
  if (parent === undefined) {
    getLogger().info(`A request to ${call.hostname} is made without sub/segment: it is not traced.`);
    return base(...args);
  }
  const subsegment = openCall(parent, call.hostname);
  const header = traceHeaderOf(parent, subsegment);
  if (header !== undefined) options['headers'] = withTraceHeader(options['headers'], header);
  try {
    const request = base(...call.before, options, ...call.after);
    observe(request, subsegment, traced, callback);
    return request;
  } catch (error) {
    subsegment.close(error);
    throw error;
  }
}

/** With what the application's object inherits, as a URL's properties are. */
function copyOf(options: object): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(Object.getPrototypeOf(options));
  return Object.assign(copy, options);
}

/** Closes the subsegment when the response has ended, or else when the request is done for, whatever became of it. */
function observe(
  request: ClientRequest,
  subsegment: Subsegment,
  traced: boolean,
  callback: HttpSubsegmentCallback | undefined,
): void {
  let open = true;
  const finish = (response: IncomingMessage | null, error?: Error): void => {
    if (!open) return;
    open = false;
    if (callback !== undefined) guardCallback(() => callback(subsegment, request, response, error));
    flagStatus(subsegment, response?.statusCode ?? 0);
    subsegment.addRemoteRequestData(request, response, traced && (response !== null || !wasUnreached(error)));
    subsegment.close(error, response !== null);
  };
  request.prependOnceListener('response', (response: IncomingMessage) => {
    // Node throws unread responses away when nobody listens; this listener is nobody.
    if (request.listenerCount('response') === 0) response.resume();
    response.once('end', () => finish(response));
    response.once('close', () => finish(response));
  });
  let response: IncomingMessage | null = null;
  request.prependOnceListener('response', (found: IncomingMessage) => (response = found));
  request.on(errorMonitor, (error: Error) => finish(response, error));
  request.once('close', () => {
    if (response === null) finish(request.destroyed ? null : response);
    else if (response.readableEnded || response.destroyed) finish(response);
  });
}

interface Call {
  readonly before: readonly unknown[];
  readonly options: Record<string, unknown>;
  readonly after: readonly unknown[];
  readonly hostname: string;
}

/** call = ( url [ options ] / options ) [ callback ]    ; url: a text or a URL */
function readArguments(args: readonly unknown[]): Call | undefined {
  const [first, second] = args;
  const hasUrl = typeof first === 'string' || first instanceof URL;
  if (!hasUrl)
    return isRecord(first) ? { before: [], options: first, after: args.slice(1), hostname: hostOf(first) } : undefined;
  const url = first instanceof URL ? first : readUrl(first);
  if (url === undefined) return undefined;
  const options = isRecord(second) ? second : {};
  const hostname = hostOf(options) === DEFAULT_HOST ? url.hostname : hostOf(options);
  return { before: [first], options, after: args.slice(isRecord(second) ? 2 : 1), hostname };
}

const DEFAULT_HOST = 'localhost';

function hostOf(options: Readonly<Record<string, unknown>>): string {
  const host = options['hostname'] ?? options['host'];
  return typeof host === 'string' && host !== '' ? host.replace(/^(\[[^\]]*\]|[^:]*):\d+$/, '$1') : DEFAULT_HOST;
}

function readUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function hasTraceHeader({ headers }: Readonly<Record<string, unknown>>): boolean {
  const names = Array.isArray(headers)
    ? headers.filter((_, at) => at % 2 === 0)
    : Object.keys(isRecord(headers) ? headers : {});
  return names.flat().some((name) => String(name).toLowerCase() === 'x-amzn-trace-id');
}

/** A new value: the application's own options stay as they are and can be used again. */
function withTraceHeader(headers: unknown, value: string): unknown {
  if (Array.isArray(headers)) {
    return Array.isArray(headers[0]) ? [...headers, [TRACE_HEADER, value]] : [...headers, TRACE_HEADER, value];
  }
  return { ...(isRecord(headers) ? headers : {}), [TRACE_HEADER]: value };
}
