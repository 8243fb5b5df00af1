import { expect, test } from 'vitest';
import { printFaults, readCollectorConfig } from '../collector.ts';

const GOOD = `receivers:
  otlp:
    protocols:
      grpc:
      http: { endpoint: 0.0.0.0:4318 }
  otlp/two: { protocols: { grpc: { endpoint: "[::1]:5317" } } }
  zipkin:
  jaeger: { protocols: { thrift_http: } }
  awsxray: { endpoint: localhost:2000, transport: udp, http: }
processors:
  batch: { send_batch_size: 100, timeout: 1m30s }
  memory_limiter: { check_interval: 1s, limit_mib: 400, spike_limit_mib: 100 }
  memory_limiter/share: { limit_percentage: 50, spike_limit_percentage: 10 }
  traceid:
  istio:
  attributes: { actions: [{ key: a, action: delete }, { key: b, action: upsert, value: 1 }, { pattern: ^x, action: hash }] }
  redaction: { allow_all_keys: true, blocked_values: ['\\d+'] }
  probabilistic_sampler: { sampling_percentage: 12.5 }
  tail_sampling:
    decision_wait: 10s
    policies:
      - { name: e, type: status_code, status_code: { status_codes: [ERROR] } }
      - { name: a, type: and, and: { and_sub_policy: [{ name: l, type: latency, latency: { threshold_ms: 5 } }] } }
      - { name: s, type: string_attribute, string_attribute: { key: k, values: [^a], enabled_regex_matching: true } }
      - { name: all, type: always_sample }
exporters:
  awsxray: { region: eu-west-1 }
  awsxray/ours: { endpoint: "http://localhost:2000", sign: false }
  otlp: { endpoint: localhost:4317, tls: { insecure: true }, headers: { X-Key: "\${env:KEY}" } }
  otlphttp: { endpoint: "http://localhost:4318", retry_on_failure: { enabled: false }, sending_queue: { queue_size: 10 } }
  zipkin: { endpoint: "http://localhost:9411/api/v2/spans" }
  debug:
service:
  pipelines:
    traces: { receivers: [otlp, zipkin], processors: [batch], exporters: [debug] }
    traces/2: { receivers: [otlp], exporters: [awsxray, debug] }
`;
const ENVIRONMENT = { KEY: 'secret', SIZE: '7', DIGITS: '0123', LIST: 'a:9092,b:9092' };

test('a configuration as users of the OpenTelemetry Collector write it', () => {
  const read = readCollectorConfig(GOOD, ENVIRONMENT);
  if (!read.ok) throw new Error(printFaults('good', read.problem));
  expect(read.value.pipelines).toEqual([
    { name: 'traces', receivers: ['otlp', 'zipkin'], processors: ['batch'], exporters: ['debug'] },
    { name: 'traces/2', receivers: ['otlp'], processors: [], exporters: ['awsxray', 'debug'] },
  ]);
  expect([...read.value.receivers.values()].flat().map(({ key }) => key)).toEqual([
    'otlp/grpc localhost:4317',
    'otlp/http 0.0.0.0:4318',
    'otlp/grpc [::1]:5317',
    'zipkin localhost:9411',
    'jaeger/thrift_http localhost:14268',
    'awsxray/udp localhost:2000',
    'awsxray/http localhost:2000',
  ]);
  expect(read.value.metricsAt).toEqual({ host: 'localhost', port: 8_888 });
  expect(read.value.unused).toContain('exporters.otlphttp');
});

