import { once } from 'node:events';
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createTokenBucket } from '../token-bucket.js';

/** No item the shop stores is near this; it keeps a mistaken client from filling the memory. */
const REQUEST_BYTES_MAX = 1024 * 1024;

/**
 * Stands before DynamoDB and gives each table a capacity that can be changed while the shop runs. One request costs
 * one unit; a table without units left answers as DynamoDB does, so that the AWS SDK retries and then gives up.
 * @param {{ upstream: string, tables: readonly string[] }} options
 */
export async function startCapacityProxy({ upstream, tables }) {
  const { hostname, port } = new URL(upstream);
  const agent = new http.Agent({ keepAlive: true });
  const buckets = new Map(tables.map((table) => [table, createTokenBucket(Infinity)]));

  const server = http.createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function answer(request, response) {
    const body = await readBody(request);
    const bucket = buckets.get(tableNameOf(body));
    if (bucket !== undefined && !bucket.take()) answerExceeded(response);
    else forward(request, body, response);
  }

  function forward(request, body, response) {
    const { method, url: path, headers } = request;
    const onward = http.request({ agent, hostname, port, method, path, headers }, (upstreamAnswer) => {
      response.writeHead(upstreamAnswer.statusCode, upstreamAnswer.headers);
      upstreamAnswer.pipe(response);
    });
    onward.on('error', (error) => response.writeHead(502).end(error.message));
    onward.end(body);
  }

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** @returns {Record<string, number>} units a second of each table */
    capacities: () => Object.fromEntries([...buckets].map(([table, bucket]) => [table, bucket.perSecond])),
    /** @param {string} table @param {number} units a second; Infinity takes the limit away */
    setCapacity: (table, units) => buckets.set(table, createTokenBucket(units)),
    close() {
      agent.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > REQUEST_BYTES_MAX) throw new Error('request too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tableNameOf(body) {
  try {
    return JSON.parse(body.toString()).TableName;
  } catch {
    return undefined;
  }
}

/** The body, its type and the checksum are what the AWS SDK looks at to recognise a throttled call. */
function answerExceeded(response) {
  const body = JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  });
  response.writeHead(400, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amz-crc32': crc32(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}
