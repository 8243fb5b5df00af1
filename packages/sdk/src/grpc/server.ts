// Hot path: around each served call.
import { currentSegment, getNamespace, isAutomaticMode } from '../context/context.ts';
import type { Context } from '../context/namespace.ts';
import type { Entity } from '../document/entity.ts';
import { Segment } from '../document/segment.ts';
import { getLogger } from '../logger.ts';
import { middleware, type ResponseLike } from '../middleware/middleware.ts';
import { recordEnd, urlOf, type GrpcMethod } from './call-record.ts';
import { CANCELLED, DEADLINE_EXCEEDED, UNKNOWN } from './status.ts';
import { readTrace, TRACE_KEY, type MetadataLike } from './trace-carriers.ts';

export interface GrpcServerOptions {
  /** The segment's name; without it what `middleware.setDefaultName` and dynamic naming say, as for HTTP. */
  readonly name?: string;
}

interface ServerStatus {
  readonly code?: number | null;
  readonly details?: string | null;
}

/** What grpc-js tells of a call: `onCancel` is the last, however the call ended. */
interface ServerListener {
  onReceiveMetadata(metadata: MetadataLike): void;
  onReceiveMessage(message: unknown): void;
  onReceiveHalfClose(): void;
  onCancel(): void;
}

/** grpc-js's ServerInterceptingCallInterface. */
interface ServerCall {
  start(listener: ServerListener): void;
  sendMetadata(metadata: MetadataLike): void;
  sendStatus(status: ServerStatus): void;
  getPeer(): string;
  getHost(): string;
  getDeadline(): Date | number;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- fits whatever class grpc-js wants back, without naming it
type ServerInterceptor = <Call>(method: GrpcMethod, call: object) => Call;

type Handler = (call: object, callback?: (error: unknown, ...more: unknown[]) => void) => unknown;

interface ServerLike {
  register(name: string, handler: never, ...more: never[]): boolean;
}

/** The caller's clock runs out first, by the time that its request took: what it then cancels was late. */
const DEADLINE_SLACK_MS = 20;

const capturedServers = new WeakSet<object>();

/** For grpc-js's `new Server({ interceptors: [grpcServerInterceptor()] })`, 1.10 or newer. */
export function grpcServerInterceptor(options: GrpcServerOptions = {}): ServerInterceptor {
  return (method, call) => {
    if (isServerCall(call)) observe(call, method, options);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the call that came in; grpc-js types it as a class of its own
    return call as never;
  };
}

/**
 * Wires a server: its calls are segments, and what handlers hand back or throw is their cause, with its stack. To be called before
 * `addService`: of services added earlier the status is known, but not the error. A second time changes nothing.
 */
export function captureGrpcServer<T extends ServerLike>(server: T, options: GrpcServerOptions = {}): T {
  if (capturedServers.has(server)) return server;
  capturedServers.add(server);
  const interceptors: unknown = Reflect.get(server, 'interceptors');
  if (!Array.isArray(interceptors)) {
    getLogger().error(
      'captureGrpcServer: this server takes no interceptors (grpc-js 1.10 or newer does); its calls are not traced.',
    );
    return server;
  }
  Reflect.set(server, 'interceptors', [grpcServerInterceptor(options), ...interceptors]);
  const register: unknown = Reflect.get(server, 'register');
  if (typeof register === 'function') {
    Reflect.set(server, 'register', (name: string, handler: Handler, ...more: readonly unknown[]): unknown =>
      register.call(server, name, watchErrors(handler), ...more),
    );
  }
  return server;
}

const SERVED = 'grpcServed';
/** In manual mode there is no context: what is being told to a handler now. */
let telling: ServedCall | undefined;

/** A call with its segment, from its metadata to its very end. */
class ServedCall implements ServerListener {
  readonly #call: ServerCall;
  readonly #method: GrpcMethod;
  readonly #next: ServerListener;
  readonly #options: GrpcServerOptions;
  /** What was current when grpc-js made the call: left over from where the server was started, and no part of it. */
  readonly #before: Entity | undefined;
  #entity: Entity | undefined;
  #isOurs = false;
  #request: object | undefined;
  #context: Context | undefined;
  #status: ServerStatus | undefined;
  error: unknown;

  constructor(
    call: ServerCall,
    method: GrpcMethod,
    next: ServerListener,
    options: GrpcServerOptions,
    before: Entity | undefined,
  ) {
    this.#call = call;
    this.#method = method;
    this.#next = next;
    this.#options = options;
    this.#before = before;
  }

  get segment(): Entity | undefined {
    return this.#entity;
  }

