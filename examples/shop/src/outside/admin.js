import { once } from 'node:events';
import http from 'node:http';

/**
 * Reads and changes table capacities while the shop runs:
 *   GET  /capacity                         {"products":"unlimited","carts":2,…}
 *   POST /capacity?table=carts&units=2     2 requests a second; units=unlimited takes the limit away
 * @param {{ capacities: () => Record<string, number>, setCapacity: (table: string, units: number) => void }} database
 */
export async function startAdmin(database) {
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://admin');
    const problem = pathname === '/capacity' ? change(request.method, searchParams) : 'the path is /capacity';
    const answer = problem === undefined ? printable(database.capacities()) : { error: problem };
    response.writeHead(problem === undefined ? 200 : 400, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(answer)}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  /** @returns {string | undefined} what is wrong with the request */
  function change(method, parameters) {
    if (method === 'GET') return undefined;
    if (method !== 'POST') return 'use GET or POST';
    const table = parameters.get('table') ?? '';
    const tables = Object.keys(database.capacities());
    if (!tables.includes(table)) return `table is one of ${tables.join(', ')}`;
    const text = parameters.get('units') ?? '';
    const units = text === 'unlimited' ? Infinity : Number(text || 'missing');
    if (!(units >= 0)) return 'units is a number, 0 or more, or "unlimited"';
    database.setCapacity(table, units);
    return undefined;
  }

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function printable(capacities) {
  const entries = Object.entries(capacities);
  return Object.fromEntries(entries.map(([table, units]) => [table, units === Infinity ? 'unlimited' : units]));
}
