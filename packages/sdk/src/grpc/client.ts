// Hot path: around each call.
import {
  getNamespace,
  isAutomaticMode,
  resolveManualSegmentParams,
  resolveSegment,
  type SegmentLike,
} from '../context/context.ts';
import type { Context } from '../context/namespace.ts';
import type { Subsegment } from '../document/subsegment.ts';
import { getLogger } from '../logger.ts';
import { isRecord } from '../objects.ts';
import { recordEnd, urlOf, type GrpcMethod } from './call-record.ts';
import { CANCELLED, UNAVAILABLE, UNKNOWN } from './status.ts';
import { traceIdOf, writeTrace, type MetadataLike } from './trace-carriers.ts';

export interface GrpcClientOptions {
  /** The subsegment's name; without it the host that is called. */
  readonly name?: (method: GrpcMethod) => string;
  /** The services called send segments of their own: a trace is incomplete until they have come. */
  readonly downstreamTraced?: boolean;
}

/** On metadata that a call of ours carries: an interceptor below another of ours, or a captured channel, leaves it alone. */
const WRITTEN: unique symbol = Symbol('x-ray trace written');

interface ClientMetadata extends MetadataLike {
  [WRITTEN]?: boolean;
  clone(): ClientMetadata;
}

interface ClientStatus {
  readonly code: number;
  readonly details: string;
}

/** What a call tells: `onReceiveStatus` is the last. */
interface ClientListener {
  onReceiveMetadata?(metadata: unknown): void;
  onReceiveMessage?(message: unknown): void;
  onReceiveStatus?(status: ClientStatus): void;
}

/** grpc-js's Call and InterceptingCallInterface. */
interface ClientCall {
  start(metadata: ClientMetadata, listener?: ClientListener): void;
  getPeer(): string;
}

interface CallOptions {
  readonly method_definition: GrpcMethod;
  readonly host?: string | undefined;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- fits whatever class grpc-js wants back, without naming it
type ClientInterceptor = <Options extends CallOptions, Call>(
  options: Options,
  nextCall: (options: Options) => unknown,
) => Call;

interface ClientLike {
  getChannel(): object;
}

interface ChannelLike {
  createCall(path: string, deadline: unknown, host: string | null | undefined, ...more: readonly unknown[]): ClientCall;
}

const capturedChannels = new WeakMap<object, Map<string, GrpcMethod>>();

/**
 * For grpc-js's `interceptors` of a client or a call. In manual mode a call's options have the parent as `XRaySegment`.
 * In the list of interceptors it may stand anywhere.
 */
export function grpcClientInterceptor(options: GrpcClientOptions = {}): ClientInterceptor {
  return (callOptions, nextCall) => {
    const given = resolveManualSegmentParams(callOptions);
    const call = nextCall(callOptions);
    if (isClientCall(call)) captureCall(call, callOptions.method_definition, callOptions.host, options, given);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the call that came in; grpc-js types it as a class of its own
    return call as never;
  };
}

/**
 * Captures every call of a client, and of whoever shares its channel. Once is enough; a second time changes nothing.
 * In automatic mode only: without an interceptor there is no telling which segment a call belongs to.
 */
export function captureGrpcClient<T extends ClientLike>(client: T, options: GrpcClientOptions = {}): T {
  const channel = client.getChannel();
  if (!isChannel(channel)) {
    getLogger().error('captureGrpcClient: the client has no channel to capture; use grpcClientInterceptor().');
    return client;
  }
  const known = capturedChannels.get(channel);
  const methods = known ?? new Map<string, GrpcMethod>();
  for (const method of methodsOf(client)) methods.set(method.path, method);
  if (known !== undefined) return client;
  capturedChannels.set(channel, methods);
  const createCall = channel.createCall.bind(channel);
  channel.createCall = (path, deadline, host, ...more) => {
    const call = createCall(path, deadline, host, ...more);
    captureCall(call, methods.get(path) ?? { path }, host, options, undefined);
    return call;
  };
  return client;
}

/** The call's `start` becomes ours: its state stays where it was, and no wrapper stands between grpc-js and it. */
function captureCall(
  call: ClientCall,
  method: GrpcMethod,
  host: string | null | undefined,
  options: GrpcClientOptions,
  given: SegmentLike | undefined,
): void {
  const parent = resolveSegment(given);
  if (parent === undefined) return;
  const context = isAutomaticMode() ? getNamespace().active : null;
  const start = call.start.bind(call);
  call.start = (metadata, listener) => {
    const traceId = traceIdOf(parent);
    if (metadata[WRITTEN] === true || traceId === undefined) {
      start(metadata, listener);
      return;
    }
    const authority = host || authorityOf(call.getPeer());
    const subsegment = parent.notTraced === true ? undefined : openSubsegment(parent, method, authority, options);
    // The application may use its metadata again, for calls that are not traced.
    const carrier = metadata.clone();
    writeTrace(carrier, traceId, (subsegment ?? parent).id, subsegment !== undefined);
    carrier[WRITTEN] = true;
    const end =
      subsegment && ((status: ClientStatus) => closeSubsegment(subsegment, authority, method, status, options));
    try {
      start(carrier, new ListenerInContext(listener, context, end));
    } catch (error) {
      if (subsegment !== undefined) {
        recordEnd(subsegment, requestOf(authority, method), method, { code: UNKNOWN, error }, false);
        subsegment.close();
      }
      throw error;
    }
  };
}

function openSubsegment(
  parent: SegmentLike,
  method: GrpcMethod,
  authority: string,
  { name }: GrpcClientOptions,
): Subsegment {
  const subsegment = parent.addNewSubsegment(nameFor(method, authority, name));
  subsegment.namespace = 'remote';
  return subsegment;
}

function nameFor(method: GrpcMethod, authority: string, name: GrpcClientOptions['name']): string {
  if (name === undefined) return hostOf(authority);
  try {
    return name(method);
  } catch (error) {
    getLogger().error('The name of a gRPC call cannot be told:', error);
    return hostOf(authority);
  }
}

function requestOf(authority: string, { path }: GrpcMethod): object {
  return { method: 'POST', url: urlOf(authority, path) };
}

function closeSubsegment(
  subsegment: Subsegment,
  authority: string,
  method: GrpcMethod,
  status: ClientStatus,
  { downstreamTraced }: GrpcClientOptions,
): void {
  if (subsegment.isClosed()) return;
  recordEnd(subsegment, requestOf(authority, method), method, status, status.code !== CANCELLED);
  if (downstreamTraced === true && status.code !== UNAVAILABLE) subsegment.traced = true;
  subsegment.close();
}

/** The first call of a channel opens its connection, whose events run in that call's context: each is brought back to its own. */
class ListenerInContext implements ClientListener {
  readonly #listener: ClientListener | undefined;
  /** Null: in manual mode there is none. */
  readonly #context: Context | null | undefined;
  readonly #end: ((status: ClientStatus) => void) | undefined;

