import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';
import { toCallError } from './engine-error.ts';
import type { Engine } from './engine.ts';
import { READ_CONNECTIONS_MAX, READS_WAITING_MAX } from './limits.ts';
import type { BeginRead, Snapshot } from './source.ts';

/** Connections that only read, so that no read waits for a write. */
export interface ReadConnections extends Disposable {
  /** Runs with a connection of its own, on one snapshot. Waits while all are in use. */
  read<Answer>(run: (connection: DuckDBConnection, snapshot: Snapshot) => Promise<Answer>): Promise<Answer>;
}

export function createReadConnections(engine: Engine, begin: BeginRead): ReadConnections {
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
        using snapshot = await begin(connection);
        try {
          return await run(connection, snapshot);
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
      for (const connection of idle) engine.disconnect(connection);
      idle.length = 0;
    },
  };
}
