import type { HistogramEntry } from '@fluoroscope/api';
import type { InputOf, OperationName, OutputOf } from '@fluoroscope/api/operations';
import type { WireHistogram } from '@fluoroscope/query';

/**
 * Answers one operation; knows no transport. Throws ApiError for what the client did wrong or must wait for. The signal says that nobody
 * waits for the answer any more.
 */
export type Handler<Name extends OperationName> = (
  input: InputOf<Name>,
  signal?: AbortSignal,
) => Promise<Packed<OutputOf<Name>>>;

export type Handlers = { readonly [Name in OperationName]: Handler<Name> };

/** The same JSON, with histograms that are not made of entries yet. */
export type Packed<Output> = Output extends readonly HistogramEntry[]
  ? WireHistogram
  : Output extends readonly (infer Item)[]
    ? readonly Packed<Item>[]
    : Output extends object
      ? { readonly [Member in keyof Output]: Packed<Output[Member]> }
      : Output;
