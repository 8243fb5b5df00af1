import type { DuckDBConnection } from '@duckdb/node-api';
import type { ServiceKey } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import { SERVICE_CACHE_MAX } from '../limits.ts';
import { fillQuery } from '../source-sql.ts';
import { toNumber, toText, toTextOrNull } from '../values.ts';
import { printNumbers } from './trace-numbers.ts';

/** A number stands for one service as long as the store lives; what a connection has read once it need not read again. */
const knownOf = new WeakMap<DuckDBConnection, Map<number, ServiceKey>>();

/** The services of these numbers, as a look-up that knows them all. */
export async function readServices(
  connection: DuckDBConnection,
  ids: ReadonlySet<number>,
): Promise<(id: number) => ServiceKey> {
  let known = knownOf.get(connection) ?? new Map<number, ServiceKey>();
  if (known.size > SERVICE_CACHE_MAX) known = new Map();
  knownOf.set(connection, known);
  const services = known;
  const unknown = [...ids].filter((id) => !services.has(id));
  if (unknown.length > 0) {
    const sql = fillQuery('read/services-by-id', { numbers: printNumbers(unknown) });
    const result = await connection.runAndReadAll(sql);
    for (const [id, name, type, accountId] of result.getRows()) {
      services.set(toNumber(id), {
        name: toText(name),
        type: toTextOrNull(type),
        accountId: toTextOrNull(accountId),
      });
    }
  }
  return (id) => {
    const service = services.get(id);
    if (service === undefined) throw new StoreError('corrupt', `no service has the number ${id}`);
    return service;
  };
}
