import { ClickHouseError } from '@clickhouse/client';
import { StoreError, type StoreErrorCode } from '@fluoroscope/store';

/** Server codes that say more than "it failed". */
const CODES: ReadonlyMap<string, StoreErrorCode> = new Map([
  ['40', 'corrupt'], // a checksum does not match
  ['228', 'corrupt'], // a file's size is not what it was
  ['516', 'unreadable'], // user or password
  ['192', 'unreadable'], // unknown user
  ['497', 'unreadable'], // not allowed
]);

/** The server was not reached, or did not answer to the end: what it was asked may or may not have happened. */
export function isAway(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === 'away';
  return !(error instanceof ClickHouseError);
}

/** Names the server and what it was asked, never who asked. */
export function toStoreError(what: string, host: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof ClickHouseError) {
    const code = CODES.get(error.code) ?? 'failed';
    return new StoreError(
      code,
      `${what}: ClickHouse at ${host} answers ${error.type ?? error.code}: ${error.message}`,
      {
        cause: error,
      },
    );
  }
  const reason = reasonOf(error);
  return new StoreError('away', `${what}: ClickHouse at ${host} cannot be reached (${reason})`, { cause: error });
}

/** The system's word, such as ECONNREFUSED, before any prose. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'TimeoutError' ? 'no answer in time' : error.message;
}
