import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { printListen, type ListenAddress } from '../settings/kinds.ts';

/** Opens the port; resolves with what was bound, as host:port. */
export async function listenHttp(app: FastifyInstance, { host, port }: ListenAddress): Promise<string> {
  await app.listen({ host, port });
  const bound = app.server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server listens on no port');
  return printBound(bound);
}

function printBound({ address, port }: AddressInfo): string {
  return printListen({ host: address, port });
}
