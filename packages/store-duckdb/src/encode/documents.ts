import type { DuckDBConnection } from '@duckdb/node-api';
import type { StoredDocument } from '@fluoroscope/store';
import { hexWord, traceIdWord } from '../trace-key.ts';
import { int64Column, textColumn, uint64Column } from './column.ts';
import { createTableWriter, type TableWriter } from './table-writer.ts';

export interface DocumentsWriter extends TableWriter {
  write(document: StoredDocument, position: number): void;
}

export function createDocumentsWriter(connection: DuckDBConnection): DocumentsWriter {
  const positions = int64Column();
  const traceHi = uint64Column();
  const traceLo = uint64Column();
  const segmentIds = uint64Column();
  const starts = int64Column();
  const receiveds = int64Column();
  const texts = textColumn();
  // In the order of the table's columns.
  const columns = [positions, traceHi, traceLo, segmentIds, starts, receiveds, texts];
  const table = createTableWriter(connection, 'documents', columns);
  return {
    ...table,
    write({ traceId, id, startUs, receivedUs, text }, position) {
      positions.push(position);
      traceHi.push(traceIdWord(traceId, 0), traceIdWord(traceId, 1));
      traceLo.push(traceIdWord(traceId, 2), traceIdWord(traceId, 3));
      segmentIds.push(hexWord(id, 0), hexWord(id, 8));
      starts.push(startUs);
      receiveds.push(receivedUs);
      texts.push(text);
      table.endRow();
    },
  };
}
