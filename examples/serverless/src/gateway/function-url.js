import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { ACCOUNT, functionArn, REGION } from '../template.js';
import { openServiceSegment } from '../tracing/service-segment.js';
import { printTrace, readTrace } from '../tracing/trace.js';

/**
 * Starts the URL of a function whose answer is streamed: what it writes goes out at once.
 * @param {{ functions: ReturnType<typeof import('../runtime/function-pool.js').createFunctionPool>, functionName: string }} options
 */
export async function startFunctionUrl({ functions, functionName }) {
  const server = http.createServer((request, response) => {
    answer({ functions, functionName, request, response }).catch((error) => response.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer({ functions, functionName, request, response }) {
  request.resume();
  const trace = readTrace(request.headers['x-amzn-trace-id']);
  const segment = openServiceSegment(trace, {
    name: functionName,
    origin: 'AWS::Lambda',
    resource_arn: functionArn(functionName),
    aws: { account_id: ACCOUNT, function_arn: functionArn(functionName) },
  });
  response.setHeader('x-amzn-trace-id', printTrace(trace));
  response.setHeader('content-type', 'application/octet-stream');
  const { error } = await functions.invoke(functionName, toEvent(request), segment.from(), {
    contentType: (type) => response.setHeader('content-type', type),
    chunk: (bytes) => response.write(bytes),
  });
  if (error !== undefined) console.error(`${functionName}: ${error.errorType}: ${error.errorMessage}`);
  if (error === undefined) response.end();
  // Half an answer must not look like a whole one.
  else if (response.headersSent) response.destroy();
  else response.writeHead(502).end('Internal Server Error');
  segment.close({
    http: {
      request: { method: request.method, url: `https://${functionName}.lambda-url.${REGION}.on.aws${pathOf(request)}` },
      response: { status: error === undefined ? 200 : 502 },
    },
    ...(error !== undefined && { fault: true }),
  });
}

function toEvent(request) {
  const { method } = request;
  const rawPath = pathOf(request);
  const call = { method, path: rawPath, sourceIp: request.socket.remoteAddress };
  return { version: '2.0', rawPath, headers: request.headers, requestContext: { http: call, requestId: randomUUID() } };
}

function pathOf(request) {
  return new URL(request.url, 'http://function').pathname;
}
