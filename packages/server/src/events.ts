import type { TimeUs } from '@fluoroscope/model';
import type { Unjudged } from '@fluoroscope/query';
import { destination, pino, type DestinationStream, type Logger } from 'pino';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Refusal } from './ingest/parse-batch.ts';
import { readCounter, readSum, type Counts } from './events/counts.ts';
import { findService, type ServiceName } from './events/find-service.ts';
import { watchJournal, type JournalGauges } from './events/journal-gauges.ts';
import type { RequestName } from './events/request-names.ts';
import { createServiceArrivals, type ArrivedDocument, type ServiceArrivals } from './events/service-arrivals.ts';
import { printable } from './printable.ts';
import type { LogLevel } from './settings.ts';

/** How a document came. */
export type Channel = 'http' | 'udp' | SpanChannel;

/** Those whose spans are translated to documents. */
export type SpanChannel = 'otlp' | 'zipkin' | 'jaeger';

/** Why something was lost after it reached us, without being refused to its sender. */
export type DropReason = 'journal-full' | 'journal-failed' | 'waiting-full' | 'closed' | TurnAwayReason;

/** Why a call was not let in. */
export type TurnAwayReason = 'store-behind';

export type { ConsoleCallName, RequestName, SpanCallName } from './events/request-names.ts';

/** Read when metrics are asked for. */
export interface Gauges extends JournalGauges {
  readonly journalBytes: () => number;
  readonly journalBytesMax: () => number;
  /** Durable and not yet in the store. */
  readonly backlogDocuments: () => number;
  /** How long the oldest of them has waited; NaN when nobody knows. */
  readonly backlogAgeSeconds: () => number;
  /** Received and not yet durable, refused or dropped. */
  readonly waitingDocuments: () => number;
  readonly storeBytes: () => Promise<number>;
  readonly storedTraces: () => Promise<number>;
  readonly liveListeners: () => number;
}

/** What one batch made of the journal's documents. */
export interface WrittenCounts {
  readonly storedCount: number;
  readonly duplicateCount: number;
  readonly lostCount: number;
}

export interface DaemonCounts {
  readonly records: number;
  readonly received: number;
  readonly sent: number;
  readonly spilled: number;
  readonly rejected: number;
}

export interface EventsOptions {
  readonly logLevel: LogLevel;
  /** Standard error when left out. */
  readonly logTo?: DestinationStream;
  /** Milliseconds that never go back. */
  readonly nowMs?: () => number;
}

/**
 * Everything worth telling an operator: the only module that logs or counts. No function throws, and no id or
 * name from a trace becomes a label. For documents, since the start of the process:
 *
 *   received + backlog at start = refused + dropped + stored + duplicate + waiting + backlog
 */
