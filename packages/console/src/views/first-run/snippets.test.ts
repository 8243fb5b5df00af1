import { expect, test } from 'vitest';
import { addressesOf } from './addresses.ts';
import { snippetsOf } from './snippets.ts';

const PAGE = { origin: 'http://traces.example:2000', hostname: 'traces.example' };
const LISTENERS = [
  { name: 'http', address: '0.0.0.0:2000' },
  { name: 'udp', address: '0.0.0.0:2001' },
  { name: 'otlp-grpc', address: '[::]:4317' },
  { name: 'otlp-http', address: '127.0.0.1:4318' },
];

test('every address is one that a sender can use', () => {
  expect(addressesOf(LISTENERS, PAGE)).toEqual({
    udp: 'traces.example:2001',
    http: 'http://traces.example:2000',
    otlpGrpc: 'traces.example:4317',
    otlpHttp: 'http://127.0.0.1:4318',
    zipkin: 'http://traces.example:2000',
    jaegerHttp: null,
  });
});

test.each([
  ['node', 'AWS_XRAY_DAEMON_ADDRESS="tcp:traces.example:2000 udp:traces.example:2001" node app.js'],
  ['otel', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:4318/v1/traces'],
  ['collector', 'endpoint: "traces.example:4317"'],
  ['zipkin', 'http://traces.example:2000/api/v2/spans'],
  ['jaeger', '--jaeger-http-listen'],
  ['istio', 'service: "traces.example", port: 4317'],
  ['aws', '--endpoint-url http://traces.example:2000'],
])('%s is told %s', (id, text) => {
  expect(snippetsOf(addressesOf(LISTENERS, PAGE)).find((it) => it.id === id)?.text).toContain(text);
});

test('one port for both is one address', () => {
  const addresses = addressesOf([{ name: 'udp', address: 'traces.example:2000' }], PAGE);
  expect(snippetsOf(addresses)[0]?.text).toBe('AWS_XRAY_DAEMON_ADDRESS="traces.example:2000" node app.js');
});
