import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadPackage } from '../checkout.mjs';
import { round } from '../numbers.mjs';
import { prepareStore } from '../stores.mjs';

/** P7. Bytes on disk by table, after merging; the documents' own text apart. */
export async function disk(options) {
  const { dataDir, loaded } = await prepareStore(options);
  const { describeStore } = await loadPackage(options.checkout, 'store-duckdb');
  const dir = join(dataDir, 'store');
  const { slices } = await describeStore({ dir });
  const fileBytes = readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
  const tables = sumTables(slices);
  const documentBytes = tables.get('documents')?.sizeBytes ?? 0;
  const annotationBytes = [...tables].reduce(
    (sum, [name, { sizeBytes }]) => sum + (name.startsWith('annotation') ? sizeBytes : 0),
    0,
  );
  const aSpan = (bytes) => round(bytes / loaded.spans, 1);
  return {
    figures: {
      spans: loaded.spans,
      slices: slices.length,
      storeMb: round(fileBytes / 2 ** 20),
      bytesPerSpan: aSpan(fileBytes),
      bytesPerSpanOfDocuments: aSpan(documentBytes),
      bytesPerSpanBesideDocuments: aSpan(fileBytes - documentBytes),
      annotationPercent: round((annotationBytes / fileBytes) * 100, 1),
      textBytesPerSpanAsSent: aSpan(loaded.textBytes),
      ...Object.fromEntries(
        [...tables].flatMap(([name, { sizeBytes, rowCount }]) => [
          [`table ${name} bytesPerSpan`, round(sizeBytes / loaded.spans, 2)],
          [`table ${name} rows`, rowCount],
        ]),
      ),
      outsideOfTablesBytesPerSpan: aSpan(
        fileBytes - [...tables.values()].reduce((sum, table) => sum + table.sizeBytes, 0),
      ),
      fillCpuSecondsPerMillionSpans: round((loaded.cpuSecondsPerMillionDocuments * loaded.documents) / loaded.spans, 2),
      fillPeakMb: loaded.peakMb,
      merged: loaded.isMerged,
      lost: loaded.lost,
    },
  };
}

/** Over all slices. */
function sumTables(slices) {
  const sums = new Map();
  for (const { name, sizeBytes, rowCount } of slices.flatMap(({ tables }) => tables)) {
    const sum = sums.get(name) ?? { sizeBytes: 0, rowCount: 0 };
    sums.set(name, { sizeBytes: sum.sizeBytes + sizeBytes, rowCount: sum.rowCount + rowCount });
  }
  return sums;
}
