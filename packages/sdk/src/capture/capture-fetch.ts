import {
  getNamespace,
  isAutomaticMode,
  resolveManualSegmentParams,
  resolveSegment,
  setSegment,
} from '../context/context.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { getLogger } from '../logger.ts';
import { isRecord } from '../objects.ts';
import { flagStatus, guardCallback, wasUnreached } from './call-outcome.ts';
import type { FetchRequestFacts, FetchResponseFacts } from './fetch-data.ts';
import { isOwnHeader, openCall, TRACE_HEADER, traceHeaderOf } from './trace-header.ts';

/** Called when the head of the response is there, or the call has failed, before the subsegment is closed. */
export type FetchSubsegmentCallback<Q = Request, S = Response> = {
  report(subsegment: Subsegment, request: Q, response: S | null, error?: Error): void;
}['report'];

type Fetch = (input: unknown, init?: object) => Promise<FetchResponseFacts>;

/** `Request`, of Node or of a library. */
interface RequestLike extends FetchRequestFacts {
  readonly headers: { get(name: string): string | null; set(name: string, value: string): void };
}

type RequestClass = new (input: unknown, init?: object) => RequestLike;

interface Capture {
  readonly base: Fetch;
  live: boolean;
}

const captures = new WeakMap<object, Capture>();

/**
 * Captures the global `fetch`.
 * @param downstreamTraced the services called send segments of their own
 * @throws Error when there is no global `fetch`
 */
export function captureFetchGlobal(
  downstreamTraced?: boolean,
  callback?: FetchSubsegmentCallback,
): typeof globalThis.fetch {
  if (globalThis.fetch === undefined) throw new Error('Global fetch is not available in NodeJS');
  // The official SDK leaves `__fetch` behind.
  if (!captures.has(globalThis.fetch) && !('__fetch' in globalThis)) {
    globalThis.fetch = enableCapture(globalThis.fetch, globalThis.Request, downstreamTraced, callback);
  }
  return globalThis.fetch;
}

/** Captures the `default` of a module such as `node-fetch`. Null when it has none. */
export function captureFetchModule<F>(
  module: { default: F; Request?: unknown },
  downstreamTraced?: boolean,
  callback?: FetchSubsegmentCallback<never, never>,
): F | null {
  const { default: base, Request: requestClass } = module;
  if (!isFetch(base)) {
    getLogger().warn('X-ray capture did not find fetch function in module');
    return null;
  }
  if (!captures.has(base)) module.default = enableCapture(base, requestClass, downstreamTraced, callback);
  return module.default;
}

/** Undoes `captureFetchGlobal`, or `captureFetchModule` of the module. What others have put on top stays. */
export function uncaptureFetch(module?: { default: unknown }): void {
  const current = module === undefined ? globalThis.fetch : module.default;
  const capture = typeof current === 'function' ? captures.get(current) : undefined;
  if (capture === undefined) return;
  capture.live = false;
  if (module === undefined) Reflect.set(globalThis, 'fetch', capture.base);
  else module.default = capture.base;
}

/** A `fetch` that is captured; the one given stays as it is. */
export function enableCapture<F>(
  fetch: F,
  requestClass: unknown,
  downstreamTraced?: boolean,
  callback?: FetchSubsegmentCallback<never, never>,
): F {
  if (!isFetch(fetch) || !isRequestClass(requestClass))
    throw new TypeError('A fetch function and its Request are needed.');
  const capture: Capture = { base: fetch, live: true };
  const report = isCallback(callback) ? callback : undefined;
  const captured: Fetch = (input, init) =>
    capture.live
      ? callCaptured(fetch, requestClass, input, init, downstreamTraced === true, report)
      : fetch(input, init);
  captures.set(captured, capture);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- takes and gives what the function given does
  return captured as Fetch & F;
}

type Report = (subsegment: Subsegment, request: object, response: object | null, error?: unknown) => void;

async function callCaptured(
  fetch: Fetch,
  requestClass: RequestClass,
  input: unknown,
  init: object | undefined,
  traced: boolean,
  report: Report | undefined,
): Promise<FetchResponseFacts> {
  // A copy: what belongs to the application is not changed.
  const options = isRecord(init) ? { ...init } : undefined;
  const parent = resolveSegment(resolveManualSegmentParams(options));
  if (parent === undefined) {
    getLogger().info('A fetch is made without sub/segment: it is not traced.');
    return fetch(input, init);
  }
  // What `fetch` itself would make of its arguments: a body is neither copied nor read here.
  const request = new requestClass(input, options);
  const given = request.headers.get(TRACE_HEADER);
  if (given !== null && isOwnHeader(given, parent)) return fetch(request);
  const subsegment = openCall(parent, hostOf(request));
  const header = traceHeaderOf(parent, subsegment);
  if (header !== undefined) request.headers.set(TRACE_HEADER, header);
  const run = async (): Promise<FetchResponseFacts> => {
    try {
      const response = await fetch(request);
      if (report !== undefined) guardCallback(() => report(subsegment, request, response));
      flagStatus(subsegment, response.status);
      subsegment.addFetchRequestData(request, response, traced);
      subsegment.close();
      return response;
    } catch (error) {
      if (report !== undefined) guardCallback(() => report(subsegment, request, null, error));
      subsegment.addErrorFlag();
      subsegment.addFetchRequestData(request, null, traced && !wasUnreached(error));
      subsegment.close(error);
      throw error;
    }
  };
  if (!isAutomaticMode()) return run();
  return getNamespace().runPromise(() => {
    setSegment(subsegment);
    return run();
  });
}

function hostOf(request: RequestLike): string {
  const text = String(request.url);
  return (URL.canParse(text) && new URL(text).hostname) || 'Unknown host';
}

function isFetch(value: unknown): value is Fetch {
  return typeof value === 'function';
}

function isRequestClass(value: unknown): value is RequestClass {
  return typeof value === 'function';
}

function isCallback(value: unknown): value is Report {
  return typeof value === 'function';
}
