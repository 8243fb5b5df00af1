import { timeUs, type TimeUs } from '@fluoroscope/model';
import type { RetentionPolicy, RetentionReport } from '@fluoroscope/store';
import type { Connection } from './connection.ts';
import { dayStartUs } from './encode/days.ts';
import { takeBlock } from './native/block.ts';
import { int64Column } from './native/column.ts';
import { toNumber, toNumberOrNull } from './readers/values.ts';
import { quoteName } from './render-schema.ts';
import { readQuery } from './sql-files.ts';

/** What a day's partition stands in. */
const TABLES = ['documents', 'traces', 'facts', 'graph_minutes', 'alias_minutes'] as const;

/** One day of arrival. */
interface Slice {
  readonly day: number;
  readonly documentCount: number;
  readonly sizeBytes: number;
}

/** Oldest first. */
export async function readSlices(connection: Connection): Promise<readonly Slice[]> {
  const { database } = connection.place;
  const tables = TABLES.map((table) => localName(connection, table));
  const rows = await connection.query(readQuery('slices'), { database, tables });
  return rows.map(([day, documentCount, sizeBytes]) => ({
    day: toNumber(day),
    documentCount: toNumber(documentCount),
    sizeBytes: toNumber(sizeBytes),
  }));
}

export async function readRetainedFrom(connection: Connection): Promise<TimeUs | null> {
  const [row] = await connection.query(readQuery('retained-from'));
  const us = toNumberOrNull(row?.[0] ?? null);
  return us === null ? null : timeUs(us);
}

/** Drops whole days, oldest first; the newest stays. */
export async function dropSlices(connection: Connection, policy: RetentionPolicy): Promise<RetentionReport> {
  const slices = await readSlices(connection);
  let totalBytes = slices.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const report = { sliceCount: 0, documentCount: 0, sizeBytes: 0 };
  for (const slice of slices.slice(0, -1)) {
    const newestUs = await readNewestArrival(connection, slice.day);
    const isOld = policy.arrivedBeforeUs !== null && newestUs < policy.arrivedBeforeUs;
    if (!isOld && totalBytes <= (policy.sizeBytesMax ?? Infinity)) break;
    await drop(connection, slice.day, newestUs);
    totalBytes -= slice.sizeBytes;
    report.sliceCount += 1;
    report.documentCount += slice.documentCount;
    report.sizeBytes += slice.sizeBytes;
  }
  return report;
}

/** A day that only has facts of late ends holds nothing that arrived: its own start stands for that. */
async function readNewestArrival(connection: Connection, day: number): Promise<number> {
  const [row] = await connection.query(
    'SELECT maxOrNull(received_us) FROM documents WHERE arrived_day = toDate({day:UInt16})',
    { day },
  );
  return toNumberOrNull(row?.[0] ?? null) ?? dayStartUs(day);
}

/** First it is written down what goes: no graph counts a day of which only half is left. */
async function drop(connection: Connection, day: number, newestUs: number): Promise<void> {
  const columns = { newest_arrival_us: int64Column() };
  columns.newest_arrival_us.push(newestUs);
  await connection.insert({
    table: 'retained (newest_arrival_us)',
    block: takeBlock(columns),
    rowCount: 1,
    token: JSON.stringify(['retained', day, newestUs]),
    isRepeat: true,
  });
  const { cluster } = connection.place;
  const onCluster = cluster === null ? '' : `ON CLUSTER ${quoteName(cluster)}`;
  const date = new Date(dayStartUs(day) / 1_000).toISOString().slice(0, 10);
  // Documents last: should it break off, the day is still found, and dropped by the next call.
  for (const table of TABLES.toReversed()) {
    await connection.command(`ALTER TABLE ${localName(connection, table)} ${onCluster} DROP PARTITION '${date}'`);
  }
}

function localName(connection: Connection, table: string): string {
  return connection.place.cluster === null ? table : `${table}_local`;
}
