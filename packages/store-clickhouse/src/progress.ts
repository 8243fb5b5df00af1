import type { StoreProgress } from '@fluoroscope/store';
import type { Connection } from './connection.ts';
import { takeBlock } from './native/block.ts';
import { int64Column, int8Column, textColumn, uint64Column } from './native/column.ts';
import { toNumber, toText } from './readers/values.ts';
import { readQuery } from './sql-files.ts';

/** One origin's marks: a batch is begun before its first row is written, and done after its last. */
export interface OriginProgress {
  readonly doneSequence: number;
  /** Above `doneSequence` while a batch is under way, or when one was left half written. */
  readonly begunSequence: number;
  /** Of the begun batch's first document. */
  readonly begunPosition: number;
  /** For the next batch: its positions and its rows' `written_us` start here or later. */
  readonly nextPosition: number;
}

export const NOTHING_DONE: OriginProgress = { doneSequence: 0, begunSequence: 0, begunPosition: 0, nextPosition: 0 };

export interface Mark {
  readonly state: 'begun' | 'done';
  readonly origin: string;
  readonly sequence: number;
  readonly position: number;
  readonly nextPosition: number;
}

const STATES = { begun: 0, done: 1 } as const;
const STATE_TYPE = "Enum8('begun' = 0, 'done' = 1)";

export async function readAllProgress(connection: Connection): Promise<ReadonlyMap<string, OriginProgress>> {
  const rows = await connection.query(readQuery('progress'));
  return new Map(
    rows.map(([origin, begun, done, position, next]) => [
      toText(origin),
      {
        begunSequence: toNumber(begun),
        doneSequence: toNumber(done),
        begunPosition: toNumber(position),
        nextPosition: toNumber(next),
      },
    ]),
  );
}

export async function writeMark(connection: Connection, mark: Mark): Promise<void> {
  const columns = {
    origin: textColumn(),
    state: int8Column(STATE_TYPE),
    sequence: uint64Column(),
    position: int64Column(),
    next_position: int64Column(),
  };
  columns.origin.push(mark.origin);
  columns.state.push(STATES[mark.state]);
  columns.sequence.push(mark.sequence);
  columns.position.push(mark.position);
  columns.next_position.push(mark.nextPosition);
  await connection.insert({
    table: 'progress (origin, state, sequence, position, next_position)',
    block: takeBlock(columns),
    rowCount: 1,
    token: JSON.stringify([mark.origin, mark.sequence, mark.state]),
    isRepeat: true,
  });
}

export function toStoreProgress({ doneSequence, begunSequence }: OriginProgress): StoreProgress {
  return {
    sequence: doneSequence,
    durableSequence: doneSequence,
    unfinishedSequence: begunSequence > doneSequence ? begunSequence : null,
  };
}
