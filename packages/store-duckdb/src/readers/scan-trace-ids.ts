import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { TraceId } from '@fluoroscope/model';
import { TRACE_ID_CHUNK_MAX } from '@fluoroscope/store';
import type { Engine } from '../engine.ts';
import { readQuery } from '../sql-files.ts';
import { traceIdOf } from '../trace-key.ts';
import { toBigInt } from '../values.ts';

/** One walk over all ids, on a connection of its own: whoever reads it takes their time. */
export interface IdScan {
  /** The next chunk; null at the end. */
  next(): Promise<readonly TraceId[] | null>;
  close(): void;
}

export async function openIdScan(engine: Engine): Promise<IdScan> {
  const connection = await engine.connect();
  const batches = await streamRows(connection);
  let read: TraceId[] = [];
  return {
    async next() {
      while (read.length < TRACE_ID_CHUNK_MAX) {
        const batch = await batches.next();
        if (batch.done === true) break;
        for (const [hi, lo] of batch.value) read.push(traceIdOf(toBigInt(hi), toBigInt(lo)));
      }
      const chunk = read.slice(0, TRACE_ID_CHUNK_MAX);
      read = read.slice(TRACE_ID_CHUNK_MAX);
      return chunk.length > 0 ? chunk : null;
    },
    close: () => connection.closeSync(),
  };
}

async function streamRows(connection: DuckDBConnection): Promise<AsyncIterator<DuckDBValue[][]>> {
  return (await connection.stream(readQuery('scan-traces'))).yieldRows();
}
