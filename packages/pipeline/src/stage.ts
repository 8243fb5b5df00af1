import type { TraceDocument } from '@fluoroscope/model';

/** A document on its way through a pipeline. */
export interface Parcel {
  readonly document: TraceDocument;
  /** Size as JSON when it was received: what queues count. Processors that change a document leave it as it is. */
  readonly bytes: number;
}

/** The next part of a pipeline. */
export interface Consumer {
  /**
   * Resolves once the parcels are taken: from then on they are the consumer's to deliver or to count as lost. Rejects with
   * PipelineError `full` when none was taken and the sender may come again; what some took already, its `rest` hands to the others.
   */
  readonly consume: (parcels: readonly Parcel[]) => Promise<void>;
}

/** A part with a life of its own: disposing it hands on, or counts as lost, what it holds. */
export interface Stage extends Consumer, AsyncDisposable {}

/** What a processor tells about documents that it does not hand on. */
export interface ProcessorEvents {
  /** As the configuration wants it: not sampled. */
  readonly filtered: (count: number) => void;
  /** Lost. The reason is one of few words, for a counter's label. */
  readonly dropped: (count: number, reason: string) => void;
}

export function bytesOf(parcels: readonly Parcel[]): number {
  let bytes = 0;
  for (const parcel of parcels) bytes += parcel.bytes;
  return bytes;
}