  onReceiveMetadata(metadata: MetadataLike): void {
    const found = isAutomaticMode() ? currentSegment() : undefined;
    // An interceptor before this one has opened a segment for the call.
    if (found !== undefined && found !== this.#before && !found.isClosed()) this.#entity = found;
    else this.#open(metadata);
    if (isAutomaticMode() && this.#entity !== undefined) {
      this.#context = getNamespace().createContext();
      this.#context['segment'] = this.#entity;
      this.#context[SERVED] = this;
    }
    this.#tell(() => this.#next.onReceiveMetadata(metadata));
  }

  onReceiveMessage(message: unknown): void {
    this.#tell(() => this.#next.onReceiveMessage(message));
  }

  onReceiveHalfClose(): void {
    this.#tell(() => this.#next.onReceiveHalfClose());
  }

  onCancel(): void {
    this.#end();
    this.#tell(() => this.#next.onCancel());
  }

  setStatus(status: ServerStatus): void {
    this.#status ??= status;
  }

  #open(metadata: MetadataLike): void {
    const call = this.#call;
    const host = call.getHost();
    const trace = readTrace(metadata);
    const name = this.#options.name ?? middleware.resolveName(host);
    const segment = new Segment(name, trace.root, trace.parent);
    this.#entity = segment;
    this.#isOurs = true;
    const isDecided = trace.sampled === '0' || trace.sampled === '1';
    middleware.resolveSampling(trace, segment, isDecided ? NOTHING_TO_ASK : responseOf(call, host, this.#method));
    if (segment.notTraced !== true) this.#request = requestOf(call, metadata, host, this.#method);
  }

  #end(): void {
    const entity = this.#entity;
    this.#entity = undefined;
    if (entity === undefined) return;
    const end = { code: this.#codeAtEnd(), details: this.#status?.details ?? undefined, error: this.error };
    recordEnd(entity, this.#request, this.#method, end, false);
    // Whoever opened it closes it.
    if (this.#isOurs) entity.close();
  }

  /** Without a status the client went away, or grpc-js ended the call, which it does without telling when the deadline has passed. */
  #codeAtEnd(): number {
    if (this.#status !== undefined) return this.#status.code ?? UNKNOWN;
    return Number(this.#call.getDeadline()) <= Date.now() + DEADLINE_SLACK_MS ? DEADLINE_EXCEEDED : CANCELLED;
  }

  #tell(fn: () => void): void {
    if (this.#context === undefined) tellOf(this, fn);
    else getNamespace().runIn(this.#context, fn);
  }
}

function tellOf(served: ServedCall, fn: () => void): void {
  const outer = telling;
  telling = served;
  try {
    fn();
  } finally {
    telling = outer;
  }
}

/** `start` and `sendStatus` of the call become ours; grpc-js itself calls the latter too, when a deadline passes. */
function observe(call: ServerCall, method: GrpcMethod, options: GrpcServerOptions): void {
  const before = isAutomaticMode() ? currentSegment() : undefined;
  const start = call.start.bind(call);
  const sendStatus = call.sendStatus.bind(call);
  let served: ServedCall | undefined;
  call.start = (listener) => {
    served = new ServedCall(call, method, listener, options, before);
    start(served);
  };
  call.sendStatus = (status) => {
    served?.setStatus(status);
    sendStatus(status);
  };
}

const NOTHING_TO_ASK: ResponseLike = {};

function responseOf(call: ServerCall, host: string, method: GrpcMethod): ResponseLike {
  return {
    req: { headers: { host }, method: 'POST', url: method.path },
    setHeader: (_, answer) => answerWith(call, answer),
  };
}

/** The decision that the caller asked for goes with the first thing that is sent. */
function answerWith(call: ServerCall, answer: string): void {
  const sendMetadata = call.sendMetadata.bind(call);
  call.sendMetadata = (metadata) => {
    metadata.set(TRACE_KEY, answer);
    sendMetadata(metadata);
  };
}

function requestOf(call: ServerCall, metadata: MetadataLike, host: string, method: GrpcMethod): object {
  const forwarded = textOf(metadata.get('x-forwarded-for')[0]);
  const request = {
    method: 'POST',
    url: urlOf(host, method.path),
    user_agent: textOf(metadata.get('user-agent')[0]),
    client_ip: forwarded === '' ? addressOf(call.getPeer()) : (forwarded.split(',')[0] ?? '').trim(),
  };
  return forwarded === '' ? request : { ...request, x_forwarded_for: true };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** peer = address ":" port / "unknown"    ; IPv6 addresses without brackets */
function addressOf(peer: string): string {
  return peer === 'unknown' ? '' : peer.replace(/:\d+$/, '');
}

/** In manual mode the handler finds its segment as `call.segment`. */
function watchErrors(handler: Handler): Handler {
  return (call, callback) => {
    const found = isAutomaticMode() ? getNamespace().get(SERVED) : telling;
    if (!(found instanceof ServedCall)) return handler(call, callback);
    if (!isAutomaticMode()) Reflect.set(call, 'segment', found.segment);
    if (callback === undefined) onError(call, (error) => (found.error ??= error));
    try {
      return handler(
        call,
        callback === undefined
          ? callback
          : (error, ...more) => {
              if (error !== null && error !== undefined) found.error ??= error;
              callback(error, ...more);
            },
      );
    } catch (error) {
      found.error ??= error;
      throw error;
    }
  };
}

function onError(emitter: object, listener: (error: unknown) => void): void {
  const on: unknown = Reflect.get(emitter, 'on');
  if (typeof on === 'function') on.call(emitter, 'error', listener);
}

function isServerCall(call: object): call is ServerCall {
  return 'start' in call && 'sendStatus' in call && typeof call.start === 'function';
}
