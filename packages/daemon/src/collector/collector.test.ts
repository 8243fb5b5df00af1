import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { startCollector, type RunningCollector } from './collector.ts';

const ANY = '127.0.0.1:0';
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

function put(rig: Rig, ...documents: readonly object[]): Promise<Response> {
  const body = JSON.stringify({ TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) });
  return fetch(`http://${rig.at('awsxray/http')}/TraceSegments`, { method: 'POST', body });
}

async function sendDatagram(rig: Rig, document: object): Promise<void> {
  const socket = createSocket('udp4');
  const [host, port] = rig.at('awsxray/udp').split(':');
  socket.send(`{"format":"json","version":1}\n${JSON.stringify(document)}`, Number(port), host, () => socket.close());
  await once(socket, 'close');
}

async function metric(rig: Rig, name: string): Promise<number> {
  const text = await (await fetch(`http://${rig.at('metrics')}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`fluoroscope_collector_${name} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}
