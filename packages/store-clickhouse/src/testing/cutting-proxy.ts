import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';

/** Stands between a store and its server, and cuts a connection when told to. */
export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /** Cuts the `nth` insert from now on, before the server has it or after it has answered; the next ones pass. */
  cut(nth: number, when: 'before' | 'after'): void;
  /** Cuts everything, or nothing. */
  setAway(isAway: boolean): void;
  /** So far. */
  readonly insertCount: number;
}

export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  let insertCount = 0;
  let cutNumber = 0;
  let cutWhen: 'before' | 'after' = 'before';
  let isAway = false;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const isInsert = request.url?.includes('query=INSERT') === true;
    if (isInsert) insertCount += 1;
    const isCut = isInsert && insertCount === cutNumber;
    if (isAway || (isCut && cutWhen === 'before')) {
      request.socket.destroy();
      return;
    }
    const forward = send(new URL(request.url ?? '/', target), { method: request.method, headers: request.headers });
    request.pipe(forward);
    forward.once('response', (answer) => {
      if (isCut) {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
  }

  const server = createServer({ maxHeaderSize: 1024 ** 2 }, handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut(nth, when) {
      cutNumber = insertCount + nth;
      cutWhen = when;
    },
    setAway(away) {
      isAway = away;
    },
    get insertCount() {
      return insertCount;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
