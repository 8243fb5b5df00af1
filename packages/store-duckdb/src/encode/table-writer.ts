import { DuckDBDataChunk, type DuckDBAppender, type DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Column } from './column.ts';

/** The engine's vector size: what one chunk holds. */
const CHUNK_ROWS_MAX: number = duckdb.vector_size();

/** Takes the rows of one table: push a value into each of its columns, then call `endRow`. */
export interface TableWriter {
  /**
   * Once before the first row of a transaction: the schema whose table takes the rows; in memory, and of the writer's
   * own connection, if not told otherwise.
   */
  begin(schema: string, into?: WriterTarget): Promise<void>;
  endRow(): void;
  /** Hands all rows to the transaction. */
  finish(): void;
  /** After a failure and its roll-back: forgets all rows. */
  abandon(): void;
}

export interface WriterTarget {
  readonly connection: DuckDBConnection;
  /** The attached database. */
  readonly catalog: string;
}

/** `connection` may be null for a writer that is always told into what. */
export function createTableWriter(
  connection: DuckDBConnection | null,
  table: string,
  columns: readonly Column[],
): TableWriter {
  // Reused for good: the memory of a chunk is never given back, whatever becomes of the chunk.
  const chunk = DuckDBDataChunk.create(columns.map(({ type }) => type));
  let appender: DuckDBAppender | null = null;
  let rowCount = 0;

  function appendChunk(to: DuckDBAppender): void {
    chunk.reset();
    chunk.rowCount = rowCount;
    for (const [index, column] of columns.entries()) {
      column.copyTo(duckdb.data_chunk_get_vector(chunk.chunk, index));
      column.clear();
    }
    rowCount = 0;
    to.appendDataChunk(chunk);
  }

  return {
    async begin(schema, into) {
      const to = into ?? (connection === null ? null : { connection, catalog: 'memory' });
      if (to === null) throw new TypeError(`nothing is said about where ${table} is`);
      appender = await to.connection.createAppender(table, schema, to.catalog);
    },
    endRow() {
      rowCount += 1;
      if (rowCount === CHUNK_ROWS_MAX && appender !== null) appendChunk(appender);
    },
    finish() {
      if (appender === null) return;
      if (rowCount > 0) appendChunk(appender);
      appender.closeSync();
      appender = null;
    },
    abandon() {
      for (const column of columns) column.clear();
      rowCount = 0;
      const failed = appender;
      appender = null;
      try {
        failed?.clear();
        failed?.closeSync();
      } catch {
        // An appender that failed to flush fails to close too; why is known from the first failure.
      }
    },
  };
}
