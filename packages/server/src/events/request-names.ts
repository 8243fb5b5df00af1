import type { OperationName } from '@fluoroscope/api/operations';

/** What a request is counted as: an X-Ray operation, one of our own calls, or none of them. */
export type RequestName = OperationName | ConsoleCallName | SpanCallName | 'none';
export type SpanCallName = 'otlp-traces' | 'zipkin-spans' | 'jaeger-spans';
export type ConsoleCallName =
  | 'map'
  | 'map-activity'
  | 'map-layout'
  | 'put-map-positions'
  | 'trace-outline'
  | 'trace-document'
  | 'trace-groups'
  | 'trace-summaries'
  | 'set-differences'
  | 'filter-check'
  | 'filter-words'
  | 'live'
  | 'api-description'
  | 'session'
  | 'sampling-activity'
  | 'encryption-keys'
  | 'trust'
  | 'list-keys'
  | 'create-key'
  | 'revoke-key'
  | 'test-trace'
  | 'status'
  | 'login'
  | 'logout'
  | 'metrics'
  | 'health'
  | 'console-file';
