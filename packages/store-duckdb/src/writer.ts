import { BIGINT, type DuckDBConnection } from '@duckdb/node-api';
import type { ServiceKey, TraceId } from '@fluoroscope/model';
import type { StoreBatch, TraceRow } from '@fluoroscope/store';
import { createDocumentsWriter } from './encode/documents.ts';
import { createFactsWriter } from './encode/facts.ts';
import { createTracesWriter } from './encode/traces.ts';
import { toCallError } from './engine-error.ts';
import { createKnownRows } from './known-rows.ts';
import { deleteReplacedRows } from './replaced-rows.ts';
import { createServiceIds } from './service-ids.ts';
import { readQuery } from './sql-files.ts';
import { toNumber } from './values.ts';

/** Owns the one connection that writes. */
export interface Writer {
  /** One after another. */
  write(batch: StoreBatch): Promise<void>;
  /** False only when no row of this trace is stored. */
  mayKnow(id: TraceId): boolean;
}

export async function openWriter(connection: DuckDBConnection): Promise<Writer> {
  const known = createKnownRows();
  const serviceIds = createServiceIds(connection);
  const documents = createDocumentsWriter(connection);
  const traces = createTracesWriter(connection);
  const facts = createFactsWriter(connection);
  const tables = [documents, traces, facts];
  let sequence = 0;
  let nextPosition = 0;
  /** False after a failure, when a commit may or may not have happened: then the file is asked. */
  let loaded = false;

  async function load(): Promise<void> {
    const [row] = (await connection.runAndReadAll(readQuery('load'))).getRows();
    sequence = toNumber(row?.[0]);
    nextPosition = toNumber(row?.[1]);
    serviceIds.restart(toNumber(row?.[2]));
    known.clear();
    for await (const words of (await connection.stream(readQuery('scan-trace-words'))).yieldRows()) {
      for (const [high, low] of words) known.addOld(toNumber(high), toNumber(low));
    }
    loaded = true;
  }

  async function writeRows(batch: StoreBatch, rows: readonly TraceRow[]): Promise<void> {
    await serviceIds.learn(rows, batch.facts);
    await deleteReplacedRows(connection, known, rows);
    for (const table of tables) await table.begin();
    for (const [index, document] of batch.documents.entries()) documents.write(document, nextPosition + index);
    const idOf = (service: ServiceKey): number => serviceIds.idOf(service);
    for (const row of rows) traces.write(row, idOf);
    for (const fact of batch.facts) facts.write(fact, idOf);
    for (const table of tables) table.finish();
    await connection.run('UPDATE progress SET sequence = $1', [BigInt(batch.sequence)], [BIGINT]);
  }

  async function rollBack(): Promise<void> {
    loaded = false;
    // A failed commit has ended the transaction already; only the first error is of interest.
    await connection.run('ROLLBACK').catch(() => {});
    for (const table of tables) table.abandon();
  }

  await load();
  return {
    mayKnow: (id) => !loaded || known.find(id) !== 'new',
    async write(batch) {
      try {
        if (!loaded) await load();
      } catch (error) {
        throw toCallError('the file cannot be read again after a failure', error);
      }
      if (batch.sequence <= sequence) return;
      const rows = newestOfEach(batch.traces);
      try {
        await connection.run('BEGIN');
        await writeRows(batch, rows);
        await connection.run('COMMIT');
      } catch (error) {
        await rollBack();
        throw toCallError(`batch ${batch.sequence} was not written`, error);
      }
      sequence = batch.sequence;
      nextPosition += batch.documents.length;
      for (const { traceId, startUs } of rows) known.add(traceId, startUs);
    },
  };
}

/** A batch may hold two rows of one trace; the last one replaces the others. */
function newestOfEach(rows: readonly TraceRow[]): readonly TraceRow[] {
  const newest = new Map(rows.map((row) => [row.traceId, row]));
  return newest.size === rows.length ? rows : [...newest.values()];
}
