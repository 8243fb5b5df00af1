import { listenSpanGrpc, type GrpcAnswer } from '../span-grpc/listen-grpc.ts';
import { decodeTraceRequest } from './decode-protobuf.ts';
import { encodeExportResponse } from './encode-answer.ts';
import { receiveOtlp, type OtlpReceiverOptions } from './receive.ts';
import type { SpanListener, SpanListenOptions } from './sender.ts';

/** Serves OTLP/gRPC from now on, as `listenSpanGrpc` says. */
export function listenOtlpGrpc(options: SpanListenOptions & OtlpReceiverOptions): Promise<SpanListener> {
  return listenSpanGrpc(
    {
      label: 'OTLP/gRPC',
      path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      handle: async (message): Promise<GrpcAnswer> => {
        const answer = await receiveOtlp(message, decodeTraceRequest, 'otlp-grpc', options);
        if (answer.state !== 'taken') return answer;
        return { state: 'taken', message: encodeExportResponse(answer.rejectedSpans, answer.message) };
      },
      failed: (error) => options.events.deliveryFailed('otlp-grpc', error),
    },
    options,
  );
}
