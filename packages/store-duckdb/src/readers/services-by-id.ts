import type { DuckDBConnection } from '@duckdb/node-api';
import type { ServiceKey } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import { fillQuery } from '../source-sql.ts';
import { toNumber, toText, toTextOrNull } from '../values.ts';
import { printNumbers } from './trace-numbers.ts';

/** The services of these numbers, as a look-up that knows them all. */
export async function readServices(
  connection: DuckDBConnection,
  ids: ReadonlySet<number>,
): Promise<(id: number) => ServiceKey> {
  const services = new Map<number, ServiceKey>();
  if (ids.size > 0) {
    const sql = fillQuery('read/services-by-id', { numbers: printNumbers(ids) });
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
