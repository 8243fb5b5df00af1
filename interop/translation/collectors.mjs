import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { startProgram } from '../run-command.mjs';

const ANY = '127.0.0.1:0';

/** Takes what collectors send at the end: documents by PutTraceSegments, or requests of OTLP's JSON. */
export async function startRecorder() {
  const bodies = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(JSON.parse(body));
      response.setHeader('content-type', 'application/json');
      response.end('{"UnprocessedTraceSegments":[]}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    documents: () => bodies.flatMap((body) => (body.TraceSegmentDocuments ?? []).map((one) => JSON.parse(one))),
    resourceSpans: () => bodies.flatMap((body) => body.resourceSpans ?? []),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What OpenTelemetry's Collector is to do, and the third way: our spans, by protobuf, through its decoder into JSON. */
export function theirConfig({ documents, spans, ourSpans, ports }) {
  const at = (port) => `127.0.0.1:${port}`;
  return {
    receivers: {
      'otlpjson/spans': { endpoint: at(ports.spans) },
      'otlpjson/ours': { endpoint: at(ports.ours) },
      awsxray: {
        endpoint: at(ports.udp),
        transport: 'udp',
        proxy_server: { endpoint: at(ports.proxy), region: 'us-west-2', aws_endpoint: documents, local_mode: true },
      },
    },
    exporters: {
      awsxray: { endpoint: documents, region: 'us-west-2', local_mode: true, index_all_attributes: true },
      'otlpjson/spans': { endpoint: spans },
      'otlpjson/ours': { endpoint: ourSpans },
    },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: {
        'traces/spans': { receivers: ['otlpjson/spans'], exporters: ['awsxray'] },
        'traces/segments': { receivers: ['awsxray'], exporters: ['otlpjson/spans'] },
        'traces/ours': { receivers: ['otlpjson/ours'], exporters: ['otlpjson/ours'] },
      },
    },
  };
}

/** Our own, which does the same. */
export async function startOurs({ program, folder, documents, spans }) {
  const file = join(folder, 'ours.yaml');
  const config = {
    receivers: {
      otlp: { protocols: { http: { endpoint: ANY } } },
      awsxray: { endpoint: ANY, http: { endpoint: ANY } },
    },
    exporters: {
      awsxray: { endpoint: documents, region: 'us-west-2', sign: false },
      otlphttp: { traces_endpoint: spans, compression: 'none' },
    },
    service: {
      telemetry: { metrics: { address: ANY } },
      pipelines: {
        'traces/spans': { receivers: ['otlp'], exporters: ['awsxray'] },
        'traces/segments': { receivers: ['awsxray'], exporters: ['otlphttp'] },
      },
    },
  };
  await writeFile(file, JSON.stringify(config));
  const running = await startProgram(process.execPath, [program, 'collector', '--config', file], { ready: /^ready/m });
  const at = (listener) => new RegExp(`^${listener} listening on (?:\\w+://)?(\\S+)`, 'm').exec(running.printed())?.[1];
  return { printed: running.printed, otlp: at('otlp/http'), http: at('awsxray/http'), stop: running.stop };
}

export async function sendSpans(address, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`http://${address}/v1/traces`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 200, await answer.text());
}

export async function sendByHttp(address, documents) {
  const body = JSON.stringify({ TraceSegmentDocuments: documents.map((one) => JSON.stringify(one)) });
  const answer = await fetch(`http://${address}/TraceSegments`, { method: 'POST', body });
  assert.deepEqual(await answer.json(), { UnprocessedTraceSegments: [] });
}

export async function sendByUdp(port, documents) {
  const socket = createSocket('udp4');
  const send = (message) => new Promise((resolve) => socket.send(message, port, '127.0.0.1', resolve));
  for (const one of documents) await send(`{"format":"json","version":1}\n${JSON.stringify(one)}`);
  socket.close();
}
