import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Every count of a collector; it outlives reloads. */
export interface Metrics {
  readonly accepted: (receiver: string, count: number) => void;
  readonly refused: (receiver: string, count: number, reason: string) => void;
  readonly turnedAway: (receiver: string, count: number) => void;
  readonly lost: (receiver: string, count: number, reason: string) => void;
  readonly filtered: (pipeline: string, processor: string, count: number) => void;
  readonly dropped: (pipeline: string, processor: string, count: number, reason: string) => void;
  /** `policy` is null for a trace that is not kept. */
  readonly traceDecided: (pipeline: string, processor: string, policy: string | null) => void;
  readonly overflowed: (pipeline: string, processor: string, what: string) => void;
  readonly unshared: (pipeline: string, processor: string) => void;
  readonly sent: (exporter: string, count: number) => void;
  readonly failed: (exporter: string, count: number, reason: string) => void;
  readonly retried: (exporter: string) => void;
  readonly queued: (exporter: string, count: number) => void;
  readonly storageDamaged: (exporter: string, batches: number) => void;
  readonly reloaded: (isGood: boolean) => void;
  /** In Prometheus's text format. */
  readonly print: () => Promise<string>;
}

const PREFIX = 'fluoroscope_collector_';

export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry = new Registry()] = registers;
  collectDefaultMetrics({ register: registry });
  const counter = <Name extends string>(name: string, help: string, labelNames: Name[]): Counter<Name> =>
    new Counter({ name: `${PREFIX}${name}_total`, help, labelNames, registers });

  const accepted = counter('receiver_accepted_documents', 'Taken by the pipelines', ['receiver']);
  const refused = counter('receiver_refused_documents', 'Ill-formed spans, documents and requests', [
    'receiver',
    'reason',
  ]);
  const turnedAway = counter('receiver_turned_away_documents', 'Not taken for the moment; senders may come again', [
    'receiver',
  ]);
  const lost = counter('receiver_lost_documents', 'Lost, of senders that are not told', ['receiver', 'reason']);
  const filtered = counter('processor_filtered_documents', 'Not sampled', ['pipeline', 'processor']);
  const dropped = counter('processor_dropped_documents', 'Lost', ['pipeline', 'processor', 'reason']);
  const traces = counter('processor_sampled_traces', 'Decisions of tail sampling; policy "" for traces not kept', [
    'pipeline',
    'processor',
    'policy',
  ]);
  const overflowed = counter('processor_overflows', 'Traces decided on early, or forgotten: a limit was too small', [
    'pipeline',
    'processor',
    'what',
  ]);
  const unshared = counter('processor_unshared_trace_ids', 'Given without asking other collectors, who were away', [
    'pipeline',
    'processor',
  ]);
  const sent = counter('exporter_sent_documents', 'Delivered', ['exporter']);
  const failed = counter('exporter_failed_documents', 'Lost, or refused by the far end', ['exporter', 'reason']);
  const retried = counter('exporter_retries', 'Batches that were sent once more', ['exporter']);
  const damagedBatches = counter('exporter_storage_damaged_batches', 'On disk, and cannot be read', ['exporter']);
  const reloads = counter('reloads', 'Configurations read on SIGHUP', ['result']);
  const queued = new Gauge({
    name: `${PREFIX}exporter_queue_documents`,
    help: 'Waiting or being sent',
    labelNames: ['exporter'],
    registers,
  });

  return {
    accepted: (receiver, count) => accepted.inc({ receiver }, count),
    refused: (receiver, count, reason) => refused.inc({ receiver, reason }, count),
    turnedAway: (receiver, count) => turnedAway.inc({ receiver }, count),
    lost: (receiver, count, reason) => lost.inc({ receiver, reason }, count),
    filtered: (pipeline, processor, count) => filtered.inc({ pipeline, processor }, count),
    dropped: (pipeline, processor, count, reason) => dropped.inc({ pipeline, processor, reason }, count),
    traceDecided: (pipeline, processor, policy) => traces.inc({ pipeline, processor, policy: policy ?? '' }),
    overflowed: (pipeline, processor, what) => overflowed.inc({ pipeline, processor, what }),
    unshared: (pipeline, processor) => unshared.inc({ pipeline, processor }),
    sent: (exporter, count) => sent.inc({ exporter }, count),
    failed: (exporter, count, reason) => failed.inc({ exporter, reason }, count),
    retried: (exporter) => retried.inc({ exporter }),
    queued: (exporter, count) => queued.set({ exporter }, count),
    storageDamaged: (exporter, batches) => damagedBatches.inc({ exporter }, batches),
    reloaded: (isGood) => reloads.inc({ result: isGood ? 'ok' : 'refused' }),
    print: () => registry.metrics(),
  };
}
