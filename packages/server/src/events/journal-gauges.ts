import type { PartitionLag } from '@fluoroscope/journal';
import { Gauge, type Registry } from 'prom-client';

export interface JournalGauges {
  readonly journalKind: () => 'file' | 'kafka';
  /** By partition of a Kafka topic; none with the file journal. */
  readonly journalLags: () => readonly PartitionLag[];
}

export function watchJournal(registry: Registry, { journalKind, journalLags }: JournalGauges): void {
  const registers = [registry];
  const name = 'fluoroscope_journal_info';
  const info = new Gauge({ name, help: 'Which journal is in use.', labelNames: ['kind'], registers });
  info.set({ kind: journalKind() }, 1);
  const lag = new Gauge({
    name: 'fluoroscope_journal_lag_records',
    help: "Records of a topic's partition that the store does not show yet; owner: the process that stores them.",
    labelNames: ['partition', 'owner'],
    registers,
    collect() {
      lag.reset();
      for (const { partition, isOurs, lagCount } of journalLags()) {
        lag.set({ partition, owner: isOurs ? 'self' : 'other' }, lagCount);
      }
    },
  });
}
