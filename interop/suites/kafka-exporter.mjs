import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker, USER } from '../kafka/broker.mjs';
import { prepareKafka } from '../kafka/prepare-kafka.mjs';
import { startProgram } from '../run-command.mjs';

const TRACES = 20;
const SEGMENTS = 3;
const PARTITIONS = 4;

/** The collector's Kafka exporter and a real broker: what Kafka's own consumer then reads. */
export async function kafkaExporter({ program, tally, print }) {
  const broker = await startBroker(await prepareKafka(print));
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-kafka-exporter-'));
  const start = (fields) => startCollector({ program, folder, fields });
  try {
    await tally.check('xray_json: each document is a record, each trace in one partition', async () => {
      const records = await through({ broker, start, encoding: 'xray_json', count: TRACES * SEGMENTS });
      for (const { key, value } of records)
        assert.equal(JSON.parse(value).trace_id, `1-${key.slice(0, 8)}-${key.slice(8)}`);
      assert.equal(new Set(records.map(({ value }) => JSON.parse(value).id)).size, TRACES * SEGMENTS);
      checkPlaces(records);
    });
    await tally.check('otlp_json: requests with one trace each', async () => {
      const records = await through({ broker, start, encoding: 'otlp_json', count: TRACES });
      const spans = records.map(({ value }) =>
        JSON.parse(value).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
      );
      assert.equal(spans.flat().length, TRACES * SEGMENTS);
      for (const [at, { key }] of records.entries()) for (const { traceId } of spans[at]) assert.equal(traceId, key);
      checkPlaces(records);
    });
    for (const compression of ['gzip', 'snappy', 'lz4'])
      await tally.check(`compressed with ${compression}`, async () => {
        const options = { broker, start, encoding: 'xray_json', topic: compression, count: TRACES * SEGMENTS };
        const records = await through({ ...options, fields: { producer: { compression } } });
        assert.equal(new Set(records.map(({ value }) => JSON.parse(value).id)).size, TRACES * SEGMENTS);
      });
    await tally.check('with a user, by SCRAM', async () => {
      const sasl = { ...USER, mechanism: 'SCRAM-SHA-512' };
      const fields = { brokers: [broker.secretAddress], auth: { sasl } };
      await through({ broker, start, encoding: 'xray_json', count: TRACES * SEGMENTS, topic: 'secret', fields });
    });
    await tally.check('a topic that is not there, and a wrong password, are told at the start', async () => {
      const fields = { brokers: [broker.address], topic: 'nowhere' };
      await assert.rejects(start(fields), /exporters\.kafka: .*topic/);
      const sasl = { username: USER.username, password: 'wrong', mechanism: 'PLAIN' };
      const secret = { brokers: [broker.secretAddress], topic: 'secret', auth: { sasl } };
      await assert.rejects(start(secret), /exporters\.kafka: .*refuse the credentials/);
    });
    await tally.check('a broker that was away gets all of it', async () => {
      const collector = await start({
        brokers: [broker.address],
        topic: 'xray_json',
        encoding: 'xray_json',
        timeout: '1s',
      });
      try {
        await broker.kill();
        await send(collector, 'b');
        await broker.startAgain();
        const records = await broker.consume('xray_json', 2 * TRACES * SEGMENTS);
        const ids = new Set(records.map(({ value }) => JSON.parse(value).trace_id));
        assert.equal(ids.size, 2 * TRACES);
      } finally {
        await collector.stop();
      }
    });
  } finally {
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function through({ broker, start, encoding, count, topic = encoding, fields = {} }) {
  await broker.createTopic(topic, PARTITIONS);
  const collector = await start({ brokers: [broker.address], topic, encoding, ...fields });
  try {
    await send(collector, 'a');
    return await broker.consume(topic, count);
  } finally {
    await collector.stop();
  }
}

function checkPlaces(records) {
  const places = new Map();
  for (const { key, partition } of records) places.set(key, new Set([...(places.get(key) ?? []), partition]));
  assert.equal(places.size, TRACES);
  for (const partitions of places.values()) assert.equal(partitions.size, 1);
  assert.ok(new Set(records.map(({ partition }) => partition)).size > 1);
}

async function startCollector({ program, folder, fields }) {
  const file = join(folder, 'collector.yaml');
  const config = {
    receivers: { awsxray: { endpoint: '127.0.0.1:0', http: { endpoint: '127.0.0.1:0' } } },
    processors: { batch: { timeout: '100ms' } },
    exporters: { kafka: fields },
    service: {
      pipelines: { traces: { receivers: ['awsxray'], processors: ['batch'], exporters: ['kafka'] } },
      telemetry: { metrics: { level: 'none' } },
    },
  };
  await writeFile(file, JSON.stringify(config));
  const running = await startProgram(process.execPath, [program, 'collector', '--config', file], { ready: /^ready/m });
  const [, http] = /^awsxray\/http listening on (\S+)/m.exec(running.printed()) ?? [];
  return { http, stop: running.stop };
}

async function send({ http }, mark) {
  const now = Date.now() / 1e3;
  const documents = Array.from({ length: TRACES * SEGMENTS }, (_, at) =>
    JSON.stringify({
      trace_id: `1-${Math.floor(now).toString(16)}-${mark}${`${at % TRACES}`.padStart(23, '0')}`,
      id: `${mark}${`${at}`.padStart(15, '0')}`,
      name: 'shop',
      start_time: now - 1,
      end_time: now,
    }),
  );
  const body = JSON.stringify({ TraceSegmentDocuments: documents });
  const answer = await fetch(`http://${http}/TraceSegments`, { method: 'POST', body });
  assert.equal(answer.status, 200);
}
