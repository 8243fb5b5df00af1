export { fanOut } from './fan-out.ts';
export * from './pipeline-error.ts';
export * from './receivers/xray-udp/decode.ts';
export * from './receivers/xray-udp/jsonl-header.ts';
export * from './receivers/xray-udp/listen.ts';
export * from './receivers/xray-udp/receive.ts';
export * from './receivers/xray-udp/watch-kernel-drops.ts';
export { createJaegerReceiver, type JaegerReceiver } from './receivers/jaeger/receive.ts';
export { listenJaegerGrpc, type JaegerGrpcOptions } from './receivers/jaeger/listen-grpc.ts';
export type { SpanEvents, SpanProblem, SpanSink } from './receivers/span-http/put-documents.ts';
export { SPAN_BODY_BYTES_MAX, type SpanAnswer, type SpanRequest } from './receivers/span-http/read-body.ts';
export { createWorkGate, type WorkGate } from './receivers/work-gate.ts';
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
export {
  listenHttp,
  busy as busyAnswer,
  plain as plainAnswer,
  type HttpAnswer,
  type HttpListener,
  type HttpRequest,
} from './receivers/span-http/listen-http.ts';
export { handleXrayHttp } from './receivers/xray-http/handle-http.ts';
export { REQUEST_BYTES_MAX as OTLP_REQUEST_BYTES_MAX, RETRY_AFTER_SECONDS } from './receivers/otlp/limits.ts';
export * from './intake.ts';
export * from './stage.ts';
export { changeAttributes, type AttributeAction } from './processors/attributes.ts';
export { createBatch, type BatchOptions } from './processors/batch.ts';
export { createIstio } from './processors/istio.ts';
export { createFilter, createMapping } from './processors/mapping.ts';
export { createMemoryLimiter } from './processors/memory-limiter.ts';
export { createProbabilisticSampler } from './processors/probabilistic-sampler.ts';
export { redact } from './processors/redaction.ts';
export type { PolicyOptions } from './processors/tail-sampling/policy.ts';
export { createTailSampling } from './processors/tail-sampling/tail-sampling.ts';
export { createXraySampler } from './processors/xray-sampling/xray-sampler.ts';
export { openXrayRules } from './processors/xray-sampling/xray-rules.ts';
export { createXrayCall, type XrayCallOptions } from './exporters/xray/call.ts';
export { createTraceIdMapping } from './processors/trace-id.ts';
export { createTraceIdMemory } from './processors/trace-id-memory.ts';
export { createSharedTraceIdMemory } from './processors/shared-trace-id-memory.ts';
export { openRedisMap } from './processors/redis-map.ts';
export type { ClientTls, ServerTls } from './tls.ts';
export { createPoster, type Poster } from './exporters/http-post.ts';
export { createDebugSend } from './exporters/debug.ts';
export { createOtlpGrpcSender } from './exporters/otlp/send-grpc.ts';
export { createOtlpHttpSend } from './exporters/otlp/send-http.ts';
export {
  createSendingQueue,
  type ExporterEvents,
  type Send,
  type SendingQueueOptions,
} from './exporters/sending-queue.ts';
export type { BatchStore, StoredBatch } from './exporters/batch-store.ts';
export { createStoredQueue } from './exporters/stored-queue.ts';
export type { KafkaEncoding } from './exporters/kafka/encode-records.ts';
export { createKafkaSend } from './exporters/kafka/send.ts';
export { findHomeFolder } from './exporters/xray/home-folder.ts';
export { createXraySend } from './exporters/xray/send.ts';
export { createZipkinSend } from './exporters/zipkin/send.ts';
export {
  createCredentialCache,
  domainOf,
  loadCredentials,
  type CredentialCache,
} from './exporters/xray/credentials.ts';
