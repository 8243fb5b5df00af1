import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';

// Hot path: answers of many cells are read as the engine's own arrays, without an object for each row or value
// (columns.bench.ts). An array is a view of the chunk's memory: valid while the chunk is being visited.

export interface Statement {
  readonly sql: string;
  readonly values: readonly DuckDBValue[];
  readonly types: readonly DuckDBType[];
}

/** Some rows of an answer; columns by their place, whose type the query must see to. None of the numbers may be null. */
export interface Chunk {
  readonly rowCount: number;
  /** INTEGER. */
  int32(column: number): Int32Array;
  /** DOUBLE. */
  float64(column: number): Float64Array;
  /** UTINYINT. */
  uint8(column: number): Uint8Array;
  /** VARCHAR. */
  text(column: number, row: number): string | null;
  /** LIST(INTEGER). */
  int32Lists(column: number): Lists;
}

/** Items of all rows behind one another; those of a row begin at `starts[row]`. */
export interface Lists {
  readonly items: Int32Array;
  start(row: number): number;
  length(row: number): number;
}

export async function scanColumns(
  connection: Pick<DuckDBConnection, 'run'>,
  { sql, values, types }: Statement,
  visit: (chunk: Chunk) => void,
): Promise<void> {
  const result = await connection.run(sql, [...values], [...types]);
  for (let at = 0; at < result.chunkCount; at += 1) visit(chunkOf(result.getChunk(at)));
}

function chunkOf(chunk: DuckDBDataChunk): Chunk {
  const { rowCount } = chunk;
  const vectorAt = (column: number): Vector => duckdb.data_chunk_get_vector(chunk.chunk, column);
  return {
    rowCount,
    int32: (column) => int32Items(vectorAt(column), rowCount),
    float64(column) {
      const { buffer, byteOffset } = duckdb.vector_get_data(vectorAt(column), rowCount * 8);
      return new Float64Array(buffer, byteOffset, rowCount);
    },
    uint8: (column) => duckdb.vector_get_data(vectorAt(column), rowCount),
    text(column, row) {
      const value = chunk.getColumnVector(column).getItem(row);
      return typeof value === 'string' ? value : null;
    },
    int32Lists(column) {
      const vector = vectorAt(column);
      const itemCount = duckdb.list_vector_get_size(vector);
      return listsOf(vector, rowCount, int32Items(duckdb.list_vector_get_child(vector), itemCount));
    },
  };
}

function int32Items(vector: Vector, itemCount: number): Int32Array {
  const { buffer, byteOffset } = duckdb.vector_get_data(vector, itemCount * 4);
  return new Int32Array(buffer, byteOffset, itemCount);
}

/** An entry is offset and length, 64 bits each; a chunk's items never need the high words. */
function listsOf(vector: Vector, rowCount: number, items: Int32Array): Lists {
  const { buffer, byteOffset } = duckdb.vector_get_data(vector, rowCount * 16);
  const words = new Uint32Array(buffer, byteOffset, rowCount * 4);
  return {
    items,
    start: (row) => words[row * 4] ?? 0,
    length: (row) => words[row * 4 + 2] ?? 0,
  };
}