export interface Events {
  documentsReceived(channel: Channel, count: number, bytes: number): void;
  /** `service`: left out where it cannot be told. */
  documentRefused(channel: Channel, problem: Refusal, service?: ServiceName): void;
  /** Accepted ones of one call. */
  documentsAccepted(documents: readonly ArrivedDocument[], receivedUs: TimeUs): void;
  /** Good documents, whose they are, of a sender that was told to come back with them. */
  documentsTurnedAway(channel: Channel, reason: DropReason, services: readonly ServiceName[]): void;
  documentsDropped(channel: Channel, reason: DropReason, services: readonly ServiceName[]): void;
  /** Received and dropped: there was no room for it. */
  documentUnread(channel: Channel, reason: DropReason, text: string): void;
  /** A call that was told to come back, before anything of it was read: how many documents it has nobody knows. */
  callTurnedAway(channel: Channel, reason: TurnAwayReason): void;
  /** Spans, or a request of them, that never became documents. */
  spansRefused(channel: SpanChannel, problem: { readonly code: string; readonly message: string }, count: number): void;
  documentsJournalled(count: number): void;
  batchWritten(batch: WrittenCounts): void;
  /** A damaged part of the journal held so many, at most, that were acknowledged. */
  documentsDamaged(count: number): void;
  /** Stored documents were let go of by --retention or --retention-size. */
  documentsExpired(count: number): void;
  /** Found in the journal at start, to be stored by this process. */
  backlogAtStart(count: number): void;
  datagramReceived(sizeBytes: number): void;
  /** No frame of ours: its documents were never seen. */
  datagramRefused(problem: { readonly code: string; readonly message: string }): void;
  deliveryFailed(error: unknown): void;
  socketFailed(error: unknown): void;
  /** The kernel threw datagrams away before we could read them. */
  datagramsLostInKernel(count: number): void;
  telemetryReceived(counts: DaemonCounts): void;
  /** Traces that a search or graph left out, since they could not be held against its expression. */
  tracesUnjudged(counts: Unjudged): void;
  requestAnswered(name: RequestName, status: number): void;
  requestRefused(reason: 'host' | 'origin', value: string): void;
  /** A fault of our own; the client was shown only its request id. */
  requestFailed(name: RequestName, requestId: string, error: unknown): void;
  /** Something beside a request went wrong and was survived. */
  troubleMet(what: string, error: unknown): void;
  stateChanged(what: string): void;
  watch(gauges: Gauges): void;
  /** In Prometheus' text form. */
  printMetrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  readCounts(): Promise<Counts>;
}

/** A reason is logged once in this time, with the number held back since. */
const LOG_INTERVAL_MS = 1_000;

/** Reasons of others (receivers) become labels; this many are told apart, the rest are `other`. */
const DATAGRAM_REASONS_MAX = 16;

export function createEvents({ logLevel, logTo, nowMs = () => performance.now() }: EventsOptions): Events {
  const log = createLog(pino({ level: logLevel, base: null }, logTo ?? destination({ fd: 2, sync: true })), nowMs);
  const metrics = createMetrics();
  const arrivals = createServiceArrivals();
  return {
    ...documentEvents(metrics, arrivals, log),
    ...storageEvents(metrics, arrivals, log),
    ...datagramEvents(metrics, log),
    ...requestEvents(metrics, log),
    troubleMet: (what, error) => log.error(printable(what), { err: describeError(error) }, printable(what)),
    stateChanged: (what) => log.info(printable(what)),
    watch: (gauges) => watchGauges(metrics.registry, gauges),
    printMetrics: async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
    readCounts: () => readCounts(metrics, arrivals),
  };
}

type Metrics = ReturnType<typeof createMetrics>;

async function readCounts(metrics: Metrics, arrivals: ServiceArrivals): Promise<Counts> {
  return {
    received: await readCounter(metrics.received),
    receivedBytes: await readCounter(metrics.receivedBytes),
    refused: await readCounter(metrics.refused),
    dropped: await readCounter(metrics.dropped),
    callsTurnedAway: await readCounter(metrics.callsTurnedAway),
    spansRefused: await readCounter(metrics.spansRefused),
    datagramsRefused: await readCounter(metrics.datagramsRefused),
    stored: await readSum(metrics.stored),
    duplicate: await readSum(metrics.duplicate),
    expired: await readSum(metrics.expired),
    datagrams: await readSum(metrics.datagrams),
    kernelDrops: await readSum(metrics.kernelDrops),
    backlogAtStart: await readSum(metrics.backlogAtStart),
    ...arrivals.read(),
  };
}

type DocumentEvents = Pick<
  Events,
  | 'documentsReceived'
  | 'documentRefused'
  | 'documentsAccepted'
  | 'documentsTurnedAway'
  | 'documentsDropped'
  | 'documentUnread'
  | 'callTurnedAway'
  | 'spansRefused'
>;

