import type { DuckDBConnection } from '@duckdb/node-api';
import type { ServiceKey } from '@fluoroscope/model';
import {
  inTurns,
  readChangedRow,
  startTurns,
  StoreError,
  type ChangedTrace,
  type GraphFact,
  type StoredDocument,
  type TraceRow,
} from '@fluoroscope/store';
import { createDocumentsWriter } from './encode/documents.ts';
import { createFactsWriter } from './encode/facts.ts';
import { createTracesWriter } from './encode/traces.ts';
import type { Gate } from './gate.ts';
import type { Head, WrittenRow } from './head.ts';
import { replaceRows } from './replaced-rows.ts';
import { createServiceIds } from './service-ids.ts';
import type { Catalog } from './slices/catalog.ts';
import { readQuery } from './sql-files.ts';
import { toNumber } from './values.ts';

/** What one transaction adds. */
export interface HeadContents {
  readonly documents: readonly StoredDocument[];
  readonly facts: readonly GraphFact[];
  /** One at most of a trace. Each is made when it is its turn to be written: it dies young then, with all its annotations. */
  readonly rows: readonly ChangedTrace[];
}

/** A row could not be made: a fault of whoever was to make it. Nothing of the transaction is there. */
export class RowFault extends Error {}

export interface HeadTransactions {
  /**
   * All of it, or nothing; one after another. `committed` runs before any read can begin that sees it. Rejects with a
   * RowFault, too.
   */
  run(head: Head, contents: HeadContents, committed: (rows: readonly WrittenRow[]) => void): Promise<void>;
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
  const idOf = (service: ServiceKey): number => serviceIds.idOf(service);

  async function write(head: Head, contents: HeadContents): Promise<readonly WrittenRow[]> {
    serviceIds.begin();
    await serviceIds.learn(servicesOf(contents.facts));
    await replaceRows(connection, { head, catalog }, contents.rows);
    for (const table of tables) await table.begin(head.schema);
    await inTurns(contents.documents, (document) => documents.write(document));
    const written = await writeRows(contents.rows);
    await inTurns(contents.facts, (fact) => facts.write(fact, idOf));
    for (const table of tables) table.finish();
    return written;
  }

  async function writeRows(rows: readonly ChangedTrace[]): Promise<readonly WrittenRow[]> {
    const written: WrittenRow[] = [];
    const turns = startTurns();
    for (const changed of rows) {
      const made = makeRow(changed);
      const row = made instanceof Promise ? await made : made;
      if (!serviceIds.knows(row.services)) await serviceIds.learn(row.services);
      traces.write(row, idOf);
      const { traceId, startUs, endUs, annotations } = row;
      written.push({ traceId, startUs, endUs, annotationCount: annotations.length });
      if (turns.isOver) await turns.next();
    }
    return written;
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
        const written = await write(head, contents);
        await gate(async () => {
          await connection.run('COMMIT');
          committed(written);
        });
      } catch (error) {
        await rollBack();
        throw error;
      }
    },
  };
}

function makeRow(changed: ChangedTrace): TraceRow | Promise<TraceRow> {
  try {
    const made = readChangedRow(changed);
    return made instanceof Promise ? made.catch(refuse) : made;
  } catch (error) {
    return refuse(error);
  }
}

function refuse(cause: unknown): never {
  throw cause instanceof StoreError ? cause : new RowFault('a row was not made', { cause });
}

function* servicesOf(facts: readonly GraphFact[]): Generator<ServiceKey> {
  for (const fact of facts) {
    yield fact.kind === 'node' ? fact.service : fact.target;
    if (fact.kind === 'edge') yield fact.source;
  }
}
