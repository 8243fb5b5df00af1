import { readChangedRows, StoreError, type StoreBatch, type TraceRow } from '@fluoroscope/store';
import type { Connection } from './connection.ts';
import { createBatchEncoder } from './encode/batch.ts';
import { minuteOf } from './encode/days.ts';
import type { LeftPlace } from './encode/traces.ts';
import type { KnownTraces } from './known-traces.ts';
import { createMarks } from './marks.ts';
import { writeMark, type OriginProgress } from './progress.ts';
import { readStartMinutes } from './readers/start-minutes.ts';

export interface Writer {
  /** What an opened store must know. */
  load(): Promise<void>;
  /** One after another. */
  write(batch: StoreBatch): Promise<void>;
  /** As stored; also what other processes wrote is known from then on. */
  readProgress(origin: string): Promise<OriginProgress>;
}

/**
 * A batch is several inserts, and a crash may come between any two:
 *
 *   mark "begun" → facts → traces → documents → mark "done"
 *
 * Each insert is one block of one day with a token of its own, so that writing the same batch again adds what is missing
 * and nothing else. Documents come last: until they are there, who forms the batch again finds the traces as they were.
 */
export function createWriter(connection: Connection, known: KnownTraces): Writer {
  const encoder = createBatchEncoder();
  const marks = createMarks(connection, known);
  let lastPosition = 0;

  async function write(batch: StoreBatch, before: OriginProgress): Promise<void> {
    const { origin, sequence } = batch;
    const isRepeat = before.begunSequence === sequence;
    const position = isRepeat ? before.begunPosition : Math.max(Date.now() * 1_000, before.nextPosition, lastPosition);
    const nextPosition = position + Math.max(batch.documents.length, 1);
    const rows = await readChangedRows(batch.traces);
    const left = await findLeftPlaces(connection, known, rows, position);
    const mark = { origin, sequence, writtenUs: position };
    const inserts = encoder.encode({ batch, rows, left, mark, isRepeat });
    using _writing = marks.begin(origin);
    if (!isRepeat && inserts.length > 0) {
      await writeMark(connection, { state: 'begun', origin, sequence, position, nextPosition });
      await marks.checkAlone(origin, sequence, before);
    }
    for (const insert of inserts) await connection.insert(insert);
    await writeMark(connection, { state: 'done', origin, sequence, position, nextPosition });
    lastPosition = Math.max(lastPosition, nextPosition);
    marks.done(origin, { doneSequence: sequence, begunSequence: sequence, begunPosition: position, nextPosition });
    for (const { traceId, startUs } of rows) known.add(traceId, minuteOf(startUs));
  }

  return {
    load: () => marks.load(),
    readProgress: (origin) => marks.read(origin),
    async write(batch) {
      const before = await marks.of(batch.origin);
      if (batch.sequence <= before.doneSequence) return;
      refuseAnother(batch, before);
      try {
        await write(batch, before);
      } catch (error) {
        if (error instanceof RangeError) throw new StoreError('failed', error.message, { cause: error });
        throw error;
      }
    },
  };
}

/** Half of a batch is stored: only the same one can make it whole. */
function refuseAnother({ origin, sequence }: StoreBatch, { begunSequence, doneSequence }: OriginProgress): void {
  if (begunSequence <= doneSequence || begunSequence === sequence) return;
  throw new StoreError(
    'failed',
    `the batch of ${origin} that ends with ${begunSequence} was left unfinished: the next one must be made of the same records, and ends with ${sequence}`,
  );
}

/** Rows whose start moved to another minute leave a place behind that must not be found any more. */
async function findLeftPlaces(
  connection: Connection,
  known: KnownTraces,
  rows: readonly TraceRow[],
  beforeUs: number,
): Promise<readonly LeftPlace[]> {
  const asked = rows.filter(({ traceId }) => known.startMinuteOf(traceId) === undefined && known.mayKnow(traceId));
  const stored = await readStartMinutes(
    connection,
    asked.map(({ traceId }) => traceId),
    beforeUs,
  );
  return rows.flatMap(({ traceId, startUs }) => {
    const startMinute = known.startMinuteOf(traceId) ?? stored.get(traceId);
    return startMinute === undefined || startMinute === minuteOf(startUs) ? [] : [{ traceId, startMinute }];
  });
}
