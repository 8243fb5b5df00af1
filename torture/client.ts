import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

/** Connections to one server, kept open. */
export interface Client {
  readonly send: (method: 'GET' | 'POST', path: string, body?: string) => Promise<Answer>;
  /** POST, parsed; throws for any answer but 200. */
  readonly call: <T>(path: string, input: object) => Promise<T>;
  readonly close: () => void;
}

/** A silent server must not hold a sender for ever. */
const ANSWER_MS_MAX = 60_000;

export function openClient(address: string, connections: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const [host, port] = address.split(':');

  function send(method: 'GET' | 'POST', path: string, body = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const asked = request({ agent, host, port, method, path, headers, timeout: ANSWER_MS_MAX }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(parts).toString('utf8'),
          }),
        );
      });
      asked.once('timeout', () => asked.destroy(new Error(`${path}: no answer`)));
      asked.once('error', reject);
      asked.end(body);
    });
  }

  return {
    send,
    async call<T>(path: string, input: object) {
      const { status, text } = await send('POST', path, JSON.stringify(input));
      if (status !== 200) throw new Error(`${path}: ${status} ${text.slice(0, 500)}`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller names the shape it reads
      return JSON.parse(text) as T;
    },
    close: () => agent.destroy(),
  };
}
