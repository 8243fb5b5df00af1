import { currentSegment, resolveSegment, runWithSegment, type SegmentLike } from '../context/context.ts';
import { Segment } from '../document/segment.ts';
import { middleware } from '../middleware/middleware.ts';
import { recordEnd, urlOf, type CallEnd, type GrpcMethod } from './call-record.ts';
import type { GrpcClientOptions } from './client.ts';
import type { GrpcServerOptions } from './server.ts';
import { CANCELLED, UNKNOWN } from './status.ts';
import { readTrace, traceIdOf, writeTrace, type MetadataLike } from './trace-carriers.ts';

/** The part of Connect's requests that is used: UnaryRequest and StreamRequest have it. */
interface ConnectRequest {
  readonly url: string;
  readonly header: Headers;
  readonly method: { readonly methodKind: string };
}

interface ConnectResponse {
  readonly stream: boolean;
  readonly message: unknown;
}

type ConnectInterceptor = <Request extends ConnectRequest, Response extends ConnectResponse>(
  next: (request: Request) => Promise<Response>,
) => (request: Request) => Promise<Response>;

type Run = <T>(fn: () => T) => T;

/** For the `interceptors` of a Connect transport. A stream's subsegment ends when its answers have been read, or the reader leaves. */
export function connectClientInterceptor(options: GrpcClientOptions = {}): ConnectInterceptor {
  return (next) => (request) => {
    const parent = resolveSegment();
    const traceId = parent === undefined ? undefined : traceIdOf(parent);
    if (parent === undefined || traceId === undefined) return next(request);
    const { hostname, host } = new URL(request.url);
    const method = methodOf(request);
    const subsegment =
      parent.notTraced === true ? undefined : parent.addNewSubsegment(options.name?.(method) ?? hostname);
    writeTrace(carrierOf(request.header), traceId, (subsegment ?? parent).id, subsegment !== undefined);
    if (subsegment === undefined) return next(request);
    subsegment.namespace = 'remote';
    if (options.downstreamTraced === true) subsegment.traced = true;
    const facts = { method: 'POST', url: urlOf(host, method.path) };
    return observe(
      () => next(request),
      (fn) => runWithSegment(parent, fn),
      (end) => {
        recordEnd(subsegment, facts, method, end, true);
        subsegment.close();
      },
    );
  };
}

/**
 * For the `interceptors` of a Connect router. The segment that is open already, such as that of an HTTP middleware around the router, is used and left to
 * it; it gets the status, which HTTP does not tell.
 */
export function connectServerInterceptor(options: GrpcServerOptions = {}): ConnectInterceptor {
  return (next) => (request) => {
    const method = methodOf(request);
    const { host } = new URL(request.url);
    const found = currentSegment();
    const isOurs = found === undefined || found.isClosed();
    const entity: SegmentLike = isOurs ? openSegment(request, method, host, options) : found;
    const userAgent = request.header.get('user-agent') ?? '';
    const facts = isOurs ? { method: 'POST', url: urlOf(host, method.path), user_agent: userAgent } : undefined;
    const run: Run = (fn) => runWithSegment(entity, fn);
    return observe(
      () => run(() => next(request)),
      run,
      (end) => {
        recordEnd(entity, facts, method, end, false);
        if (isOurs) entity.close();
      },
    );
  };
}

function openSegment(request: ConnectRequest, method: GrpcMethod, host: string, options: GrpcServerOptions): Segment {
  const trace = readTrace(carrierOf(request.header));
  const segment = new Segment(options.name ?? middleware.resolveName(host), trace.root, trace.parent);
  middleware.resolveSampling(trace, segment, { req: { headers: { host }, method: 'POST', url: method.path } });
  return segment;
}

/** Ends once: with the answer, the error, or the last of a stream's answers. */
async function observe<Response extends ConnectResponse>(
  call: () => Promise<Response>,
  run: Run,
  end: (how: CallEnd) => void,
): Promise<Response> {
  try {
    const response = await call();
    if (response.stream && isAsyncIterable(response.message)) {
      return { ...response, message: untilEnd(response.message, run, end) };
    }
    end({ code: 0 });
    return response;
  } catch (error) {
    end({ code: codeOf(error), error });
    throw error;
  }
}

/** A generator runs where it is asked for its next value: `run` brings it into its segment. */
async function* untilEnd(messages: AsyncIterable<unknown>, run: Run, end: (how: CallEnd) => void): AsyncGenerator {
  const iterator = messages[Symbol.asyncIterator]();
  let how: CallEnd = { code: CANCELLED };
  try {
    for (;;) {
      const { done, value } = await run(() => iterator.next());
      if (done === true) break;
      yield value;
    }
    how = { code: 0 };
  } catch (error) {
    how = { code: codeOf(error), error };
    throw error;
  } finally {
    if (how.code === CANCELLED && how.error === undefined) await iterator.return?.();
    end(how);
  }
}

/** A ConnectError has gRPC's codes. */
function codeOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : UNKNOWN;
}

/** url = … "/" service "/" method    ; what is before them is the router's prefix */
function methodOf({ url, method: { methodKind } }: ConnectRequest): GrpcMethod {
  const [service = '', name = ''] = new URL(url).pathname.split('/').slice(-2);
  return {
    path: `/${service}/${name}`,
    requestStream: methodKind === 'client_streaming' || methodKind === 'bidi_streaming',
    responseStream: methodKind === 'server_streaming' || methodKind === 'bidi_streaming',
  };
}

/** Headers join what was appended with commas. */
function carrierOf(header: Headers): MetadataLike {
  return {
    get: (key) =>
      header
        .get(key)
        ?.split(',')
        .map((value) => value.trim()) ?? [],
    set: (key, value) => header.set(key, value),
  };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
