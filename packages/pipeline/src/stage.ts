import type { SentSpan, TraceDocument } from '@fluoroscope/model';

/** A document on its way through a pipeline. Whoever changes the document makes a parcel of it and its size alone. */
export interface Parcel {
  /** Read when somebody asks for it first. */
  readonly document: TraceDocument;
  /** Size as JSON when it was received: what queues count. Processors that change a document leave it as it is. */
  readonly bytes: number;
  /** The document as JSON in one line, as long as it is as it was received. */
  readonly text?: string | undefined;
  /** Likewise the span that it was made of; null when it stands for none. */
  readonly sentSpan?: SentSpan | null | undefined;
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

/** The same parcel when the document is still the same. */
export function withDocument(parcel: Parcel, document: TraceDocument): Parcel {
  return document === parcel.document ? parcel : { document, bytes: parcel.bytes };
}

export function textOf(parcel: Parcel): string {
  return parcel.text ?? JSON.stringify(parcel.document);
}

export function bytesOf(parcels: readonly Parcel[]): number {
  let bytes = 0;
  for (const parcel of parcels) bytes += parcel.bytes;
  return bytes;
}
