import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Received {
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Services of AWS that answer by operation (the JSON protocols' target header). Counts what it was asked. */
export async function openAwsEndpoint(answers: Readonly<Record<string, readonly Answer[]>>): Promise<{
  readonly endpoint: string;
  readonly received: Received[];
  close(): void;
}> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target'] ?? request.url)
        .split('.')
        .at(-1);
      const before = received.filter((each) => each.operation === operation).length;
      received.push({ operation: operation ?? '', headers: request.headers, body });
      const list = answers[operation ?? ''] ?? [];
      const answer = list[before % list.length] ?? { status: 404, body: { __type: 'UnknownOperation' } };
      const text = JSON.stringify(answer.body);
      response.writeHead(answer.status ?? 200, {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(text),
        'x-amzn-requestid': 'REQUEST-1',
        ...answer.headers,
      });
      response.end(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    received,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
