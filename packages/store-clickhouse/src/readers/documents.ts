import { timeUs, type TraceId } from '@fluoroscope/model';
import type { DocumentPageQuery, StoredDocument } from '@fluoroscope/store';
import type { Reader } from '../connection.ts';
import { readQuery } from '../sql-files.ts';
import { traceIdHex, traceIdOfHex } from '../trace-key.ts';
import { inChunks } from './in-chunks.ts';
import { toNumber, toText } from './values.ts';

export async function readDocumentPage(
  reader: Reader,
  { traceId, skip, limit }: DocumentPageQuery,
): Promise<readonly StoredDocument[]> {
  const rows = await reader.query(readQuery('document-page'), { id: traceIdHex(traceId), skip, limit });
  return rows.map(([receivedUs, text]) => ({ traceId, receivedUs: timeUs(toNumber(receivedUs)), text: toText(text) }));
}

/** Grouped by trace, in the order asked for. */
export async function readDocumentsById(reader: Reader, ids: readonly TraceId[]): Promise<readonly StoredDocument[]> {
  const sql = readQuery('documents-by-trace');
  const rows = await inChunks(ids, (chunk) => reader.query(sql, { ids: chunk.map(traceIdHex) }));
  const byTrace = new Map<TraceId, StoredDocument[]>(ids.map((id) => [id, []]));
  for (const [id, receivedUs, text] of rows) {
    const traceId = traceIdOfHex(toText(id));
    byTrace.get(traceId)?.push({ traceId, receivedUs: timeUs(toNumber(receivedUs)), text: toText(text) });
  }
  return [...byTrace.values()].flat();
}