  constructor(
    listener: ClientListener | undefined,
    context: Context | null | undefined,
    end: ((status: ClientStatus) => void) | undefined,
  ) {
    this.#listener = listener;
    this.#context = context;
    this.#end = end;
  }

  onReceiveMetadata(metadata: unknown): void {
    this.#run(() => this.#listener?.onReceiveMetadata?.(metadata));
  }

  onReceiveMessage(message: unknown): void {
    this.#run(() => this.#listener?.onReceiveMessage?.(message));
  }

  onReceiveStatus(status: ClientStatus): void {
    this.#end?.(status);
    this.#run(() => this.#listener?.onReceiveStatus?.(status));
  }

  #run(fn: () => void): void {
    if (this.#context === null) fn();
    else getNamespace().runIn(this.#context, fn);
  }
}

/** Targets whose host was read; a program calls few. More are read anew each time. */
const TARGETS_MAX = 1_000;
const authorities = new Map<string, string>();

/** target = [ scheme ":" [ "//" [ authority ] "/" ] ] ( host [ ":" port ] / path )  ; as grpc-js prints it before there is a connection */
function authorityOf(target: string): string {
  const known = authorities.get(target);
  if (known !== undefined) return known;
  const authority = target.replace(/^(?:dns|ipv4|ipv6|xds|unix|unix-abstract|passthrough):(?:\/\/[^/]*\/)?/, '');
  if (authorities.size < TARGETS_MAX) authorities.set(target, authority);
  return authority;
}

const hosts = new Map<string, string>();

function hostOf(authority: string): string {
  const known = hosts.get(authority);
  if (known !== undefined) return known;
  const host = authority.replace(/^(\[[^\]]*\]|[^:]*):\d+$/, '$1') || 'unknown';
  if (hosts.size < TARGETS_MAX) hosts.set(authority, host);
  return host;
}

/** Those of a client made of a service definition, as `makeClientConstructor` and generated code do. */
function methodsOf(client: object): readonly GrpcMethod[] {
  const service: unknown = Reflect.get(client.constructor, 'service');
  return isRecord(service) ? Object.values(service).filter(isMethod) : [];
}

function isMethod(value: unknown): value is GrpcMethod {
  return isRecord(value) && typeof value['path'] === 'string';
}

function isChannel(value: object): value is ChannelLike {
  return 'createCall' in value && typeof value.createCall === 'function';
}

function isClientCall(value: unknown): value is ClientCall {
  return isRecord(value) && typeof value['start'] === 'function' && typeof value['getPeer'] === 'function';
}
