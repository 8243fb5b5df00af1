import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { text as textOf } from 'node:stream/consumers';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { startCollector, type RunningCollector } from './collector.ts';

const ANY = '127.0.0.1:0';
const PEM = new URL('../../../pipeline/src/testing/tls/', import.meta.url).pathname;
const SEGMENT = {
  id: '53995c3f42cd8ad8',
  trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  name: 'shop',
  start_time: 1_700_000_000.25,
  end_time: 1_700_000_000.5,
};
const ID = SEGMENT.id;
const NOWHERE = 'http://127.0.0.1:1';

const config = ({
  receivers = `awsxray: { endpoint: "${ANY}", http: { endpoint: "${ANY}" } }`,
  processors = 'batch: { timeout: 1ms }',
  exporters = 'debug: { verbosity: detailed }',
  pipelines = 'traces: { receivers: [awsxray], processors: [batch], exporters: [debug] }',
} = {}): string => `receivers: { ${receivers} }
processors: { ${processors} }
exporters: { ${exporters} }
service:
  pipelines: { ${pipelines} }
  telemetry: { metrics: { address: "${ANY}" } }
`;

test('segments by HTTP and UDP come out at the exporter, and what is refused is told', async () => {
  const rig = await start(config());
  const answer = await put(rig, SEGMENT, { ...SEGMENT, id: 'x' });
  expect(await answer.json()).toMatchObject({ UnprocessedTraceSegments: [{ ErrorCode: 'InvalidId' }] });
  await sendDatagram(rig, { ...SEGMENT, id: '1111111111111111' });
  await expect.poll(() => rig.text()).toContain('1111111111111111');
  expect(rig.text()).toContain(JSON.stringify(SEGMENT));
  expect(await metric(rig, 'receiver_accepted_documents_total{receiver="awsxray"}')).toBe(2);
  expect(await metric(rig, 'receiver_refused_documents_total{receiver="awsxray",reason="InvalidId"}')).toBe(1);
  await expect.poll(() => metric(rig, 'exporter_sent_documents_total{exporter="debug"}')).toBe(2);
});

test('probes are answered while it runs', async () => {
  const rig = await start(
    config({ receivers: `awsxray: { endpoint: "${ANY}", http: { endpoint: "${ANY}" } }` }).replace(
      'service:',
      `extensions: { health_check: { endpoint: "${ANY}", path: /healthz } }\nservice:\n  extensions: [health_check]`,
    ),
  );
  const probe = await fetch(`http://${rig.at('health_check')}/healthz`);
  expect([probe.status, await probe.json()]).toEqual([200, { status: 'Server available' }]);
  expect((await fetch(`http://${rig.at('health_check')}/`)).status).toBe(404);
});

test('receivers that take any free port have one each', async () => {
  const rig = await start(
    config({
      receivers: `awsxray: { endpoint: "${ANY}", http: { endpoint: "${ANY}" } }, zipkin/a: { endpoint: "${ANY}" }, zipkin/b: { endpoint: "${ANY}" }`,
      pipelines: 'traces: { receivers: [zipkin/a, zipkin/b], exporters: [debug] }',
    }),
  );
  const ports = rig.collector.addresses().filter(({ protocol }) => protocol === 'zipkin');
  expect(new Set(ports.map(({ address }) => address)).size).toBe(2);
});

test('pipelines share receivers and exporters, and have processors of their own', async () => {
  const rig = await start(
    config({
      processors:
        'attributes/a: { actions: [{ key: way, action: insert, value: a }] }, attributes/b: { actions: [{ key: way, action: insert, value: b }] }',
      pipelines:
        'traces/a: { receivers: [awsxray], processors: [attributes/a], exporters: [debug] }, traces/b: { receivers: [awsxray], processors: [attributes/b], exporters: [debug] }',
    }),
  );
  await put(rig, SEGMENT);
  await expect.poll(() => rig.text()).toContain('{"way":"a"}');
  await expect.poll(() => rig.text()).toContain('{"way":"b"}');
});

test('a full exporter reaches the sender as "come again", and UDP as a count', async () => {
  const rig = await start(
    config({
      exporters: `otlphttp: { endpoint: "${NOWHERE}", sending_queue: { queue_size: 1 } }`,
      pipelines: 'traces: { receivers: [awsxray], exporters: [otlphttp] }',
    }),
  );
  expect((await put(rig, SEGMENT)).status).toBe(200);
  const second = await put(rig, SEGMENT);
  expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
  await sendDatagram(rig, SEGMENT);
  await expect.poll(() => metric(rig, 'receiver_lost_documents_total{receiver="awsxray",reason="full"}')).toBe(1);
  expect(await metric(rig, 'receiver_turned_away_documents_total{receiver="awsxray"}')).toBe(2);
});