/** The one line of the good file that is exchanged, what for, and what is said about it. */
test.each([
  ['  zipkin:', '  zipkin: { endpiont: x }', '7: receivers.zipkin.endpiont: unknown key'],
  ['  zipkin:', '  zipkin: { endpoint: x }', '7: receivers.zipkin.endpoint: expected host:port'],
  ['  zipkin:', '  zipkin: { endpoint: "x:70000" }', '7: receivers.zipkin.endpoint: expected host:port'],
  ['  zipkin:', '  zipkin: { tls: { cert_file: c } }', '7: receivers.zipkin.tls.key_file: expected a text'],
  ['  zipkin:', '  zipkin: { parse_string_tags: true }', '7: receivers.zipkin.parse_string_tags: not supported'],
  ['  zipkin:', '  zipkin: { tls: { cert: c } }', '7: receivers.zipkin.tls.cert: unknown key'],
  [
    'tls: { insecure: true }',
    'tls: { cert_file: c }',
    '29: exporters.otlp.tls.key_file: expected cert_file and key_file',
  ],
  [
    '{ endpoint: "http://localhost:4318", retry_on_failure: { enabled: false }',
    '{ endpoint: "https://localhost:4318", tls: { insecure: true }',
    '30: exporters.otlphttp.tls.insecure: expected false: the URL is https',
  ],
  ['  zipkin:', '  zipkn:', '7: receivers.zipkn: expected type or type/name'],
  ['  zipkin:', '  zipkin/a/b:', '7: receivers.zipkin/a/b: expected type or type/name'],
  ['  zipkin:', '  otlp/three: { protocols: {} }', '7: receivers.otlp/three.protocols: expected one or more of'],
  ['  zipkin:', '  otlp/three:', '7: receivers.otlp/three.protocols: expected one or more of'],
  ['  zipkin:', '  otlp: { protocols: { http: } }', '7: not YAML: Map keys must be unique'],
  ['  zipkin:', ' zipkin:', '7: not YAML'],
  ['timeout: 1m30s', 'timeout: 5 parsecs', '11: processors.batch.timeout: expected a duration'],
  ['timeout: 1m30s', 'timeout: 5', '11: processors.batch.timeout: expected a duration'],
  [
    'send_batch_size: 100',
    'send_batch_size: 0',
    '11: processors.batch.send_batch_size: expected a whole number from 1',
  ],
  [
    'send_batch_size: 100',
    'send_batch_size: "${SIZE}", send_batch_max_size: 6',
    '11: processors.batch.send_batch_max_size: expected 0, or at least',
  ],
  ['limit_mib: 400, ', '', '12: processors.memory_limiter.limit_mib: expected limit_mib or limit_percentage'],
  ['spike_limit_mib: 100', 'spike_limit_mib: 400', '12: processors.memory_limiter.spike_limit_mib: expected less'],
  [
    '  traceid:',
    '  traceid: { shared: { redis: { endpoint: x } } }',
    '14: processors.traceid.shared.redis.endpoint: expected host:port',
  ],
  ['  traceid:', '  traceid: { shared: { memcached: } }', '14: processors.traceid.shared.redis: '],
  ['  traceid:', '  xray_sampler:', '14: processors.xray_sampler.region: expected a region, here or in AWS_REGION'],
  [
    '  traceid:',
    '  xray_sampler: { region: eu-west-1, polling_interval: 1ms }',
    '14: processors.xray_sampler.polling_interval: expected 1s',
  ],
  ['action: delete', 'action: drop', '16: processors.attributes.actions[0].action: expected insert, update'],
  ['action: delete', 'action: update', '16: processors.attributes.actions[0].value: update needs a value'],
  ['pattern: ^x', 'pattern: "("', '16: processors.attributes.actions[2].pattern: expected a regular expression'],
  [
    'sampling_percentage: 12.5',
    'sampling_percentage: 101',
    '18: processors.probabilistic_sampler.sampling_percentage: expected a number from 0 to 100',
  ],
  ["['\\d+']", "['[[:digit:]]+']", '17: processors.redaction.blocked_values[0]: expected a regular expression of'],
  ['type: always_sample', 'type: never', '25: processors.tail_sampling.policies[3].type: expected one of latency'],
  [
    'threshold_ms: 5',
    'threshold: 5',
    '23: processors.tail_sampling.policies[1].and.and_sub_policy[0].latency.threshold: unknown key',
  ],
  [
    'status_code: { status_codes: [ERROR] }',
    'latency: { threshold_ms: 5 }',
    '22: processors.tail_sampling.policies[0].latency: unknown key',
  ],
  [
    'values: [^a]',
    'values: ["("]',
    '24: processors.tail_sampling.policies[2].string_attribute.values[0]: expected a regular',
  ],
  ['  debug:', '  kafka: { brokers: [x] }', '32: exporters.kafka.brokers[0]: expected host:port'],
  ['  debug:', '  kafka: { encoding: avro }', '32: exporters.kafka.encoding: expected one of otlp_proto'],
  [
    '  debug:',
    '  kafka: { producer: { required_acks: 1 } }',
    '32: exporters.kafka.producer.required_acks: expected all',
  ],
  [
    '  debug:',
    '  kafka: { producer: { compression: brotli } }',
    '32: exporters.kafka.producer.compression: expected one of none, gzip, snappy, lz4, zstd',
  ],
  [
    '  debug:',
    '  kafka: { tls: { server_name_override: x } }',
    '32: exporters.kafka.tls.server_name_override: Kafka has',
  ],
  ['{ region: eu-west-1 }', '', '27: exporters.awsxray.region: expected a region, here or in AWS_REGION'],
  [
    'sign: false',
    'sign: false, access_key_id: a',
    '28: exporters.awsxray/ours.secret_access_key: expected access_key_id and',
  ],
  ['"http://localhost:4318"', 'localhost:4318', '30: exporters.otlphttp.endpoint: expected a URL'],
  ['${env:KEY}', '${env:NO_KEY}', '29: exporters.otlp.headers.X-Key: the environment has no NO_KEY'],
  ['${env:KEY}', '${file:/run/key}', '29: exporters.otlp.headers.X-Key: ${file:/run/key}: only ${env:NAME} and'],
  [
    '${env:KEY}',
    '${env:NO_KEY:-${env:KEY}}',
    '29: exporters.otlp.headers.X-Key: ${env:NO_KEY:-${env:KEY}: only ${env:NAME} and',
  ],
  ['[otlp, zipkin]', '[otlp, kafka]', '35: service.pipelines.traces.receivers[1]: there is no receiver "kafka"'],
  ['[otlp, zipkin]', '[otlp, otlp]', '35: service.pipelines.traces.receivers[1]: "otlp" stands here twice'],
  ['[otlp, zipkin]', '[]', '35: service.pipelines.traces.receivers: expected at least one receiver'],
  ['    traces/2', '    logs', '36: service.pipelines.logs: expected traces or traces/name'],
  ['service:', 'connectors:\nservice:', '33: connectors: not supported'],
  ['service:', 'conectors:\nservice:', '33: conectors: unknown key'],
  ['service:', 'service:\n  telemetry: { logs: { level: debug } }', '34: service.telemetry.logs.level: expected info'],
  ['service:', 'extensions: { zpages: }\nservice:', '33: extensions.zpages: expected type or type/name'],
  ['service:', 'extensions: { file_storage: }\nservice:', '33: extensions.file_storage.directory: expected a text'],
  ['service:', 'service:\n  extensions: [file_storage]', '34: service.extensions[0]: there is no extension'],
  [
    'queue_size: 10',
    'storage: file_storage',
    '30: exporters.otlphttp.sending_queue.storage: service.extensions has no',
  ],
  ['queue_size: 10', 'storage: x, queue_mib: 1', '30: exporters.otlphttp.sending_queue.queue_mib: expected 16 or more'],
])('%s → %s', (line, instead, fault) => {
  const source = GOOD.replace(line, instead);
  expect(source).not.toBe(GOOD);
  const read = readCollectorConfig(source, ENVIRONMENT);
  expect(read.ok ? '' : printFaults('f', read.problem)).toContain(`f:${fault}`);
});

