import type { Client, ServiceError } from '@grpc/grpc-js';
import type { ClientTls } from '../../tls.ts';
import type { Send, SendOutcome } from '../sending-queue.ts';
import { readExportResponse, readRetryDelayMs } from './decode-response.ts';
import { encodeRequest } from './encode-request.ts';
import { groupsOf } from './groups-of.ts';

export interface OtlpGrpcSendOptions {
  /** host:port */
  readonly address: string;
  /** Null: plain. */
  readonly tls: ClientTls | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'gzip' | 'none';
}

export interface OtlpGrpcSender extends Disposable {
  readonly send: Send;
}

/** What servers say of a message that is larger than they take, with RESOURCE_EXHAUSTED or OUT_OF_RANGE. */
const TOO_LARGE = /larger than max|exceeds (the )?maximum|too large/i;

const PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/**
 * Sends documents as spans by OTLP/gRPC over one connection, which is opened when the first ones come. A try that gets no answer
 * gives it up for another one: a network that has forgotten a connection tells nobody for a quarter of an hour.
 */
export async function createOtlpGrpcSender(options: OtlpGrpcSendOptions): Promise<OtlpGrpcSender> {
  // Only now, as the receivers do: who sends by HTTP needs it not.
  const grpc = await import('@grpc/grpc-js');
  const { status } = grpc;
  const { tls, compression } = options;
  const serverName = tls?.serverName ?? null;
  const open = (): Client =>
    new grpc.Client(
      options.address,
      tls === null
        ? grpc.credentials.createInsecure()
        : grpc.credentials.createSsl(tls.ca, tls.key, tls.cert, { rejectUnauthorized: tls.isVerified }),
      {
        // Else another client would get the connection of this one.
        'grpc.use_local_subchannel_pool': 1,
        ...(compression === 'gzip' && { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip }),
        ...(serverName !== null && {
          'grpc.ssl_target_name_override': serverName,
          'grpc.default_authority': serverName,
        }),
      },
    );
  let client = open();
  // As OTLP has it. RESOURCE_EXHAUSTED only with RetryInfo: without, it may mean that a message is too large.
  const again: ReadonlySet<number> = new Set([
    status.CANCELLED,
    status.DEADLINE_EXCEEDED,
    status.ABORTED,
    status.OUT_OF_RANGE,
    status.UNAVAILABLE,
    status.DATA_LOSS,
  ]);

  function failed(error: ServiceError): SendOutcome {
    const message = `gRPC ${status[error.code]}: ${error.details}`;
    const isOfSize = error.code === status.RESOURCE_EXHAUSTED || error.code === status.OUT_OF_RANGE;
    if (isOfSize && TOO_LARGE.test(error.details)) return { state: 'too-large', message };
    const [details] = error.metadata.get('grpc-status-details-bin');
    const afterMs = details instanceof Uint8Array ? readRetryDelayMs(details) : null;
    const isWorthIt = again.has(error.code) || (error.code === status.RESOURCE_EXHAUSTED && afterMs !== null);
    return isWorthIt ? { state: 'again', afterMs: afterMs ?? undefined, message } : { state: 'refused', message };
  }

  return {
    send: (parcels, signal) => {
      const groups = groupsOf(parcels);
      if (groups.length === 0) return Promise.resolve({ state: 'sent', refused: 0 });
      const metadata = new grpc.Metadata();
      for (const [name, value] of Object.entries(options.headers)) metadata.set(name, value);
      const used = client;
      return new Promise((resolve) => {
        const call = used.makeUnaryRequest(PATH, same, same, encodeRequest(groups), metadata, (error, answer) => {
          signal.removeEventListener('abort', cancel);
          if (error !== null) {
            resolve(failed(error));
            return;
          }
          const { rejectedSpans, message } = readExportResponse(answer ?? new Uint8Array());
          resolve({ state: 'sent', refused: Math.min(rejectedSpans, parcels.length), message });
        });
        const cancel = (): void => {
          call.cancel();
          if (used !== client) return;
          client = open();
          // Calls that are still under way may end.
          used.close();
        };
        signal.addEventListener('abort', cancel);
        if (signal.aborted) cancel();
      });
    },
    [Symbol.dispose]: () => client.close(),
  };
}

const same = (bytes: Buffer): Buffer => bytes;
