import type { DuckDBConnection } from '@duckdb/node-api';
import type { ServiceKey, TraceId } from '@fluoroscope/model';
import type { StoreBatch, TraceRow } from '@fluoroscope/store';
import { createDocumentsWriter } from './encode/documents.ts';
import { createFactsWriter } from './encode/facts.ts';
import { createTracesWriter } from './encode/traces.ts';
import { toCallError } from './engine-error.ts';
import type { Gate } from './gate.ts';
import type { Head } from './head.ts';
import { replaceRows } from './replaced-rows.ts';
import { createServiceIds } from './service-ids.ts';
import type { Catalog } from './slices/catalog.ts';
import { readQuery } from './sql-files.ts';
import { toNumber } from './values.ts';

/** Owns the one connection that writes batches. */
export interface Writer {
  /** Into this head; one after another. Ignores a batch whose sequence is not above its origin's. */
  write(batch: StoreBatch, head: Head): Promise<void>;
  /** How far each origin is, as reads see it. */
  readonly progress: ReadonlyMap<string, number>;
}

export interface WriterOptions {
  readonly gate: Gate;
  readonly catalog: Catalog;
  readonly progress: ReadonlyMap<string, number>;
}

export async function openWriter(connection: DuckDBConnection, options: WriterOptions): Promise<Writer> {
  const { gate, catalog } = options;
  const [next] = (await connection.runAndReadAll(readQuery('next-service-id'))).getRows();
  const serviceIds = createServiceIds(connection, toNumber(next?.[0]));
  const documents = createDocumentsWriter(connection);
  const traces = createTracesWriter(connection);
  const facts = createFactsWriter(connection);
  const tables = [documents, traces, facts];
  let progress = options.progress;

  async function writeRows(batch: StoreBatch, head: Head, rows: readonly TraceRow[]): Promise<void> {
    await serviceIds.learn(rows, batch.facts);
    await replaceRows(connection, { head, catalog }, rows);
    for (const table of tables) await table.begin(head.schema);
    for (const document of batch.documents) documents.write(document);
    const idOf = (service: ServiceKey): number => serviceIds.idOf(service);
    for (const row of rows) traces.write(row, idOf);
    for (const fact of batch.facts) facts.write(fact, idOf);
    for (const table of tables) table.finish();
  }

  async function rollBack(): Promise<void> {
    // A failed commit has ended the transaction already; only the first error is of interest.
    await connection.run('ROLLBACK').catch(() => {});
    for (const table of tables) table.abandon();
    serviceIds.rollBack();
  }

  return {
    get progress() {
      return progress;
    },
    async write(batch, head) {
      if (batch.sequence <= (progress.get(batch.origin) ?? 0)) return;
      const rows = newestOfEach(batch.traces);
      try {
        await connection.run('BEGIN');
        await writeRows(batch, head, rows);
        await gate(async () => {
          await connection.run('COMMIT');
          progress = new Map([...progress, [batch.origin, batch.sequence]]);
          head.note(batch, rows, progress);
        });
      } catch (error) {
        await rollBack();
        throw toCallError(`batch ${batch.sequence} was not written`, error);
      }
    },
  };
}

/** A batch may hold two rows of one trace; the last one replaces the others. */
function newestOfEach(rows: readonly TraceRow[]): readonly TraceRow[] {
  const ids = new Set<TraceId>();
  for (const { traceId } of rows) ids.add(traceId);
  return ids.size === rows.length ? rows : [...new Map(rows.map((row) => [row.traceId, row])).values()];
}
