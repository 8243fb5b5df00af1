import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { closeGently, keepConnections, type Connections, type ConnectionsOptions } from './connections.ts';

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const HALF_BODY = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf';

test.each([
  ['never sent a byte', ''],
  ['are in the middle of a head', 'GET / HTTP/1.1\r\nHost: loc'],
  ['are in the middle of a body', HALF_BODY],
])('one too many: of those that %s, the oldest goes and the newcomer is answered', async (_name, sent) => {
  const { dial } = await open({ connectionsMax: 3 });
  const oldest = await dial(sent);
  const others = [await dial(sent), await dial(sent)];
  const newcomer = await dial(GET);
  expect(await newcomer.answered).toContain('200 OK');
  await oldest.closed;
  expect(others.map(({ socket }) => socket.destroyed)).toEqual([false, false]);
});

test('who was answered last goes last', async () => {
  const { dial } = await open({ connectionsMax: 2 });
  const good = await dial('');
  const silent = await dial('');
  good.socket.write(GET);
  await good.answered;
  const newcomer = await dial('');
  await silent.closed;
  expect([good.socket.destroyed, newcomer.socket.destroyed]).toEqual([false, false]);
});

test('what is being handled is never closed for a newcomer', async () => {
  const { dial, answer, asked } = await open({ connectionsMax: 1, listener: 'manual' });
  const busy = await dial(GET);
  await asked(1);
  const late = await dial('');
  await late.closed;
  answer();
  expect(await busy.answered).toContain('200 OK');
});

test('who never sends a byte is let go', async () => {
  const { dial } = await open({ firstByteMs: 10 });
  const silent = await dial('');
  expect(await silent.closed).toBe('');
});

test('at the end: quiet ones at once, an answer that is under way is given, a body that never ends is cut', async () => {
  const { dial, answer, asked, connections } = await open({ stopMs: 50, listener: 'manual' });
  const silent = await dial('');
  const busy = await dial(GET);
  const stalled = await dial(HALF_BODY);
  await asked(2);
  connections.close();
  answer();
  await silent.closed;
  expect(await busy.closed).toContain('200 OK');
  await stalled.closed;
});

test('an answer that does not wait for the body arrives, though the client asked to close', async () => {
  const { port } = await open({ listener: 'refusing' });
  const socket = connect(port, '127.0.0.1');
  const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 20000000\r\n\r\n';
  // A client that looks for an answer only when all is sent.
  await new Promise<void>((resolve, reject) => {
    socket.write(head + 'x'.repeat(20_000_000), (error) => (error ? reject(error) : resolve()));
  });
  expect(await readText(socket)).toContain('413');
});

interface Client {
  readonly socket: Socket;
  /** The first bytes that came. */
  readonly answered: Promise<string>;
  /** All that came. */
  readonly closed: Promise<string>;
}

interface Rig {
  readonly port: number;
  /** Resolves when the server has the connection. */
  readonly dial: (sent: string) => Promise<Client>;
  readonly connections: Connections;
  /** Resolves when so many requests have come. */
  readonly asked: (count: number) => Promise<void>;
  /** Answers all that wait. */
  readonly answer: () => void;
}

async function open(options: ConnectionsOptions & { listener?: 'manual' | 'refusing' } = {}): Promise<Rig> {
  const waiting: (() => void)[] = [];
  const listeners: Record<string, RequestListener> = {
    manual: (_request, response) => void waiting.push(() => response.end('done')),
    refusing(request, response) {
      closeGently(request);
      response.writeHead(413).end();
    },
    plain: (_request, response) => void response.end('done'),
  };
  const server = createServer(listeners[options.listener ?? 'plain']);
  const connections = keepConnections(server, options);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connections,
    answer: () => waiting.splice(0).forEach((give) => give()),
    async asked(count) {
      while (waiting.length < count) await once(server, 'request');
    },
    async dial(sent) {
      const accepted = once(server, 'connection');
      const client = watch(connect(port, '127.0.0.1'));
      client.socket.write(sent);
      await accepted;
      return client;
    },
  };
}

function watch(socket: Socket): Client {
  let text = '';
  const answered = new Promise<string>((resolve) => {
    socket.on('data', (bytes) => resolve((text += bytes.toString('utf8'))));
  });
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(text));
  });
  // A reset is one way to be closed.
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return { socket, answered, closed };
}
