import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { PipelineError } from '../../pipeline-error.ts';
import { decodeTraceRequest } from './decode-protobuf.ts';
import { encodeExportResponse, encodeHealth, encodeStatus } from './encode-answer.ts';
import {
  GRPC_CONNECTION_STREAMS_MAX,
  REQUEST_BYTES_MAX,
  REQUESTS_BYTES_MAX,
  RETRY_AFTER_SECONDS,
  STOP_MS_MAX,
} from './limits.ts';
import { receiveOtlp, type OtlpAnswer, type OtlpReceiverOptions } from './receive.ts';
import type { Admission, OtlpListener, OtlpListenOptions, Sender } from './sender.ts';

type Bytes = Uint8Array;
type UnaryCall = ServerUnaryCall<Bytes, Bytes>;

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

const TRACE_SERVICE: ServiceDefinition = {
  export: { ...RAW, path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export' },
};
const HEALTH_SERVICE: ServiceDefinition = {
  check: { ...RAW, path: '/grpc.health.v1.Health/Check' },
  watch: { ...RAW, responseStream: true, path: '/grpc.health.v1.Health/Watch' },
};

/**
 * Serves OTLP/gRPC (plain, gzip or deflate) and grpc.health.v1 from now on. What is too much for the moment is answered
 * with RESOURCE_EXHAUSTED and RetryInfo, what cannot be read with INVALID_ARGUMENT.
 */
export async function listenOtlpGrpc(options: OtlpListenOptions & OtlpReceiverOptions): Promise<OtlpListener> {
  const { host, port, tls = null } = options;
  const server = new Server({
    'grpc.max_receive_message_length': REQUEST_BYTES_MAX,
    'grpc.max_concurrent_streams': GRPC_CONNECTION_STREAMS_MAX,
  });
  let isServing = true;
  server.addService(TRACE_SERVICE, traceService(options));
  server.addService(
    HEALTH_SERVICE,
    healthService(() => isServing),
  );
  const credentials =
    tls === null
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }]);
  const bound = await new Promise<number>((resolve, reject) => {
    const at = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    server.bindAsync(`${at}:${port}`, credentials, (error, boundPort) => {
      if (error === null) resolve(boundPort);
      else reject(new PipelineError('listen-failed', `OTLP/gRPC ${host} port ${port}`, { cause: error }));
    });
  });
  return {
    host,
    port: bound,
    async [Symbol.asyncDispose]() {
      isServing = false;
      await stop(server);
    },
  };
}

function traceService(options: OtlpListenOptions & OtlpReceiverOptions): UntypedServiceImplementation {
  let heldBytes = 0;

  async function answer(call: UnaryCall): Promise<OtlpAnswer | Exclude<Admission, 'admitted'>> {
    const admission = options.admit(senderOf(call));
    if (admission !== 'admitted') return admission;
    const { request } = call;
    if (heldBytes + request.byteLength > REQUESTS_BYTES_MAX) {
      return { state: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
    }
    heldBytes += request.byteLength;
    try {
      return await receiveOtlp(request, decodeTraceRequest, 'otlp-grpc', options);
    } finally {
      heldBytes -= request.byteLength;
    }
  }

  return {
    export: (call: UnaryCall, callback: sendUnaryData<Bytes>) => {
      answer(call).then(
        (answered) => respond(callback, answered),
        (error: unknown) => {
          options.events.deliveryFailed('otlp-grpc', error);
          respond(callback, { state: 'failed' });
        },
      );
    },
  };
}

function respond(callback: sendUnaryData<Bytes>, answer: OtlpAnswer | Exclude<Admission, 'admitted'>): void {
  if (answer === 'unauthenticated') refuse(callback, status.UNAUTHENTICATED, 'an access key is needed');
  else if (answer === 'forbidden') refuse(callback, status.PERMISSION_DENIED, 'not allowed to send traces');
  else if (answer.state === 'taken') callback(null, encodeExportResponse(answer.rejectedSpans, answer.message));
  else if (answer.state === 'malformed') refuse(callback, status.INVALID_ARGUMENT, answer.message);
  else if (answer.state === 'failed') refuse(callback, status.UNAVAILABLE, 'the spans could not be kept');
  else refuse(callback, status.RESOURCE_EXHAUSTED, 'the server is full', answer.retryAfterSeconds);
}

function refuse(callback: sendUnaryData<Bytes>, code: status, message: string, retryAfterSeconds?: number): void {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', toBuffer(encodeStatus(code, message, retryAfterSeconds)));
  callback({ code, details: message, metadata });
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
