import { timeUs, type TimeUs } from '@fluoroscope/model';
import type { StoredDay } from './trace-store.ts';

const DAY_US = 86_400_000_000;

/** A part of a store; `receivedUs` of its newest document, null without any. */
export interface StoredPart extends Pick<StoredDay, 'documentCount' | 'sizeBytes'> {
  readonly receivedUs: TimeUs | null;
}

/** Parts by the day of UTC; one without documents goes with the part before it. */
export function sumByDay(parts: readonly StoredPart[]): readonly StoredDay[] {
  const days = new Map<number, StoredDay>();
  let day = parts.find(({ receivedUs }) => receivedUs !== null)?.receivedUs ?? 0;
  for (const { receivedUs, documentCount, sizeBytes } of parts) {
    day = receivedUs ?? day;
    const startUs = timeUs(day - (day % DAY_US));
    const sum = days.get(startUs);
    days.set(startUs, {
      startUs,
      documentCount: (sum?.documentCount ?? 0) + documentCount,
      sizeBytes: (sum?.sizeBytes ?? 0) + sizeBytes,
    });
  }
  return [...days.values()].sort((a, b) => a.startUs - b.startUs);
}
