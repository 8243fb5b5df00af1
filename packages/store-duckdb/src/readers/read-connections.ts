import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';
import { toCallError } from '../engine-error.ts';
import type { Engine } from '../engine.ts';
import { READ_CONNECTIONS_MAX, READS_WAITING_MAX } from '../limits.ts';

/** Connections that only read, so that no read waits for a write. */
export interface ReadConnections extends Disposable {
  /** Runs with a connection of its own, on one snapshot. Waits while all are in use. */
  read<Answer>(run: (connection: DuckDBConnection) => Promise<Answer>): Promise<Answer>;
}

export function createReadConnections(engine: Engine): ReadConnections {
  const idle: DuckDBConnection[] = [];
  const waiting: ((connection: DuckDBConnection) => void)[] = [];
  let openCount = 0;

  async function take(): Promise<DuckDBConnection> {
    const connection = idle.pop();
    if (connection !== undefined) return connection;
    if (openCount < READ_CONNECTIONS_MAX) {
      openCount += 1;
      return engine.connect();
    }
    if (waiting.length >= READS_WAITING_MAX) throw new StoreError('failed', 'too many reads are waiting');
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(connection: DuckDBConnection): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else next(connection);
  }

  return {
    async read(run) {
      const connection = await take();
      try {
        await connection.run('BEGIN TRANSACTION READ ONLY');
        try {
          return await run(connection);
        } finally {
          await connection.run('COMMIT');
        }
      } catch (error) {
        throw toCallError('a read failed', error);
      } finally {
        giveBack(connection);
      }
    },
    [Symbol.dispose]() {
      for (const connection of idle) connection.closeSync();
      idle.length = 0;
    },
  };
}
