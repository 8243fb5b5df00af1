import { INTEGER, LIST, type DuckDBConnection } from '@duckdb/node-api';
import type { ServiceKey } from '@fluoroscope/model';
import { StoreError } from '@fluoroscope/store';
import { readQuery } from '../sql-files.ts';
import { bindList, toNumber, toText, toTextOrNull } from '../values.ts';

/** The services of these numbers, as a look-up that knows them all. */
export async function readServices(
  connection: DuckDBConnection,
  ids: ReadonlySet<number>,
): Promise<(id: number) => ServiceKey> {
  const services = new Map<number, ServiceKey>();
  if (ids.size > 0) {
    const result = await connection.runAndReadAll(
      readQuery('read/services-by-id'),
      [bindList([...ids])],
      [LIST(INTEGER)],
    );
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