test('what cannot be delivered in time is counted as lost', async () => {
  const rig = await start(
    config({
      exporters: `otlphttp: { endpoint: "${NOWHERE}", retry_on_failure: { initial_interval: 1ms, max_elapsed_time: 5ms } }`,
      pipelines: 'traces: { receivers: [awsxray], exporters: [otlphttp] }',
    }),
  );
  await put(rig, SEGMENT);
  const lost = 'exporter_failed_documents_total{exporter="otlphttp",reason="retries-exhausted"}';
  await expect.poll(() => metric(rig, lost)).toBe(1);
  expect(rig.text()).toContain('1 documents lost');
});

test('a reload changes pipelines under open ports, and closes what is not wanted', async () => {
  const rig = await start(
    config({
      receivers: `awsxray: { endpoint: "${ANY}", http: { endpoint: "${ANY}" } }, zipkin: { endpoint: "${ANY}" }`,
      pipelines: 'traces: { receivers: [awsxray, zipkin], processors: [batch], exporters: [debug] }',
    }),
  );
  const before = rig.at('awsxray/http');
  rig.source.text = config({
    processors: 'batch: { timeout: 1ms }, attributes: { actions: [{ key: new, action: insert, value: 1 }] }',
    pipelines: 'traces: { receivers: [awsxray], processors: [attributes, batch], exporters: [debug] }',
  });
  expect(await rig.collector.reload()).toBe(true);
  expect(rig.at('awsxray/http')).toBe(before);
  expect(rig.at('zipkin')).toBe('');
  await put(rig, SEGMENT);
  await expect.poll(() => rig.text()).toContain('"annotations":{"new":1}');
  expect(await metric(rig, 'reloads_total{result="ok"}')).toBe(1);
});

test.each([
  [
    'a key that is wrong',
    () => config({ exporters: 'debug: { verbosity: loud }' }),
    'exporters.debug.verbosity: expected basic',
  ],
  [
    'a port in use',
    (rig: Rig) =>
      config({
        receivers: `awsxray: { endpoint: "${ANY}" }, zipkin: { endpoint: "${rig.at('awsxray/http')}" }`,
        pipelines: 'traces: { receivers: [awsxray, zipkin], exporters: [debug] }',
      }),
    'address-in-use',
  ],
])('a reload with %s changes nothing, and says so', async (_name, source, message) => {
  const rig = await start(config());
  rig.source.text = source(rig);
  expect(await rig.collector.reload()).toBe(false);
  expect(rig.text()).toContain('the one before stays');
  expect(rig.text()).toContain(message);
  await put(rig, SEGMENT);
  await expect.poll(() => rig.text()).toContain(ID);
  expect(await metric(rig, 'reloads_total{result="refused"}')).toBe(1);
});

