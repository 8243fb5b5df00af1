import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, startProgram } from '../run-command.mjs';
import { prepareCollector, prepareGo } from '../sdks/prepare.mjs';
import { startServer } from '../server.mjs';
import { checkTranslation } from '../translation/check-translation.mjs';
import { runWorker } from './udp-sdks.mjs';

const SERVICE = 'go-worker';

/**
 * OpenTelemetry's Collector in the place of AWS's daemon: an X-Ray SDK sends to its receiver, its exporter calls PutTraceSegments, its
 * proxy signs the SDK's sampling calls. And beside ours: both translate the same.
 */
export async function collector({ program, tally, print }) {
  const worker = await prepareGo(print);
  const collectorProgram = await prepareCollector(print);
  await checkTranslation({
    program,
    tally,
    startTheirs: (config) => startCollector(collectorProgram, config),
    freePorts,
  });
  const server = await startServer(program);
  try {
    const ports = await freePorts();
    const daemon = await startCollector(collectorProgram, configOf({ endpoint: server.endpoint, ...ports }));
    try {
      const daemonAddress = `tcp:127.0.0.1:${ports.proxy} udp:127.0.0.1:${ports.udp}`;
      const command = [worker, []];
      const { read, find } = await runWorker({ service: SERVICE, command, server, daemonAddress });
      await check({ tally, read, find });
      await checkNothingRefused({ tally, endpoint: server.endpoint });
    } finally {
      await daemon.stop();
    }
  } finally {
    await server.stop();
  }
}

async function check({ tally, read, find }) {
  await tally.check('a segment comes through with its annotations', async () => {
    const { segment } = await read('fields');
    assert.deepEqual(segment.annotations, { text: 'täxt', number: 2.5, flag: true });
    assert.deepEqual(await find(`service("${SERVICE}") AND annotation.number > 2`), [segment.trace_id]);
  });
  await tally.check('a call, and the service that was called', async () => {
    const { segment, inferred } = await read('call');
    const [call] = segment.subsegments;
    assert.equal(call.namespace, 'remote');
    assert.equal(call.http.response.status, 404);
    assert.deepEqual([inferred.parent_id, inferred.name], [call.id, call.name]);
  });
  await tally.check('an error, with its exception at each level', async () => {
    const { segment } = await read('error');
    const [outer] = segment.subsegments;
    for (const one of [segment, outer, ...outer.subsegments]) {
      assert.equal(one.fault, true);
      assert.equal(one.cause.exceptions[0].message, 'nothing in stock');
    }
  });
  await tally.check('a sampled segment: the rules came through the proxy', async () => {
    const { segment } = await read('sampled');
    assert.ok((await find(`service("${SERVICE}")`)).includes(segment.trace_id));
  });
}

async function checkNothingRefused({ tally, endpoint }) {
  await tally.check('nothing of what it sent was refused', async () => {
    const metrics = await (await fetch(`${endpoint}/metrics`)).text();
    const received = /^fluoroscope_documents_received_total\{channel="http"\} (\d+)$/m.exec(metrics)?.[1];
    assert.ok(Number(received) > 100, metrics);
    assert.doesNotMatch(metrics, /^fluoroscope_documents_refused_total\{[^}]*\} [1-9]/m);
  });
}

async function startCollector(program, config) {
  const folder = await mkdtemp(join(tmpdir(), 'fluoroscope-collector-'));
  const file = join(folder, 'collector.yaml');
  await writeFile(file, JSON.stringify(config));
  const env = cleanEnv({ AWS_ACCESS_KEY_ID: 'interop', AWS_SECRET_ACCESS_KEY: 'interop', AWS_REGION: 'us-west-2' });
  const running = await startProgram(program, [`--config=${file}`], {
    ready: /Everything is ready/,
    cwd: folder,
    env,
  });
  return {
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configOf({ endpoint, udp, proxy }) {
  return {
    receivers: {
      awsxray: {
        endpoint: `127.0.0.1:${udp}`,
        transport: 'udp',
        proxy_server: { endpoint: `127.0.0.1:${proxy}`, region: 'us-west-2', aws_endpoint: endpoint, local_mode: true },
      },
    },
    exporters: { awsxray: { endpoint, region: 'us-west-2', local_mode: true, index_all_attributes: false } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: { receivers: ['awsxray'], exporters: ['awsxray'] } },
    },
  };
}

async function freePorts() {
  return {
    udp: await freeUdpPort(),
    proxy: await freeTcpPort(),
    spans: await freeTcpPort(),
    ours: await freeTcpPort(),
  };
}

async function freeUdpPort() {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

async function freeTcpPort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  return port;
}