function documentEvents(metrics: Metrics, arrivals: ServiceArrivals, log: Log): DocumentEvents {
  function countDropped(channel: Channel, reason: DropReason, count: number): void {
    metrics.dropped.inc({ channel, reason }, count);
    log.warn(`dropped ${channel} ${reason}`, () => ({
      fields: { channel, reason, count },
      message: 'documents dropped',
    }));
  }
  return {
    documentsReceived(channel, count, bytes) {
      metrics.received.inc({ channel }, count);
      metrics.receivedBytes.inc({ channel }, bytes);
    },
    documentRefused(channel, { code, field, message, id }, service) {
      metrics.refused.inc({ channel, code });
      arrivals.refused(channel, service);
      log.warn(`refused ${channel} ${code}`, () => ({
        fields: { channel, code, field, id: id === null ? null : printable(id) },
        message: `document refused: ${printable(message)}`,
      }));
    },
    documentsAccepted: (documents, receivedUs) => arrivals.accepted(documents, receivedUs),
    documentsTurnedAway(channel, reason, services) {
      const { length: count } = services;
      if (count === 0) return;
      metrics.refused.inc({ channel, code: reason }, count);
      arrivals.lost('refused', services);
      log.warn(`turned away ${channel} ${reason}`, () => ({
        fields: { channel, reason, count },
        message: 'documents turned away',
      }));
    },
    documentsDropped(channel, reason, services) {
      if (services.length === 0) return;
      countDropped(channel, reason, services.length);
      arrivals.lost('dropped', services);
    },
    documentUnread(channel, reason, text) {
      metrics.received.inc({ channel });
      metrics.receivedBytes.inc({ channel }, text.length);
      countDropped(channel, reason, 1);
      arrivals.unread(channel, findService(text));
    },
    callTurnedAway(channel, reason) {
      metrics.callsTurnedAway.inc({ channel, reason });
      log.warn(`not let in ${channel} ${reason}`, () => ({
        fields: { channel, reason },
        message: 'a call was told to come back',
      }));
    },
    spansRefused(channel, { code, message }, count) {
      metrics.spansRefused.inc({ channel, code }, count);
      log.warn(`spans ${channel} ${code}`, () => ({
        fields: { channel, code, count },
        message: `spans refused: ${printable(message)}`,
      }));
    },
  };
}

type StorageEvents = Pick<
  Events,
  'documentsJournalled' | 'batchWritten' | 'documentsDamaged' | 'documentsExpired' | 'backlogAtStart'
>;

/** Where documents were lost that came by any channel. */
const JOURNAL = 'journal';

function storageEvents(metrics: Metrics, arrivals: ServiceArrivals, log: Log): StorageEvents {
  return {
    documentsJournalled: (count) => metrics.journalled.inc(count),
    batchWritten({ storedCount, duplicateCount, lostCount }) {
      metrics.stored.inc(storedCount);
      metrics.duplicate.inc(duplicateCount);
      if (lostCount === 0) return;
      metrics.dropped.inc({ channel: JOURNAL, reason: 'unreadable' }, lostCount);
      arrivals.lostInJournal(JOURNAL, lostCount);
      log.warn('lost', () => ({
        fields: { count: lostCount },
        message: 'documents in the journal could not be read back',
      }));
    },
    documentsExpired(count) {
      metrics.expired.inc(count);
      log.info(`retention let go of ${count} documents`);
    },
    documentsDamaged(count) {
      if (count === 0) return;
      metrics.dropped.inc({ channel: JOURNAL, reason: 'damaged' }, count);
      arrivals.lostInJournal(JOURNAL, count);
    },
    backlogAtStart: (count) => metrics.backlogAtStart.set(count),
  };
}

type DatagramEvents = Pick<
  Events,
  | 'datagramReceived'
  | 'datagramRefused'
  | 'datagramsLostInKernel'
  | 'deliveryFailed'
  | 'socketFailed'
  | 'telemetryReceived'
>;