test('sampling by the rules of an X-Ray endpoint, which hears what was seen', async () => {
  const rules = [rule('Default', 10_000, 0), rule('kept', 1, 1)];
  const reports: string[] = [];
  const endpoint = createServer((request, response) => {
    void textOf(request).then((body) => {
      if (request.url === '/GetSamplingRules') response.end(JSON.stringify({ SamplingRuleRecords: rules }));
      else {
        reports.push(body);
        response.end('{"SamplingTargetDocuments":[],"LastRuleModification":0}');
      }
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void endpoint.close());
  await once(endpoint, 'listening');
  const bound = endpoint.address();
  const url = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
  const rig = await start(
    config({
      processors: `xray_sampler: { endpoint: "${url}", sign: false }`,
      pipelines: 'traces: { receivers: [awsxray], processors: [xray_sampler], exporters: [debug] }',
    }),
  );
  const trace = (at: number, name: string) => ({
    ...SEGMENT,
    name,
    trace_id: SEGMENT.trace_id.replace(/..$/, `${at}`),
  });
  await expect
    .poll(async () => {
      await put(rig, trace(10 + Math.floor(Math.random() * 90), 'kept'));
      return await metric(
        rig,
        'processor_sampled_traces_total{pipeline="traces",processor="xray_sampler",policy="kept"}',
      );
    })
    .toBeGreaterThan(0);
  await put(rig, { ...SEGMENT, name: 'other' });
  await rig.collector[Symbol.asyncDispose]();
  expect(rig.text()).toContain('"name":"kept"');
  expect(rig.text()).not.toContain('"name":"other"');
  expect(reports.join('')).toContain('"RuleName":"Default"');
});

test('certificates are read again at a reload; those that cannot be used change nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const use = (name: string): void => {
    for (const part of ['cert', 'key']) copyFileSync(`${PEM}${name}.${part}.pem`, join(folder, part));
  };
  use('server');
  const rig = await start(
    config({
      receivers: `awsxray: { endpoint: "${ANY}" }, zipkin: { endpoint: "${ANY}", tls: { cert_file: "${folder}/cert", key_file: "${folder}/key" } }`,
      pipelines: 'traces: { receivers: [zipkin], exporters: [debug] }',
    }),
  );
  expect(await nameAt(rig.at('zipkin'))).toBe('server.fluoroscope.test');
  use('renewed');
  expect(await rig.collector.reload()).toBe(true);
  expect(await nameAt(rig.at('zipkin'))).toBe('renewed.fluoroscope.test');
  rmSync(join(folder, 'key'));
  expect(await rig.collector.reload()).toBe(false);
  expect(rig.text()).toContain(`zipkin: tls.key_file: ${folder}/key cannot be read`);
  expect(await nameAt(rig.at('zipkin'))).toBe('renewed.fluoroscope.test');
});

test('an exporter with a certificate that is not there is named', async () => {
  const exporters = 'otlphttp: { endpoint: "https://localhost:1", tls: { ca_file: /nowhere/ca } }';
  const pipelines = 'traces: { receivers: [awsxray], exporters: [otlphttp] }';
  const starting = start(config({ exporters, pipelines }));
  await expect(starting).rejects.toThrow('c.yaml: exporters.otlphttp: tls.ca_file: /nowhere/ca cannot be read');
});

test('what waits on disk is there again for the next collector, and through a reload', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const to = (endpoint: string): string => storedConfig(folder, endpoint);
  const first = await start(to(NOWHERE));
  expect((await put(first, SEGMENT, { ...SEGMENT, id: '1111111111111111' })).status).toBe(200);
  first.source.text = to('http://localhost:1');
  expect(await first.collector.reload()).toBe(true);
  await expect.poll(() => metric(first, 'exporter_queue_documents{exporter="awsxray/a"}')).toBe(2);
  await put(first, { ...SEGMENT, id: '2222222222222222' });
  await first.collector[Symbol.asyncDispose]();
  const far = await start(config());
  await start(to(`http://${far.at('awsxray/http')}`));
  for (const id of [ID, '1111111111111111', '2222222222222222']) await expect.poll(() => far.text()).toContain(id);
});

test('a reload that fails leaves the queue on disk to the one before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const far = await start(config());
  const text = storedConfig(folder, `http://${far.at('awsxray/http')}`);
  const rig = await start(text);
  rig.source.text = text
    .replace('processors:', 'processors: { batch: }')
    .replace('receivers: {', `receivers: { zipkin: { endpoint: "${far.at('awsxray/http')}" },`)
    .replace('[awsxray]', '[awsxray, zipkin]');
  expect(await rig.collector.reload()).toBe(false);
  await put(rig, SEGMENT);
  await expect.poll(() => far.text()).toContain(ID);
});

test('what waited in a process that was killed is sent by the next one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'c.yaml');
  writeFileSync(file, storedConfig(join(folder, 'queues'), NOWHERE));
  const child = spawn(process.execPath, ['--input-type=module', '-e', RUN_COLLECTOR, file], { stdio: 'pipe' });
  const [address] = await once(child.stdout, 'data');
  const documents = Array.from({ length: 50 }, (_, at) => ({ ...SEGMENT, id: `${at}`.padStart(16, 'a') }));
  for (const document of documents) expect((await putAt(`${address}`.trim(), document)).status).toBe(200);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const far = await start(config());
  const rig = await start(storedConfig(join(folder, 'queues'), `http://${far.at('awsxray/http')}`));
  await expect.poll(() => documents.filter(({ id }) => far.text().includes(id)).length).toBe(50);
  await expect.poll(() => metric(rig, 'exporter_queue_documents{exporter="awsxray/a"}')).toBe(0);
});

test('what is damaged on disk is counted, and the rest is sent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fluoroscope-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const first = await start(storedConfig(folder, NOWHERE));
  for (const id of ['1', '2', '3']) await put(first, { ...SEGMENT, id: id.repeat(16) });
  await first.collector[Symbol.asyncDispose]();
  const queue = join(folder, 'exporter_awsxray%2Fa');
  for (const name of readdirSync(queue).filter((one) => one !== 'sent')) {
    const bytes = readFileSync(join(queue, name));
    bytes[bytes.indexOf('2222')] = 0x58;
    writeFileSync(join(queue, name), bytes);
  }
  const far = await start(config());
  const rig = await start(storedConfig(folder, `http://${far.at('awsxray/http')}`));
  for (const id of ['1', '3']) await expect.poll(() => far.text()).toContain(id.repeat(16));
  expect(await metric(rig, 'exporter_storage_damaged_batches_total{exporter="awsxray/a"}')).toBe(1);
});

