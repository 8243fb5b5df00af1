import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { ServiceError } from './service-error.js';
import { printSnsError } from './sns-protocol.js';

const REQUEST_BYTES_MAX = 3 * 1024 * 1024;

/**
 * The port where clients of SQS and SNS find both.
 * @param {{ sqs: ReturnType<typeof import('./sqs-protocol.js').createSqs>, sns: ReturnType<typeof import('./sns-protocol.js').createSns> }} services
 */
export async function startEndpoint({ sqs, sns }) {
  const server = http.createServer((request, response) => {
    reply(request, response).catch((error) => response.destroy(error));
  });

  async function reply(request, response) {
    const requestId = randomUUID();
    const target = String(request.headers['x-amz-target'] ?? '');
    const answer = target.startsWith('AmazonSQS.') ? answerJson : answerXml;
    const { status, type, body } = await answer(request, target, requestId);
    response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': requestId });
    response.end(body);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };

  async function answerJson(request, target) {
    const type = 'application/x-amz-json-1.0';
    try {
      const input = JSON.parse(await readBody(request));
      const output = sqs(target.slice('AmazonSQS.'.length), input, request.headers['x-amzn-trace-id']);
      return { status: 200, type, body: JSON.stringify(output) };
    } catch (error) {
      const { code, message, status } = toServiceError(error);
      return { status, type, body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }) };
    }
  }

  async function answerXml(request, _target, requestId) {
    const type = 'text/xml';
    try {
      const form = new URLSearchParams(await readBody(request));
      return { status: 200, type, body: sns(form, request.headers['x-amzn-trace-id']) };
    } catch (error) {
      const known = toServiceError(error);
      return { status: known.status, type, body: printSnsError(known, requestId) };
    }
  }
}

export async function readBody(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES_MAX)
      throw new ServiceError('RequestTooLarge', `more than ${REQUEST_BYTES_MAX} bytes`, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function toServiceError(error) {
  if (error instanceof ServiceError) return error;
  if (error instanceof SyntaxError) return new ServiceError('SerializationException', error.message);
  return new ServiceError('InternalError', String(error), 500);
}