/** Files of the OpenTelemetry Collector's users. */
test.each([
  ['traceid:', 'batch/grouped: { send_batch_size: 100_000 }'],
  ['"${env:KEY}"', '"${env:DIGITS}"'],
  ['send_batch_size: 100', 'send_batch_size: "${env:SIZE}"'],
  ['debug:', 'kafka: { brokers: "${env:LIST}", traces: { topic: t }, partition_traces_by_id: true }\n  debug:'],
  [
    'debug:',
    'otlp_grpc: { endpoint: "x:4317" }\n  otlp_http: { endpoint: "http://x:4318", tls: { insecure: true } }\n  debug:',
  ],
  ['queue_size: 10', 'enabled: true, queue_size: 10'],
  ['enabled: false', 'enabled: true, multiplier: 2, randomization_factor: 0'],
  ['service:', 'extensions: { health_check: { endpoint: "0.0.0.0:13133" } }\nservice:\n  extensions: [health_check]'],
  [
    'service:',
    'service:\n  telemetry: { logs: { level: info }, metrics: { readers: [{ pull: { exporter: { prometheus: { host: 0.0.0.0, port: 8888 } } } }] } }',
  ],
  [
    '  otlp: { endpoint: localhost:4317',
    '  otlp/base: &base { endpoint: "x:4317" }\n  otlp/more: { <<: *base, timeout: 1s }\n  otlp: { endpoint: localhost:4317',
  ],
  ["['\\d+']", "['(?i)secret']"],
  ['type: always_sample', 'type: span_count, span_count: { min_spans: 2 }'],
  ['type: always_sample', 'type: not, not: { not_sub_policy: { name: n, type: always_sample } }'],
  [
    'type: always_sample',
    'type: drop, drop: { drop_sub_policy: [{ name: d, type: boolean_attribute, boolean_attribute: { key: k, value: true, invert_match: true } }] }',
  ],
])('%s → %s is taken', (line, instead) => {
  const source = GOOD.replace(line, instead);
  expect(source).not.toBe(GOOD);
  const read = readCollectorConfig(source, ENVIRONMENT);
  expect(read.ok ? '' : printFaults('f', read.problem)).toBe('');
});

