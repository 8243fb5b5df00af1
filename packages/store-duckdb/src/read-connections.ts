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
  /** Within a read: with a second connection, if one is free. It may be asked of slices, which do not change, not of the snapshot. */
  readonly beside: Beside;
}

export type Beside = <Answer>(run: (second: DuckDBConnection | null) => Promise<Answer>) => Promise<Answer>;

export function createReadConnections(engine: Engine, begin: BeginRead): ReadConnections {
  const idle: DuckDBConnection[] = [];
  const waiting: ((connection: DuckDBConnection) => void)[] = [];
  let openCount = 0;

  async function takeFree(): Promise<DuckDBConnection | null> {
    const connection = idle.pop();
    if (connection !== undefined) return connection;
    if (openCount === READ_CONNECTIONS_MAX) return null;
    openCount += 1;
    return engine.connect();
  }

  async function take(): Promise<DuckDBConnection> {
    const connection = await takeFree();
    if (connection !== null) return connection;
    if (waiting.length >= READS_WAITING_MAX) throw new StoreError('failed', 'too many reads are waiting');
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(connection: DuckDBConnection): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else next(connection);
  }

  async function read<Answer>(
    run: (connection: DuckDBConnection, snapshot: Snapshot) => Promise<Answer>,
  ): Promise<Answer> {
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
  }

  return {
    read,
    async beside(run) {
      const second = await takeFree();
      try {
        return await run(second);
      } finally {
        if (second !== null) giveBack(second);
      }
    },
    [Symbol.dispose]() {
      for (const connection of idle) engine.disconnect(connection);
      idle.length = 0;
    },
  };
}
