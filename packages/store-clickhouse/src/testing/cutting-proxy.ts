import { once } from 'node:events';
import {
  createServer,
  request as send,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';

/** Stands between a store and its server, and cuts a connection, waits or answers in its place when told to. */
export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  /**
   * Cuts the `nth` insert from now on: before the server has it, within its body, or after it has answered; the next ones
   * pass.
   */
  cut(nth: number, when: 'before' | 'within' | 'after'): void;
  /** Cuts everything, or nothing. */
  setAway(isAway: boolean): void;
  /** Keeps what comes, and lets it go on when told otherwise. */
  setHeld(isHeld: boolean): void;
  /** Every insert is answered with this error in the server's place; null for none. */
  refuseInserts(error: RefusedInsert | null): void;
  /** So far. */
  readonly insertCount: number;
}

export interface RefusedInsert {
  /** ClickHouse's own. */
  readonly code: number;
  readonly name: string;
}

export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  let insertCount = 0;
  let cutNumber = 0;
  let cutWhen: 'before' | 'within' | 'after' = 'before';
  let isAway = false;
  let refusal: RefusedInsert | null = null;
  let held: (() => void)[] | null = null;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    if (held === null) pass(request, response);
    else held.push(() => pass(request, response));
  }

  function pass(request: IncomingMessage, response: ServerResponse): void {
    const isInsert = request.url?.includes('query=INSERT') === true;
    if (isInsert) insertCount += 1;
    const isCut = isInsert && insertCount === cutNumber;
    if (isAway || (isCut && cutWhen === 'before')) {
      request.socket.destroy();
      return;
    }
    if (isInsert && refusal !== null) {
      request.resume().once('end', () => refuse(response, refusal));
      return;
    }
    const forward = send(new URL(request.url ?? '/', target), { method: request.method, headers: request.headers });
    // Nobody is there any more, or the proxy itself has cut it.
    forward.on('error', () => request.socket.destroy());
    if (isCut && cutWhen === 'within') {
      sendHalf(request, forward);
      return;
    }
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
    setHeld(isHeld) {
      const waiting = held ?? [];
      held = isHeld ? waiting : null;
      if (!isHeld) for (const letGo of waiting) letGo();
    },
    refuseInserts(error) {
      refusal = error;
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

function sendHalf(request: IncomingMessage, forward: ClientRequest): void {
  request.once('data', (some: Buffer) => forward.write(some.subarray(0, some.length >> 1), () => forward.destroy()));
}

function refuse(response: ServerResponse, error: RefusedInsert | null): void {
  if (error === null) return void response.destroy();
  response.writeHead(500, { 'X-ClickHouse-Exception-Code': String(error.code) });
  response.end(`Code: ${error.code}. DB::Exception: the insert was refused. (${error.name})`);
}
