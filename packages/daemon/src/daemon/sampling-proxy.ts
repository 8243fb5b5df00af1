import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { JSONL_PORT_HEADER } from '@fluoroscope/pipeline/xray';
import { DaemonError } from './daemon-error.ts';
import type { Endpoint } from './endpoint.ts';
import { textOf } from './events.ts';
import { CALL_TIMEOUT_MS, PROXY_BODY_BYTES_MAX, PROXY_CONNECTIONS_MAX, PROXY_REQUEST_TIMEOUT_MS } from './limits.ts';
import type { Log } from './log.ts';
import type { Address } from './settings.ts';
import { bindHost } from './surroundings.ts';
import { TELEMETRY_PATH } from './telemetry.ts';

/** What SDKs ask of a daemon. Anything else would be signed for whoever can reach the port. */
const PATHS: ReadonlySet<string> = new Set(['/GetSamplingRules', '/SamplingTargets', TELEMETRY_PATH]);

/** Of the endpoint's answer. */
const PASSED_ON = ['content-type', 'x-amzn-errortype', 'x-amzn-requestid', 'retry-after'];

export interface SamplingProxy extends AsyncDisposable {
  readonly address: Address;
}

export interface SamplingProxyOptions {
  readonly at: Address;
  readonly endpoint: Pick<Endpoint, 'call' | 'name'>;
  /** Of this daemon; told with each answer. */
  readonly udpPort: number;
  readonly log: Log;
}

/** Rejects with a `DaemonError` that names the address. */
export async function openSamplingProxy({ at, endpoint, udpPort, log }: SamplingProxyOptions): Promise<SamplingProxy> {
  const server = createServer({ requestTimeout: PROXY_REQUEST_TIMEOUT_MS }, (request, response) => {
    response.setHeader(JSONL_PORT_HEADER, udpPort);
    pass(request, response, endpoint).catch((error: unknown) => {
      log.write('error', `${endpoint.name} did not answer a sampling call: ${textOf(error)}`);
      if (!response.headersSent) refuse(response, 502, 'ServiceUnavailable', 'the X-Ray endpoint cannot be reached');
      else response.destroy();
    });
  });
  server.maxConnections = PROXY_CONNECTIONS_MAX;
  try {
    server.listen(at.port, bindHost(at.host));
    await once(server, 'listening');
  } catch (cause) {
    throw new DaemonError(`TCP ${at.host} port ${at.port}: ${textOf(cause)}`, 1, { cause });
  }
  server.on('error', (error) => log.write('error', `TCP: ${textOf(error)}`));
  return {
    address: addressOf(server.address()),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await Promise.resolve();
    },
  };
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: Pick<Endpoint, 'call'>,
): Promise<void> {
  const path = request.url ?? '';
  if (request.method !== 'POST' || !PATHS.has(path)) {
    refuse(response, 403, 'AccessDeniedException', 'this port takes sampling calls only');
    return;
  }
  // SDKs are no browsers; a web page that reaches for this port is refused.
  if (request.headers.origin !== undefined) {
    refuse(response, 403, 'AccessDeniedException', 'this port is not for web pages');
    return;
  }
  const body = await readBody(request);
  if (body === null) {
    refuse(response, 413, 'RequestEntityTooLargeException', `more than ${PROXY_BODY_BYTES_MAX} bytes`);
    return;
  }
  const answer = await endpoint.call({ path, body, timeoutMs: CALL_TIMEOUT_MS });
  const headers = PASSED_ON.flatMap((name) => {
    const value = answer.headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  response.writeHead(answer.status, Object.fromEntries(headers)).end(answer.body);
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    if (!(piece instanceof Buffer)) continue;
    bytes += piece.byteLength;
    if (bytes > PROXY_BODY_BYTES_MAX) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code, connection: 'close' };
  response.writeHead(status, headers).end(JSON.stringify({ __type: code, Message: message }));
}

function addressOf(address: AddressInfo | string | null): Address {
  if (typeof address !== 'object' || address === null) throw new DaemonError('TCP: no address');
  return { host: address.address, port: address.port };
}