test('what is held is handed on at the end, from first to last', async () => {
  const rig = await start(
    config({
      processors:
        'batch: { timeout: 1h }, tail_sampling: { decision_wait: 1h, policies: [{ name: all, type: always_sample }] }',
      pipelines: 'traces: { receivers: [awsxray], processors: [tail_sampling, batch], exporters: [debug] }',
    }),
  );
  await put(rig, SEGMENT);
  expect(rig.text()).not.toContain(ID);
  await rig.collector[Symbol.asyncDispose]();
  expect(rig.text()).toContain(ID);
});

test('a start with a port in use fails, names it, and leaves nothing open', async () => {
  const rig = await start(config());
  const taken = rig.at('awsxray/http');
  const receivers = `awsxray: { endpoint: "${ANY}", http: { endpoint: "${taken}" } }`;
  await expect(start(config({ receivers }))).rejects.toThrow(`X-Ray 127.0.0.1 port ${taken.split(':')[1]}`);
});

test('health', async () => {
  const rig = await start(config());
  expect((await fetch(`http://${rig.at('metrics')}/health`)).status).toBe(200);
  expect((await fetch(`http://${rig.at('metrics')}/`)).status).toBe(404);
});

interface Rig {
  readonly collector: RunningCollector;
  /** All that it has told. */
  readonly text: () => string;
  readonly at: (protocol: string) => string;
  /** What is read at the next reload. */
  readonly source: { text: string };
}

async function start(text: string): Promise<Rig> {
  const source = { text };
  const lines: string[] = [];
  const collector = await startCollector('c.yaml', {
    readText: async () => source.text,
    environment: {},
    drainMs: 100,
    writeLine: (line) => void lines.push(line),
  });
  onTestFinished(() => collector[Symbol.asyncDispose]());
  const at = (protocol: string): string =>
    collector.addresses().find((listener) => listener.protocol === protocol)?.address ?? '';
  return { collector, text: () => lines.join('\n'), at, source };
}

/** To an X-Ray endpoint, from a queue on disk. */
function storedConfig(folder: string, endpoint: string): string {
  const queue =
    'sending_queue: { storage: file_storage, num_consumers: 2 }, retry_on_failure: { initial_interval: 10ms }';
  return config({
    exporters: `awsxray/a: { endpoint: "${endpoint}", sign: false, ${queue} }`,
    pipelines: 'traces: { receivers: [awsxray], exporters: ["awsxray/a"] }',
  }).replace(
    'service:',
    `extensions: { file_storage: { directory: "${folder}" } }\nservice:\n  extensions: [file_storage]`,
  );
}

/** A process that says where its X-Ray API is. It runs what was built. */
const RUN_COLLECTOR = `
  import { readFile } from 'node:fs/promises';
  const { startCollector } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
  const file = process.argv[1];
  const readText = () => readFile(file, 'utf8');
  const collector = await startCollector(file, { readText, environment: {}, writeLine: () => {} });
  console.log(collector.addresses().find(({ protocol }) => protocol === 'awsxray/http').address);
`;

function put(rig: Rig, ...documents: readonly object[]): Promise<Response> {
  return putAt(rig.at('awsxray/http'), ...documents);
}

function putAt(address: string, ...documents: readonly object[]): Promise<Response> {
  const body = JSON.stringify({ TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) });
  return fetch(`http://${address}/TraceSegments`, { method: 'POST', body });
}

async function sendDatagram(rig: Rig, document: object): Promise<void> {
  const socket = createSocket('udp4');
  const [host, port] = rig.at('awsxray/udp').split(':');
  socket.send(`{"format":"json","version":1}\n${JSON.stringify(document)}`, Number(port), host, () => socket.close());
  await once(socket, 'close');
}

/** The name in the certificate that is shown there. */
async function nameAt(address: string): Promise<unknown> {
  const [host = '', port] = address.split(':');
  const socket = connect({ host, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

function rule(name: string, priority: number, rate: number): object {
  const every = { ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*', ResourceARN: '*' };
  const ServiceName = name === 'Default' ? '*' : name;
  const SamplingRule = { RuleName: name, Priority: priority, FixedRate: rate, ReservoirSize: 0, ServiceName, ...every };
  return { SamplingRule };
}

async function metric(rig: Rig, name: string): Promise<number> {
  const text = await (await fetch(`http://${rig.at('metrics')}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`fluoroscope_collector_${name} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}
