import type { DuckDBConnection } from '@duckdb/node-api';
import type { ServiceKey } from '@fluoroscope/model';
import { inTurns, type GraphFact, type StoredDocument, type TraceRow } from '@fluoroscope/store';
import { createDocumentsWriter } from './encode/documents.ts';
import { createFactsWriter } from './encode/facts.ts';
import { createTracesWriter } from './encode/traces.ts';
import type { Gate } from './gate.ts';
import type { Head } from './head.ts';
import { replaceRows } from './replaced-rows.ts';
import { createServiceIds } from './service-ids.ts';
import type { Catalog } from './slices/catalog.ts';
import { readQuery } from './sql-files.ts';
import { toNumber } from './values.ts';

/** What one transaction adds. */
export interface HeadContents {
  readonly documents: readonly StoredDocument[];
  readonly facts: readonly GraphFact[];
  /** One at most of a trace. */
  readonly rows: readonly TraceRow[];
}

export interface HeadTransactions {
  /** All of it, or nothing; one after another. `committed` runs before any read can begin that sees it. */
  run(head: Head, contents: HeadContents, committed: () => void): Promise<void>;
}

/** On a connection of their own. */
export async function openHeadTransactions(
  connection: DuckDBConnection,
  { gate, catalog }: { readonly gate: Gate; readonly catalog: Catalog },
): Promise<HeadTransactions> {
  const [next] = (await connection.runAndReadAll(readQuery('next-service-id'))).getRows();
  const serviceIds = createServiceIds(connection, toNumber(next?.[0]));
  const documents = createDocumentsWriter(connection);
  const traces = createTracesWriter(connection);
  const facts = createFactsWriter(connection);
  const tables = [documents, traces, facts];

  async function write(head: Head, contents: HeadContents): Promise<void> {
    await serviceIds.learn(contents.rows, contents.facts);
    await replaceRows(connection, { head, catalog }, contents.rows);
    for (const table of tables) await table.begin(head.schema);
    await inTurns(contents.documents, (document) => documents.write(document));
    const idOf = (service: ServiceKey): number => serviceIds.idOf(service);
    await inTurns(contents.rows, (row) => traces.write(row, idOf));
    await inTurns(contents.facts, (fact) => facts.write(fact, idOf));
    for (const table of tables) table.finish();
  }

  async function rollBack(): Promise<void> {
    // A failed commit has ended the transaction already; only the first error is of interest.
    await connection.run('ROLLBACK').catch(() => {});
    for (const table of tables) table.abandon();
    serviceIds.rollBack();
  }

  return {
    async run(head, contents, committed) {
      try {
        await connection.run('BEGIN');
        await write(head, contents);
        await gate(async () => {
          await connection.run('COMMIT');
          committed();
        });
      } catch (error) {
        await rollBack();
        throw error;
      }
    },
  };
}
