import { RETRY_AFTER_SECONDS } from '../otlp/limits.ts';
import type { SpanListener, SpanListenOptions } from '../otlp/sender.ts';
import { listenSpanGrpc, type GrpcAnswer } from '../span-grpc/listen-grpc.ts';
import type { SpanAnswer } from '../span-http/read-body.ts';

export interface JaegerGrpcOptions extends SpanListenOptions {
  /** `postSpans` of a Jaeger receiver; null when the spans are too many for now. */
  readonly postSpans: (message: Uint8Array) => Promise<SpanAnswer | null>;
  /** Told when it rejects. */
  readonly failed: (error: unknown) => void;
}

/** Serves api_v2.CollectorService/PostSpans from now on, as `listenSpanGrpc` says. */
export function listenJaegerGrpc(options: JaegerGrpcOptions): Promise<SpanListener> {
  return listenSpanGrpc(
    {
      label: 'Jaeger/gRPC',
      path: '/jaeger.api_v2.CollectorService/PostSpans',
      handle: async (message): Promise<GrpcAnswer> => {
        const answer = await options.postSpans(message);
        if (answer === null) return { state: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
        // PostSpansResponse has no fields.
        if (answer.status === 202) return { state: 'taken', message: new Uint8Array() };
        return { state: 'malformed', message: answer.text };
      },
      failed: options.failed,
    },
    options,
  );
}
