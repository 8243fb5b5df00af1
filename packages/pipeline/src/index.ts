export * from './pipeline-error.ts';
export * from './receivers/xray-udp/decode.ts';
export * from './receivers/xray-udp/kernel-drops.ts';
export * from './receivers/xray-udp/listen.ts';
export * from './receivers/xray-udp/receive.ts';
export { createJaegerReceiver, type JaegerReceiver } from './receivers/jaeger/receive.ts';
export { listenJaegerGrpc, type JaegerGrpcOptions } from './receivers/jaeger/listen-grpc.ts';
export type { SpanEvents, SpanProblem, SpanSink } from './receivers/span-http/put-documents.ts';
export { SPAN_BODY_BYTES_MAX, type SpanAnswer, type SpanRequest } from './receivers/span-http/read-body.ts';
export { createZipkinReceiver, type ZipkinReceiver } from './receivers/zipkin/receive.ts';
export {
  handleOtlpHttp,
  OTLP_HTTP_PATH,
  type OtlpHttpRequest,
  type OtlpHttpResponse,
} from './receivers/otlp/handle-http.ts';
export { listenOtlpGrpc } from './receivers/otlp/listen-grpc.ts';
export type { OtlpEvents, OtlpReceiverOptions, OtlpTransport, PutOutcome } from './receivers/otlp/receive.ts';
export type { Admission, Admit, Sender, SpanListener, SpanListenOptions } from './receivers/otlp/sender.ts';
