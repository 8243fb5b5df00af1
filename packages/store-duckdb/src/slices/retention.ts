import { BIGINT, type DuckDBConnection } from '@duckdb/node-api';
import { timeUs, type TimeUs } from '@fluoroscope/model';
import type { RetentionPolicy, RetentionReport } from '@fluoroscope/store';
import type { Gate } from '../gate.ts';
import type { Catalog } from './catalog.ts';
import type { Merger } from './merger.ts';
import type { Slice } from './slice.ts';

/** How many slices, from the oldest on, the policy lets go; the newest stays. `otherBytes` is what the store takes beside slices. */
export function planRetention(
  slices: readonly Pick<Slice, 'lastReceivedUs' | 'sizeBytes'>[],
  { arrivedBeforeUs, sizeBytesMax }: RetentionPolicy,
  otherBytes: number,
): number {
  let sizeBytes = slices.reduce((sum, slice) => sum + slice.sizeBytes, otherBytes);
  let count = 0;
  for (const slice of slices.slice(0, -1)) {
    const isOld = arrivedBeforeUs !== null && (slice.lastReceivedUs ?? -Infinity) < arrivedBeforeUs;
    const isTooMuch = sizeBytesMax !== null && sizeBytes > sizeBytesMax;
    if (!isOld && !isTooMuch) break;
    sizeBytes -= slice.sizeBytes;
    count += 1;
  }
  return count;
}

export interface RetentionOptions {
  readonly connection: DuckDBConnection;
  readonly gate: Gate;
  readonly catalog: Catalog;
  readonly merger: Merger;
  readonly otherBytes: number;
  readonly free: (slice: Slice) => Promise<void>;
}

export async function retainSlices(policy: RetentionPolicy, options: RetentionOptions): Promise<RetentionReport> {
  const { connection, gate, catalog, merger, otherBytes } = options;
  if (planRetention(catalog.slices, policy, otherBytes) === 0) return report([]);
  // A merge may be at work on what is to go.
  using _hold = await merger.hold();
  const dropped = catalog.slices.slice(0, planRetention(catalog.slices, policy, otherBytes));
  const last = dropped.at(-1);
  if (last === undefined) return report([]);
  const retainedFromUs = newestArrival(dropped, catalog.retainedFromUs);
  // First, and for good: a crash from here on leaves files that the next start knows to be let go.
  await connection.run(
    'UPDATE store.main.retention SET dropped_through_order = $1, retained_from_us = $2',
    [BigInt(last.lastOrder), retainedFromUs === null ? null : BigInt(retainedFromUs)],
    [BIGINT, BIGINT],
  );
  await gate(async () => {
    // Of use to older slices only, and now there are none.
    const oldest = catalog.slices[dropped.length]?.orderNo ?? last.orderNo;
    await connection.run('DELETE FROM memory.main.superseded WHERE order_no <= $1', [BigInt(oldest)], [BIGINT]);
    catalog.retainFrom(retainedFromUs);
    catalog.replace(dropped, null, async (slice) => {
      if (slice.kind === 'slice') await options.free(slice);
    });
  });
  await catalog.settled();
  return report(dropped);
}

function newestArrival(slices: readonly Slice[], before: TimeUs | null): TimeUs | null {
  const arrivals = [before, ...slices.map(({ lastReceivedUs }) => lastReceivedUs)].filter((us) => us !== null);
  return arrivals.length === 0 ? null : timeUs(Math.max(...arrivals));
}

function report(dropped: readonly Slice[]): RetentionReport {
  return {
    sliceCount: dropped.length,
    documentCount: dropped.reduce((sum, { documentCount }) => sum + documentCount, 0),
    sizeBytes: dropped.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}
