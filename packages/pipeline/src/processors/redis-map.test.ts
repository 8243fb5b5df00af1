import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { openRedisMap, type RedisMap } from './redis-map.ts';

/** As much of Redis as is asked: SET with NX, GET, PEXPIRE. */
async function startRedis(): Promise<Server> {
  const values = new Map<string, string>();
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      const parts = bytes.toString().split('\r\n');
      for (let at = 0; parts[at]?.startsWith('*');) {
        const count = Number(parts[at]?.slice(1));
        const words = parts.slice(at + 1, at + 1 + 2 * count).filter((_part, place) => place % 2 === 1);
        socket.write(answer(words));
        at += 1 + 2 * count;
      }
    });
  });

  function answer([command = '', key = '', value = '']: readonly string[]): string {
    const known = values.get(key);
    if (command === 'SET' && known === undefined) values.set(key, value);
    if (command === 'SET') return known === undefined ? '+OK\r\n' : '$-1\r\n';
    if (command === 'GET') return known === undefined ? '$-1\r\n' : `$${known.length}\r\n${known}\r\n`;
    return ':1\r\n';
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function open(port: number): Promise<RedisMap> {
  const access = { tls: null, username: null, password: null, database: 0 };
  return openRedisMap({ host: '127.0.0.1', port, ...access, keyPrefix: 'ids:', troubled: () => {} });
}

function portOf(server: Server): number {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a TCP server
  return (server.address() as AddressInfo).port;
}

test('who asks before there is a connection is answered by the first one', async () => {
  const server = await startRedis();
  using a = await open(portOf(server));
  using b = await open(portOf(server));
  expect(await Promise.all([a.agree('1', 'x', 1_000), b.agree('2', 'y', 1_000)])).toEqual(['x', 'y']);
  expect(await Promise.all([a.agree('2', 'x', 1_000), b.agree('1', 'y', 1_000)])).toEqual(['y', 'x']);
  server.close();
});

test('a server that is not there is said at once', async () => {
  const server = await startRedis();
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  using map = await open(port);
  await expect(map.agree('1', 'x', 1_000)).rejects.toThrow();
});
