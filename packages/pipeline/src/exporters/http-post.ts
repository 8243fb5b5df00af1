import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { ClientTls } from '../tls.ts';

export interface PostAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Rejects when there is no whole answer before the signal is given. Redirections are answers. */
export type Post = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | string,
  signal: AbortSignal,
) => Promise<PostAnswer>;

/** Disposing closes its connections. */
export interface Poster extends Disposable {
  readonly post: Post;
}

/** Of an answer. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** POST requests over connections that stay open. `fetch` would not take certificates of one's own. */
export function createPoster(tls: ClientTls | null = null): Poster {
  const kept = { keepAlive: true };
  const httpAgent = new HttpAgent(kept);
  const httpsAgent = new HttpsAgent({ ...kept, ...(tls !== null && secureOptions(tls)) });

  return {
    post: (url, headers, body, signal) =>
      new Promise((resolve, reject) => {
        const bytes = typeof body === 'string' ? Buffer.from(body) : body;
        const sent = { ...headers, 'content-length': String(bytes.byteLength) };
        const common: RequestOptions = { method: 'POST', headers: sent, signal };
        const answered = (answer: IncomingMessage): void => collect(answer, resolve, reject);
        const request =
          url.protocol === 'https:'
            ? httpsRequest(url, { ...common, agent: httpsAgent }, answered)
            : httpRequest(url, { ...common, agent: httpAgent }, answered);
        // The abort's reason says more than that it was aborted.
        request.once('error', (error) =>
          reject(signal.aborted && signal.reason instanceof Error ? signal.reason : error),
        );
        request.end(bytes);
      }),
    [Symbol.dispose]() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

function secureOptions({ ca, cert, key, isVerified, serverName }: ClientTls) {
  return {
    rejectUnauthorized: isVerified,
    ...(ca !== null && { ca }),
    ...(cert !== null && { cert }),
    ...(key !== null && { key }),
    ...(serverName !== null && { servername: serverName }),
  };
}

function collect(answer: IncomingMessage, resolve: (answer: PostAnswer) => void, reject: (error: Error) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (piece: Buffer) => {
    bytes += piece.byteLength;
    if (bytes <= ANSWER_BYTES_MAX) pieces.push(piece);
    else answer.destroy(new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`));
  });
  answer.once('error', reject);
  answer.once('end', () => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) headers.set(name, [value ?? ''].flat().join(', '));
    resolve({ status: answer.statusCode ?? 0, headers, body: Buffer.concat(pieces) });
  });
}
