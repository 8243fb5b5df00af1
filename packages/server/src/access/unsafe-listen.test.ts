import { parseSettings } from '../settings/load-settings.ts';
import { expect, test } from 'vitest';
import { refuseUnsafeListen } from './unsafe-listen.ts';

const HTTP = ['--http-listen', '0.0.0.0:2000'];
const UDP = ['--udp-listen', '[::]:2000'];
const OFF = ['--udp-listen', 'off'];

test.each<[string, boolean, readonly string[], RegExp | null]>([
  ['the default', false, [], null],
  ['HTTP without keys', false, [...HTTP, ...OFF], /http-listen.*keys create.*--ingest-allow.*--allow-unauthenticated/],
  ['HTTP of a name', false, ['--http-listen', 'myhost:2000'], /http-listen/],
  ['HTTP with keys', true, [...HTTP, ...OFF], null],
  ['HTTP that is said to be guarded', false, [...HTTP, '--allow-unauthenticated'], null],
  ['HTTP for senders', false, [...HTTP, '--ingest-allow', '10.0.0.0/8'], null],
  ['OTLP/gRPC without keys', false, ['--otlp-grpc-listen', '0.0.0.0:4317'], /otlp-grpc-listen.*keys create/],
  ['OTLP/HTTP without keys', false, ['--otlp-http-listen', '0.0.0.0:4318'], /otlp-http-listen.*keys create/],
  ['Zipkin without keys', false, ['--zipkin-listen', '0.0.0.0:9411'], /zipkin-listen.*keys create/],
  [
    'Jaeger over HTTP without keys',
    false,
    ['--jaeger-http-listen', '0.0.0.0:14268'],
    /jaeger-http-listen.*keys create/,
  ],
  [
    'Jaeger over gRPC without keys',
    false,
    ['--jaeger-grpc-listen', '0.0.0.0:14250'],
    /jaeger-grpc-listen.*keys create/,
  ],
  ['OTLP/gRPC with keys', true, ['--otlp-grpc-listen', '0.0.0.0:4317'], null],
  ['UDP without keys', false, UDP, /udp-listen.*--ingest-allow/],
  ['UDP with keys, which it cannot carry', true, UDP, /udp-listen.*--ingest-allow/],
  ['UDP for senders', true, [...UDP, '--ingest-allow', '10.0.0.0/8'], null],
])('beyond loopback: %s', (_name, hasKeys, argv, problem) => {
  const settings = parseSettings(argv, {});
  if (!settings.ok) throw new Error(settings.problem.expected);
  const start = () => refuseUnsafeListen(settings.value, hasKeys);
  if (problem === null) expect(start).not.toThrow();
  else expect(start).toThrow(problem);
});