function datagramEvents(metrics: Metrics, log: Log): DatagramEvents {
  const boundedReason = boundLabels(DATAGRAM_REASONS_MAX);
  return {
    datagramReceived: () => metrics.datagrams.inc(),
    datagramRefused({ code, message }) {
      const reason = boundedReason(code);
      metrics.datagramsRefused.inc({ reason });
      log.warn(`datagram ${reason}`, () => ({
        fields: { reason },
        message: `datagram refused (${printable(message)})`,
      }));
    },
    datagramsLostInKernel(count) {
      if (count === 0) return;
      metrics.kernelDrops.inc(count);
      log.warn('kernel drops', () => ({
        fields: { count },
        message: 'the kernel dropped datagrams: raise udp-buffer, and net.core.rmem_max on Linux',
      }));
    },
    deliveryFailed(error) {
      metrics.datagramsRefused.inc({ reason: 'internal' });
      log.error('delivery', { err: describeError(error) }, 'a datagram could not be taken');
    },
    socketFailed: (error) => log.error('socket', { err: describeError(error) }, 'the UDP socket failed'),
    telemetryReceived(counts) {
      for (const [what, count] of Object.entries(counts)) if (count > 0) metrics.daemons.inc({ what }, count);
    },
  };
}

type RequestEvents = Pick<Events, 'requestAnswered' | 'requestRefused' | 'requestFailed' | 'tracesUnjudged'>;

function requestEvents(metrics: Metrics, log: Log): RequestEvents {
  return {
    requestAnswered: (operation, status) => metrics.requests.inc({ operation, status }),
    requestRefused(reason, value) {
      metrics.guarded.inc({ reason });
      log.warn(`guard ${reason}`, () => ({
        fields: { reason, value: printable(value) },
        message: 'request refused by the guard',
      }));
    },
    tracesUnjudged({ giantCount, costlyCount, unreadableCount }) {
      if (giantCount > 0) metrics.unjudged.inc({ reason: 'giant' }, giantCount);
      if (costlyCount > 0) metrics.unjudged.inc({ reason: 'costly' }, costlyCount);
      if (unreadableCount > 0) metrics.unjudged.inc({ reason: 'unreadable' }, unreadableCount);
    },
    requestFailed(operation, requestId, error) {
      log.error(`failed ${operation}`, { operation, requestId, err: describeError(error) }, 'request failed');
    },
  };
}

interface Log {
  readonly info: (message: string) => void;
  /** At most once in `LOG_INTERVAL_MS` for a reason; what is held back is not even put together. */
  readonly warn: (reason: string, line: () => { readonly fields: object; readonly message: string }) => void;
  readonly error: (reason: string, fields: object, message: string) => void;
}

function createLog(log: Logger, nowMs: () => number): Log {
  const limited = createRateLimit(nowMs);
  return {
    info: (message) => log.info(message),
    warn(reason, line) {
      const heldBack = limited(reason);
      if (heldBack === null) return;
      const { fields, message } = line();
      log.warn({ ...fields, heldBack }, message);
    },
    error(reason, fields, message) {
      const heldBack = limited(reason);
      if (heldBack !== null) log.error({ ...fields, heldBack }, message);
    },
  };
}

