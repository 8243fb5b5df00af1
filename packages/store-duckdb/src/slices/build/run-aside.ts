import { setTimeout as sleep } from 'node:timers/promises';
import {
  DuckDBMaterializedResult,
  type DuckDBConnection,
  type DuckDBPendingResult,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { StoreError } from '@fluoroscope/store';
import { toNumber } from '../../values.ts';

/** Waits, in ms, between two looks whether a statement is done: doubled from the first to the last. */
const LOOK_FIRST_MS = 1;
const LOOK_LAST_MS = 8;

/** What runs the statements of a build; `run` as that of a connection. */
export interface Runner {
  run(sql: string, values?: DuckDBValue[], types?: DuckDBType[]): Promise<DuckDBMaterializedResult>;
}

/**
 * Leaves the work to the engine's own threads. A thread that calls `run` takes part in it and, when there is nothing left
 * to take, spins until the others are done: up to a third of what a build takes. An engine without threads of its own works in
 * the caller's, and never spins.
 */
export async function createRunner(connection: DuckDBConnection): Promise<Runner> {
  const [row] = (await connection.runAndReadAll("SELECT current_setting('threads')")).getRows();
  if (toNumber(row?.[0]) === 1) return connection;
  return { run: (sql, values = [], types = []) => runAside(connection, { sql, values, types }) };
}

interface Statements {
  readonly sql: string;
  /** Of the last statement. */
  readonly values: DuckDBValue[];
  readonly types: DuckDBType[];
}

async function runAside(
  connection: DuckDBConnection,
  { sql, values, types }: Statements,
): Promise<DuckDBMaterializedResult> {
  const statements = await connection.extractStatements(sql);
  let result: unknown;
  for (let index = 0; index < statements.count; index += 1) {
    const prepared = await statements.prepare(index);
    try {
      if (index === statements.count - 1) prepared.bind(values, types);
      const pending = prepared.start();
      await waitFor(pending);
      result = await pending.getResult();
    } finally {
      prepared.destroySync();
    }
  }
  if (result instanceof DuckDBMaterializedResult) return result;
  throw new StoreError('failed', 'a statement of a build gave no result');
}

async function waitFor(pending: DuckDBPendingResult): Promise<void> {
  // Private, in a package pinned exactly; what is public there would do the work in this thread.
  const handle = pending['pending_result'];
  for (let ms = LOOK_FIRST_MS; !isOver(handle); ms = Math.min(2 * ms, LOOK_LAST_MS)) await sleep(ms);
}

/** A failure is over too: asking for the result then throws it. */
function isOver(pending: DuckDBPendingResult['pending_result']): boolean {
  return duckdb.pending_execution_is_finished(duckdb.pending_execute_check_state(pending));
}
