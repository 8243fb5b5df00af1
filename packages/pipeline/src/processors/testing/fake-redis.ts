import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface FakeRedis extends AsyncDisposable {
  readonly port: number;
  /** Every command, as it came. */
  readonly commands: readonly (readonly string[])[];
  readonly values: Map<string, string>;
  /** False: commands are read, and not answered. */
  isAnswering: boolean;
}

/**
 * Tests only: as much of a Redis server as is asked for here, in RESP 2.
 *
 *   command = "*" count CRLF *( "$" length CRLF bytes CRLF )
 */
export async function openFakeRedis(password = ''): Promise<FakeRedis> {
  const commands: string[][] = [];
  const values = new Map<string, string>();
  const sockets = new Set<Socket>();

  function answer([name = '', key = '', value = '', ...options]: readonly string[]): string {
    switch (name.toUpperCase()) {
      case 'AUTH':
        return [key, value].includes(password) ? '+OK\r\n' : '-WRONGPASS invalid username-password pair\r\n';
      case 'SET':
        if (options.includes('NX') && values.has(key)) return '$-1\r\n';
        values.set(key, value);
        return '+OK\r\n';
      case 'GET':
        return bulk(values.get(key));
      case 'PEXPIRE':
        return values.has(key) ? ':1\r\n' : ':0\r\n';
      default:
        return '+OK\r\n';
    }
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
      for (let read = readCommand(text); read !== null; read = readCommand(text)) {
        text = text.slice(read.length);
        commands.push(read.parts);
        if (fake.isAnswering) socket.write(answer(read.parts));
      }
    });
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const fake: FakeRedis = {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    commands,
    values,
    isAnswering: true,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

function bulk(value: string | undefined): string {
  return value === undefined ? '$-1\r\n' : `$${value.length}\r\n${value}\r\n`;
}

/** Null while it is not whole. */
function readCommand(text: string): { readonly parts: string[]; readonly length: number } | null {
  const count = /^\*(\d+)\r\n/.exec(text);
  if (count === null) return null;
  const parts: string[] = [];
  let at = count[0].length;
  for (let left = Number(count[1]); left > 0; left -= 1) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (size === null) return null;
    const start = at + size[0].length;
    at = start + Number(size[1]) + 2;
    if (at > text.length) return null;
    parts.push(text.slice(start, at - 2));
  }
  return { parts, length: at };
}
