import type { TimeUs } from '@fluoroscope/model';
import type { BatchStore, Consumer, ExporterEvents, ProcessorEvents, ServerTls, Stage } from '@fluoroscope/pipeline';
import type { ListenAddress } from '../config/kinds.ts';
import type { ServerTlsFiles } from './tls.ts';

// What the kinds of components make of their configuration: something to be opened or built later, so that a file is
// checked as a whole before anything of it runs.

export type CollectorEnvironment = Readonly<Record<string, string | undefined>>;

/** Where a listener's documents go; a reload puts others in its place. */
export interface ReceiverPort {
  readonly next: Consumer;
  readonly events: ReceiverEvents;
}

export interface ReceiverEvents {
  readonly accepted: (count: number) => void;
  readonly refused: (count: number, reason: string, message: string) => void;
  readonly turnedAway: (count: number) => void;
  /** Lost: a sender that is not told. */
  readonly dropped: (count: number, reason: string) => void;
  readonly troubled: (what: string, error: unknown) => void;
}

/** A port to be opened. Two with the same key are the same listener, which outlives a reload. */
export interface ListenerPlan {
  /** `otlp/grpc localhost:4317` */
  readonly key: string;
  readonly protocol: string;
  /** `tcp 0.0.0.0:4317`; null for any free port. */
  readonly address: string | null;
  /** Null: plain. */
  readonly tls: ServerTlsFiles | null;
  /** Resolves with where it listens. Rejects with PipelineError. */
  readonly open: (port: () => ReceiverPort, tls: ServerTls | null) => Promise<OpenListener>;
}

export interface OpenListener extends AsyncDisposable {
  /** host:port, as bound. */
  readonly address: string;
  /** New connections see these; not called for a plain one. */
  readonly renewTls: (tls: ServerTls) => void;
}

export interface ProcessorContext {
  readonly events: ProcessorEvents;
  readonly nowUs: () => TimeUs;
  /** By the first policy that wanted the trace; null when none did. */
  readonly traceDecided: (policy: string | null) => void;
  /** Before its time, or forgotten before its time: something was too small. */
  readonly overflowed: (what: 'decided-early' | 'trace-id-forgotten') => void;
  /** A trace got an id that other collectors were not asked about. */
  readonly unshared: (why: string) => void;
  readonly troubled: (what: string, error: unknown) => void;
}

/** Rejects when something that it needs cannot be had. */
export type BuildProcessor = (
  next: Consumer,
  context: ProcessorContext,
) => Consumer | Stage | Promise<Consumer | Stage>;

export interface ExporterContext {
  readonly events: ExporterEvents;
  readonly write: (line: string) => void;
  readonly nowMs: () => number;
  /** How long it tries to deliver what it holds when it is disposed. */
  readonly drainMs: number;
  readonly troubled: (what: string, error: unknown) => void;
  /** Batches on disk that cannot be read. */
  readonly damaged: (batches: number) => void;
  /** What waits for this exporter, on disk. Rejects when it cannot be opened. */
  readonly openStore: (extension: string, bytesMax: number) => Promise<BatchStore>;
}

export type Extension = Storage | HealthCheck;

/** `health_check`: answers probes. */
export interface HealthCheck {
  readonly kind: 'health';
  readonly at: ListenAddress;
  readonly path: string;
}

/** `file_storage`: where queues are kept. */
export interface Storage {
  readonly kind: 'storage';
  readonly directory: string;
  /** Survives a cut of power as well. */
  readonly fsync: boolean;
}

export type BuildExporter = (context: ExporterContext) => Promise<Stage>;
