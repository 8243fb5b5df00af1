import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { readBody } from '../services/endpoint.js';
import { ACCOUNT, API, REGION, VISITS } from '../template.js';
import { openServiceSegment } from '../tracing/service-segment.js';
import { printTrace, readTrace } from '../tracing/trace.js';

/**
 * Starts the API: `POST /visits` publishes its body, and answers with the message's id. There is no code of ours behind it: the
 * gateway calls SNS itself, and sends the segment of its stage.
 * @param {{ port: number, snsUrl: string }} options
 */
export async function startApiGateway({ port, snsUrl }) {
  const server = http.createServer((request, response) => {
    reply(request, response).catch((error) => response.destroy(error));
  });

  async function reply(request, response) {
    const { status, body, traceId } = await answer(request, snsUrl);
    const headers = { 'content-type': 'application/json', 'x-amzn-trace-id': `Root=${traceId}` };
    response.writeHead(status, headers).end(JSON.stringify(body));
  }
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request, snsUrl) {
  const trace = readTrace(request.headers['x-amzn-trace-id']);
  const requestId = randomUUID();
  const { pathname } = new URL(request.url, 'http://api');
  const segment = openServiceSegment(trace, {
    name: `${API.name}/${API.stage}`,
    origin: 'AWS::ApiGateway::Stage',
    resource_arn: `arn:aws:apigateway:${REGION}::/restapis/${API.id}/stages/${API.stage}`,
    aws: {
      account_id: ACCOUNT,
      api_gateway: { account_id: ACCOUNT, rest_api_id: API.id, stage: API.stage, request_id: requestId },
    },
  });
  const { status, body } = await route(request, pathname, segment, snsUrl);
  segment.close({
    http: {
      request: {
        method: request.method,
        url: `https://${API.id}.execute-api.${REGION}.amazonaws.com/${API.stage}${pathname}`,
        user_agent: request.headers['user-agent'] ?? '',
        client_ip: request.socket.remoteAddress ?? '',
      },
      response: { status },
    },
    ...flagsOf(status),
  });
  return { status, body, traceId: trace.root };
}

async function route(request, pathname, segment, snsUrl) {
  if (pathname !== '/visits') return { status: 404, body: { message: 'the path is /visits' } };
  if (request.method !== 'POST') return { status: 405, body: { message: 'the method is POST' } };
  const visit = readVisit(await readBody(request));
  if (visit === undefined) return { status: 400, body: { message: 'page and visitor: texts are needed' } };
  return publish(JSON.stringify(visit), segment, snsUrl);
}

function readVisit(text) {
  try {
    const { page, visitor } = JSON.parse(text);
    return typeof page === 'string' && page !== '' && typeof visitor === 'string' ? { page, visitor } : undefined;
  } catch {
    return undefined;
  }
}

async function publish(message, segment, snsUrl) {
  const call = segment.addSubsegment('SNS', { namespace: 'aws' });
  const form = new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn: VISITS, Message: message });
  const headers = { 'x-amzn-trace-id': printTrace(segment.from(call.id)) };
  const response = await fetch(snsUrl, { method: 'POST', body: form, headers });
  const text = await response.text();
  const aws = {
    operation: 'Publish',
    region: REGION,
    topic_arn: VISITS,
    request_id: response.headers.get('x-amzn-requestid'),
  };
  call.close({ aws, http: { response: { status: response.status } }, ...flagsOf(response.status) });
  const [, messageId] = /<MessageId>(.*)<\/MessageId>/.exec(text) ?? [];
  if (messageId !== undefined) return { status: 202, body: { messageId } };
  return { status: response.status === 429 ? 429 : 502, body: { message: 'the visit could not be published' } };
}

function flagsOf(status) {
  if (status === 429) return { throttle: true, error: true };
  if (status >= 500) return { fault: true };
  return status >= 400 ? { error: true } : {};
}
