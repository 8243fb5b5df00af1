import type { StoreBatch, TraceRow } from '@fluoroscope/store';
import type { Insert } from '../connection.ts';
import { documentsByDay, factsByDay, tracesByDay } from './days.ts';
import { createDocumentsEncoder } from './documents.ts';
import { createFactsEncoder } from './facts.ts';
import { createTracesEncoder, type BatchMark, type LeftPlace } from './traces.ts';

export interface BatchParts {
  readonly batch: StoreBatch;
  /** One a trace. */
  readonly rows: readonly TraceRow[];
  readonly left: readonly LeftPlace[];
  readonly mark: BatchMark;
  readonly isRepeat: boolean;
}

export interface BatchEncoder {
  /** In the order in which they are to be written; each of one table and one day. Throws a RangeError for what cannot be stored. */
  encode(parts: BatchParts): readonly Insert[];
}

export function createBatchEncoder(): BatchEncoder {
  const documents = createDocumentsEncoder();
  const traces = createTracesEncoder();
  const facts = createFactsEncoder();
  return {
    encode({ batch, rows, left, mark, isRepeat }) {
      const inserts: Insert[] = [];
      const add = (table: string, day: number, block: Buffer, rowCount: number): void => {
        const token = JSON.stringify([batch.origin, batch.sequence, table, day]);
        inserts.push({ table, block, rowCount, token, isRepeat });
      };
      for (const some of factsByDay(batch, rows)) add('facts', some.day, facts.encode(some), some.rows.length);
      const leftBy = new Map(left.map((place) => [place.traceId, place]));
      for (const some of tracesByDay(rows)) {
        const gone = some.rows.flatMap(({ traceId }) => leftBy.get(traceId) ?? []);
        add('traces', some.day, traces.encode(some, gone, mark), some.rows.length + gone.length);
      }
      for (const some of documentsByDay(batch)) {
        add('documents', some.day, documents.encode(some, mark.writtenUs), some.rows.length);
      }
      return inserts;
    },
  };
}