test('two receivers on one port would get what is sent to the other', () => {
  const source = GOOD.replace('"[::1]:5317"', '0.0.0.0:4318').replace('[otlp, zipkin]', '[otlp, otlp/two]');
  const read = readCollectorConfig(source, ENVIRONMENT);
  expect(read.ok ? '' : printFaults('f', read.problem)).toBe(
    'f:6: receivers.otlp/two: tcp 0.0.0.0:4318 is taken by receivers.otlp',
  );
});

test('faults of the service hide none of the components', () => {
  const source = GOOD.replace('12.5', '-1').replace('service:', 'service:\n  telemetry: { traces: }');
  const read = readCollectorConfig(source, ENVIRONMENT);
  expect(read.ok ? [] : read.problem.map(({ line }) => line)).toEqual([18, 34]);
});

test('every fault is told, in the order of the file', () => {
  const source = GOOD.replace('12.5', '-1').replace('1m30s', 'soon');
  const read = readCollectorConfig(source, ENVIRONMENT);
  expect(read.ok ? [] : read.problem.map(({ line }) => line)).toEqual([11, 18]);
});

test.each([
  ['$${KEY}', '${KEY}'],
  ['a-${KEY}', 'a-secret'],
  ['${NO_KEY:-b}', 'b'],
  ['${SIZE}x', '7x'],
])('%s is %s', (written, value) => {
  const source = GOOD.replace(
    'zipkin: { endpoint: "http://localhost:9411/api/v2/spans" }',
    `otlp/x: { endpoint: "${written}" }`,
  );
  const read = readCollectorConfig(source, { ...ENVIRONMENT });
  expect(read.ok).toBe(false);
  const headers = GOOD.replace('"${env:KEY}"', `"${written}"`).replace('localhost:4317, tls', `"${value}", tls`);
  const filled = readCollectorConfig(headers, ENVIRONMENT);
  expect(filled.ok ? [] : filled.problem.map(({ key }) => key)).toEqual(['exporters.otlp.endpoint']);
});

test.each([
  ['', 'expected receivers'],
  ['- a', 'expected receivers'],
  ['a: *b', 'not YAML'],
])('%s', (source, message) => {
  const read = readCollectorConfig(source, {});
  expect(read.ok ? '' : printFaults('f', read.problem)).toContain(message);
});
