import { readAcceptedDocument, type TraceDocument } from '@fluoroscope/model';
import { PipelineError } from '../pipeline-error.ts';
import type { Consumer, Parcel, ProcessorEvents } from '../stage.ts';

/** Tests only: a segment with what `change` says; ids are told by their last digits. */
export function segment(change: object = {}): TraceDocument {
  return readAcceptedDocument(
    JSON.stringify({
      id: '53995c3f42cd8ad8',
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      name: 'shop',
      start_time: 1_700_000_000.25,
      end_time: 1_700_000_000.5,
      ...change,
    }),
  );
}

export function parcel(change: object = {}, bytes = 100): Parcel {
  return { document: segment(change), bytes };
}

/** Segments of one trace each, told apart by a number. */
export function parcels(count: number, bytes = 100): readonly Parcel[] {
  return Array.from({ length: count }, (_, at) => parcel({ trace_id: traceIdOf(at), id: idOf(at) }, bytes));
}

export function traceIdOf(at: number): string {
  return `1-5759e988-${at.toString(16).padStart(24, '0')}`;
}

export function idOf(at: number): string {
  return (at + 1).toString(16).padStart(16, '0');
}

export interface Sink extends Consumer {
  readonly calls: (readonly Parcel[])[];
  readonly documents: () => readonly TraceDocument[];
  isFull: boolean;
}

export function createSink(): Sink {
  const calls: (readonly Parcel[])[] = [];
  const sink: Sink = {
    calls,
    documents: () => calls.flat().map(({ document }) => document),
    isFull: false,
    async consume(taken) {
      if (sink.isFull) throw new PipelineError('full', 'test');
      calls.push(taken);
    },
  };
  return sink;
}

export interface Counted extends ProcessorEvents {
  readonly counts: Record<string, number>;
}

export function countEvents(): Counted {
  const counts: Record<string, number> = {};
  const add = (name: string, count: number): void => void (counts[name] = (counts[name] ?? 0) + count);
  return {
    counts,
    filtered: (count) => add('filtered', count),
    dropped: (count, reason) => add(`dropped ${reason}`, count),
  };
}
