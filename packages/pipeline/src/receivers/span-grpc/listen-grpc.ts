import type {
  sendUnaryData,
  Server,
  ServerInterceptor,
  ServerUnaryCall,
  ServerWritableStream,
  status,
  StatusObject,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type * as GrpcModule from '@grpc/grpc-js';
import { PipelineError } from '../../pipeline-error.ts';
import { encodeHealth, encodeStatus } from '../otlp/encode-answer.ts';
import {
  GRPC_CONNECTION_STREAMS_MAX,
  REQUEST_BYTES_MAX,
  REQUESTS_BYTES_MAX,
  RETRY_AFTER_SECONDS,
  STOP_MS_MAX,
} from '../otlp/limits.ts';
import { createCertificates } from './certificates.ts';
import type { Refused, Sender, SpanListener, SpanListenOptions } from '../otlp/sender.ts';

/** How a call is answered. */
export type GrpcAnswer =
  | { readonly state: 'taken'; readonly message: Uint8Array }
  | { readonly state: 'malformed'; readonly message: string }
  | { readonly state: 'busy'; readonly retryAfterSeconds: number }
  | { readonly state: 'failed' };

export interface GrpcMethod {
  /** For errors: "OTLP/gRPC". */
  readonly label: string;
  /** "/package.Service/Method" */
  readonly path: string;
  /** One message, without gRPC's frame, inflated. */
  readonly handle: (message: Uint8Array) => Promise<GrpcAnswer>;
  /** Told when `handle` rejects; the sender is answered UNAVAILABLE. */
  readonly failed: (error: unknown) => void;
}

type Grpc = typeof GrpcModule;
type Bytes = Uint8Array;
type UnaryCall = ServerUnaryCall<Bytes, Bytes>;
type Refuse = (callback: sendUnaryData<Bytes>, code: status, message: string, retryAfterSeconds?: number) => void;

const FULL = 'the server is full';

const same = (bytes: Buffer): Buffer => bytes;
const toBuffer = (bytes: Bytes): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const RAW = {
  requestStream: false,
  responseStream: false,
  requestSerialize: toBuffer,
  requestDeserialize: same,
  responseSerialize: toBuffer,
  responseDeserialize: same,
} as const;

const HEALTH_SERVICE = {
  check: { ...RAW, path: '/grpc.health.v1.Health/Check' },
  watch: { ...RAW, responseStream: true, path: '/grpc.health.v1.Health/Watch' },
} as const;

/**
 * Serves one unary method (plain, gzip or deflate) and grpc.health.v1 from now on. What is too much for the moment is answered
 * with RESOURCE_EXHAUSTED and RetryInfo, what cannot be read with INVALID_ARGUMENT. Rejects with PipelineError.
 */
export async function listenSpanGrpc(method: GrpcMethod, options: SpanListenOptions): Promise<SpanListener> {
  // Only now: it takes its time and memory, and who has no such listener needs it not.
  const grpc = await import('@grpc/grpc-js');
  // It would print to standard error what callers are told in any case.
  grpc.setLogVerbosity(grpc.logVerbosity.NONE);
  const { host, port, tls = null } = options;
  const server = new grpc.Server({
    'grpc.max_receive_message_length': REQUEST_BYTES_MAX,
    'grpc.max_concurrent_streams': GRPC_CONNECTION_STREAMS_MAX,
    interceptors: [turnAwayUnread(grpc, method.path, options)],
  });
  let isServing = true;
  server.addService({ call: { ...RAW, path: method.path } }, spanService(grpc, method, options));
  server.addService(
    HEALTH_SERVICE,
    healthService(() => isServing),
  );
  const certificates = tls === null ? null : createCertificates(tls);
  const credentials =
    certificates === null
      ? grpc.ServerCredentials.createInsecure()
      : grpc.experimental.createCertificateProviderServerCredentials(
          certificates,
          certificates.hasClientCa ? certificates : null,
          certificates.hasClientCa,
        );
  const bound = await new Promise<number>((resolve, reject) => {
    const at = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    server.bindAsync(`${at}:${port}`, credentials, (error, boundPort) => {
      if (error === null) {
        resolve(boundPort);
        return;
      }
      server.forceShutdown();
      reject(listenError(`${method.label} ${host} port ${port}`, error));
    });
  });
  return {
    host,
    port: bound,
    renewTls: (renewed) => certificates?.renew(renewed),
    async [Symbol.asyncDispose]() {
      isServing = false;
      await stop(server);
    },
  };
}

/** The library has the system's code only in its text. */
function listenError(what: string, cause: Error): PipelineError {
  const code = cause.message.includes('EADDRINUSE')
    ? 'address-in-use'
    : cause.message.includes('EACCES')
      ? 'address-not-allowed'
      : 'listen-failed';
  return new PipelineError(code, what, { cause });
}

function spanService(grpc: Grpc, method: GrpcMethod, options: SpanListenOptions): UntypedServiceImplementation {
  const { status } = grpc;
  const refuse = createRefuse(grpc);
  let heldBytes = 0;

  async function answer(call: UnaryCall): Promise<GrpcAnswer | Refused> {
    const admission = options.admit(senderOf(call));
    if (admission !== 'admitted') return admission;
    const { request } = call;
    if (heldBytes + request.byteLength > REQUESTS_BYTES_MAX) {
      return { state: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
    }
    heldBytes += request.byteLength;
    try {
      return await method.handle(request);
    } finally {
      heldBytes -= request.byteLength;
    }
  }

  function respond(callback: sendUnaryData<Bytes>, answered: GrpcAnswer | Refused): void {
    if (answered === 'unauthenticated') refuse(callback, status.UNAUTHENTICATED, 'an access key is needed');
    else if (answered === 'forbidden') refuse(callback, status.PERMISSION_DENIED, 'not allowed to send traces');
    else if (answered === 'throttled') {
      refuse(callback, status.RESOURCE_EXHAUSTED, 'too many requests', RETRY_AFTER_SECONDS);
    } else if (answered.state === 'taken') callback(null, answered.message);
    else if (answered.state === 'malformed') refuse(callback, status.INVALID_ARGUMENT, answered.message);
    else if (answered.state === 'failed') refuse(callback, status.UNAVAILABLE, 'the spans could not be kept');
    else refuse(callback, status.RESOURCE_EXHAUSTED, FULL, answered.retryAfterSeconds);
  }

  return {
    call: (call: UnaryCall, callback: sendUnaryData<Bytes>) => {
      answer(call).then(
        (answered) => respond(callback, answered),
        (error: unknown) => {
          method.failed(error);
          respond(callback, { state: 'failed' });
        },
      );
    },
  };
}

function createRefuse(grpc: Grpc): Refuse {
  return (callback, code, message, retryAfterSeconds) =>
    callback(refusedStatus(grpc, code, message, retryAfterSeconds));
}

function refusedStatus({ Metadata }: Grpc, code: status, message: string, retryAfterSeconds?: number): StatusObject {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', toBuffer(encodeStatus(code, message, retryAfterSeconds)));
  return { code, details: message, metadata };
}

/** Answers at the head of a call; the library throws away what its sender then still sends. */
function turnAwayUnread(grpc: Grpc, path: string, { turnAway }: SpanListenOptions): ServerInterceptor {
  return ({ path: called }, call) =>
    new grpc.ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, pass) {
            const retryAfterSeconds = called === path ? (turnAway?.() ?? null) : null;
            if (retryAfterSeconds === null) pass(metadata);
            else call.sendStatus(refusedStatus(grpc, grpc.status.RESOURCE_EXHAUSTED, FULL, retryAfterSeconds));
          },
        }),
    });
}

function healthService(isServing: () => boolean): UntypedServiceImplementation {
  return {
    check: (_call: UnaryCall, callback: sendUnaryData<Bytes>) => callback(null, encodeHealth(isServing())),
    // Stays open without another message: the state changes once, when the server stops, and that ends the stream.
    watch: (call: ServerWritableStream<Bytes, Bytes>) => void call.write(encodeHealth(isServing())),
  };
}

function senderOf(call: UnaryCall): Sender {
  return {
    // `address:port`, IPv6 in brackets or not.
    address: call.getPeer().replace(/:\d+$/, '').replaceAll(/[[\]]/g, ''),
    header: (name) => {
      const [value] = call.metadata.get(name);
      return typeof value === 'string' ? value : undefined;
    },
  };
}

async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), STOP_MS_MAX);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
