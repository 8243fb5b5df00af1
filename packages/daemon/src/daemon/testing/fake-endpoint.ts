import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

export interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeEndpoint {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Of the PutTraceSegments calls that were answered well. */
  readonly documents: () => readonly string[];
  /** What it answers from now on. */
  status: number;
  /** PutTraceSegments is answered once this has resolved. */
  hold: Promise<void>;
}

/** An X-Ray API that takes everything. */
export async function openFakeEndpoint(port = 0): Promise<FakeEndpoint> {
  const seen: Seen[] = [];
  const documents: string[] = [];
  const endpoint = { url: '', seen, documents: () => documents, status: 200, hold: Promise.resolve() };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    const answer = async (): Promise<void> => {
      const path = request.url ?? '';
      seen.push({ path, headers: request.headers, body });
      if (path === '/TraceSegments') await endpoint.hold;
      if (path === '/TraceSegments' && endpoint.status === 200) {
        const parsed: { TraceSegmentDocuments: string[] } = JSON.parse(body);
        documents.push(...parsed.TraceSegmentDocuments);
      }
      const headers = { 'content-type': 'application/json', 'x-amzn-requestid': 'r', 'set-cookie': 'x' };
      response.writeHead(endpoint.status, headers).end(`{"of":"${path}"}`);
    };
    request.on('end', () => void answer());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  endpoint.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return endpoint;
}
