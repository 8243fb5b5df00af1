import type { DuckDBConnection } from '@duckdb/node-api';
import type { StoredDocument } from '@fluoroscope/store';
import { traceIdWord } from '../trace-key.ts';
import { int64Column, textColumn, uint64Column } from './column.ts';
import { createTableWriter, type TableWriter } from './table-writer.ts';

export interface DocumentsWriter extends TableWriter {
  write(document: StoredDocument): void;
}

export function createDocumentsWriter(connection: DuckDBConnection): DocumentsWriter {
  const traceHi = uint64Column();
  const traceLo = uint64Column();
  const receiveds = int64Column();
  const texts = textColumn();
  // In the order of the table's columns.
  const columns = [traceHi, traceLo, receiveds, texts];
  const table = createTableWriter(connection, 'documents', columns);
  return {
    ...table,
    write({ traceId, receivedUs, text }) {
      traceHi.push(traceIdWord(traceId, 0), traceIdWord(traceId, 1));
      traceLo.push(traceIdWord(traceId, 2), traceIdWord(traceId, 3));
      receiveds.push(receivedUs);
      texts.push(text);
      table.endRow();
    },
  };
}
