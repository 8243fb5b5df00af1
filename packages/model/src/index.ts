export * from './bucket-number.ts';
export { cleanName } from './clean-entity.ts';
export { cutText } from './clean-json.ts';
export * from './document-problem.ts';
export * from './infer.ts';
export { inferSegmentId } from './inferred-id.ts';
export * from './latency-bucket.ts';
export * from './merge-trace.ts';
export { isBroker, isSameBroker, readReceivedFrom } from './messaging.ts';
export * from './model-error.ts';
export * from './outcome.ts';
export {
  ARRAY_DOCUMENTS_MAX,
  DOCUMENT_BYTES_MAX,
  DOCUMENT_LEVELS_MAX,
  parseDocument,
  readAcceptedDocument,
  type AcceptedDocument,
  type DocumentHead,
  type ParseDocumentOptions,
} from './parse-document.ts';
export * from './result.ts';
export * from './segment-document.ts';
export * from './segment-id.ts';
export * from './sent-document.ts';
export * from './service-key.ts';
export * from './time.ts';
export * from './trace-id.ts';
export * from './trace-header/x-amzn.ts';
export * from './translate/otlp/span.ts';
export { readKeyValues } from './translate/otlp/attribute-json.ts';
export { nestsDeeperThan } from './nesting.ts';
export type { IndexedAttributes } from './translate/otlp/annotations.ts';
export * from './translate/otlp/to-documents.ts';
export * from './translate/otlp/print-span.ts';
export * from './translate/otlp/to-spans.ts';
export * from './trace-header/any-spelling.ts';
export * from './trace-header/b3.ts';
export * from './trace-header/uber.ts';
export * from './trace-header/w3c.ts';
export { createHopCollapser, type HopCollapser } from './translate/istio/collapse-hops.ts';
export { decodeJaegerProto } from './translate/jaeger/decode-proto.ts';
export { decodeJaegerThrift } from './translate/jaeger/decode-thrift.ts';
export { documentToJaeger } from './translate/jaeger/documents-to-jaeger.ts';
export type { JaegerBatch, JaegerProblem, JaegerSpan } from './translate/jaeger/jaeger-span.ts';
export { jaegerToDocuments } from './translate/jaeger/jaeger-to-documents.ts';
export { decodeZipkinV1Json } from './translate/zipkin/decode-v1-json.ts';
export { decodeZipkinV1Thrift } from './translate/zipkin/decode-v1-thrift.ts';
export { decodeZipkinV2Json } from './translate/zipkin/decode-v2-json.ts';
export { decodeZipkinV2Proto } from './translate/zipkin/decode-v2-proto.ts';
export { documentToZipkinSpan } from './translate/zipkin/otlp-to-zipkin.ts';
export type { ZipkinBatch, ZipkinProblem, ZipkinSpan } from './translate/zipkin/zipkin-span.ts';
export { createZipkinTranslator, type ZipkinTranslator } from './translate/zipkin/zipkin-to-documents.ts';