function boundLabels(labelsMax: number): (label: string) => string {
  const known = new Set<string>();
  return (label) => {
    if (known.size < labelsMax) known.add(label);
    return known.has(label) ? label : 'other';
  };
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: printable(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const cause = error.cause === undefined ? undefined : describeError(error.cause);
  return {
    name: error.name,
    code,
    message: printable(error.message),
    stack: printable(error.stack ?? '', 4_000),
    cause,
  };
}

/** Null: held back. Otherwise how many were since the last one let through. */
function createRateLimit(nowMs: () => number): (reason: string) => number | null {
  const byReason = new Map<string, { nextMs: number; heldBack: number }>();
  return (reason) => {
    const state = byReason.get(reason) ?? { nextMs: Number.NEGATIVE_INFINITY, heldBack: 0 };
    byReason.set(reason, state);
    const now = nowMs();
    if (now < state.nextMs) {
      state.heldBack += 1;
      return null;
    }
    const { heldBack } = state;
    state.nextMs = now + LOG_INTERVAL_MS;
    state.heldBack = 0;
    return heldBack;
  };
}

function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  function counter<const Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `fluoroscope_${name}`, help, labelNames, registers });
  }
  return {
    registry,
    received: counter('documents_received_total', 'Documents that arrived.', 'channel'),
    receivedBytes: counter('documents_received_bytes_total', 'Their size.', 'channel'),
    refused: counter('documents_refused_total', 'Documents refused, by error code.', 'channel', 'code'),
    dropped: counter('documents_dropped_total', 'Documents lost after arrival, by reason.', 'channel', 'reason'),
    callsTurnedAway: counter(
      'calls_turned_away_total',
      'Calls that bring documents, told to come back before they were read, by reason.',
      'channel',
      'reason',
    ),
    spansRefused: counter(
      'spans_refused_total',
      'Spans, or requests of spans that could not be read, refused before they became documents.',
      'channel',
      'code',
    ),
    journalled: counter('documents_journalled_total', 'Documents made durable.'),
    stored: counter('documents_stored_total', 'Documents written to the store.'),
    expired: counter('documents_expired_total', 'Stored documents let go of by retention.'),
    duplicate: counter('documents_duplicate_total', 'Documents that were in the store already.'),
    datagrams: counter('datagrams_received_total', 'Datagrams that arrived.'),
    datagramsRefused: counter('datagrams_refused_total', 'Datagrams that are no segment frame.', 'reason'),
    kernelDrops: counter('udp_kernel_drops_total', 'Datagrams the kernel dropped.'),
    daemons: counter('daemon_segments_total', 'What daemons say of themselves in telemetry.', 'what'),
    unjudged: counter('search_traces_unjudged_total', 'Traces that could not be held against an expression.', 'reason'),
    requests: counter('requests_total', 'HTTP requests answered.', 'operation', 'status'),
    guarded: counter('requests_guarded_total', 'HTTP requests refused for their Host or Origin.', 'reason'),
    backlogAtStart: new Gauge({
      name: 'fluoroscope_backlog_at_start_documents',
      help: 'Durable documents that were not in the store when this process started.',
      registers,
    }),
  } as const;
}

const GAUGE_HELP: { readonly [Key in NumberGauge]: readonly [name: string, help: string] } = {
  journalBytes: ['journal_bytes', 'Size of the journal.'],
  journalBytesMax: ['journal_bytes_max', 'Size at which the journal refuses.'],
  backlogDocuments: ['backlog_documents', 'Durable documents that are not in the store yet.'],
  backlogAgeSeconds: ['backlog_age_seconds', 'How long the oldest of them has waited. NaN: not known.'],
  waitingDocuments: ['waiting_documents', 'Received documents that are not durable, refused or dropped yet.'],
  storeBytes: ['store_bytes', 'Size of the store on disk.'],
  storedTraces: ['store_traces', 'Traces in the store.'],
  liveListeners: ['live_listeners', 'Consoles listening for changes.'],
};

type NumberGauge = Exclude<keyof Gauges, keyof JournalGauges>;

function watchGauges(registry: Registry, gauges: Gauges): void {
  function watchGauge(key: NumberGauge): void {
    const [name, help] = GAUGE_HELP[key];
    const read: () => number | Promise<number> = gauges[key];
    const gauge = new Gauge({
      name: `fluoroscope_${name}`,
      help,
      registers: [registry],
      async collect() {
        try {
          gauge.set(await read());
        } catch {
          // A store that cannot be asked must not take the other figures with it.
          gauge.set(Number.NaN);
        }
      },
    });
  }
  watchGauge('journalBytes');
  watchGauge('journalBytesMax');
  watchGauge('backlogDocuments');
  watchGauge('backlogAgeSeconds');
  watchGauge('waitingDocuments');
  watchGauge('storeBytes');
  watchGauge('storedTraces');
  watchGauge('liveListeners');
  watchJournal(registry, gauges);
}
