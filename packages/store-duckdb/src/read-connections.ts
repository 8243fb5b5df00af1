import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '@fluoroscope/store';
import { toCallError } from './engine-error.ts';
import type { Engine } from './engine.ts';
import { READ_CONNECTIONS_MAX, READS_WAITING_MAX } from './limits.ts';
import type { BeginRead, ReadLane, SliceReader, Snapshot } from './source.ts';

/** Connections that only read, so that no read waits for a write: one for the transaction of a read, one beside it for slices. */
export interface ReadConnections extends Disposable {
  /** Runs with a connection of its own, on one snapshot. Waits while all are in use. */
  read<Answer>(run: Run<Answer>): Promise<Answer>;
  /** The same for what looks at rows of traces. */
  readRows<Answer>(run: Run<Answer>): Promise<Answer>;
  /** Within a read: with a second way to ask slices at the same time, if one is free. */
  readonly beside: Beside;
}

export type Run<Answer> = (connection: DuckDBConnection, snapshot: Snapshot) => Promise<Answer>;

export type Beside = <Answer>(run: (second: SliceReader | null) => Promise<Answer>) => Promise<Answer>;

export interface ReadConnectionsOptions {
  readonly begin: BeginRead;
  readonly beginRows: BeginRead;
  readonly sliceReaderOn: (connection: DuckDBConnection) => SliceReader;
}

interface OwnLane extends ReadLane {
  readonly ofSlices: DuckDBConnection;
}

export function createReadConnections(
  engine: Engine,
  { begin, beginRows, sliceReaderOn }: ReadConnectionsOptions,
): ReadConnections {
  const idle: OwnLane[] = [];
  const waiting: ((lane: OwnLane) => void)[] = [];
  let openCount = 0;

  async function takeFree(): Promise<OwnLane | null> {
    const lane = idle.pop();
    if (lane !== undefined) return lane;
    if (openCount === READ_CONNECTIONS_MAX) return null;
    openCount += 1;
    const [connection, ofSlices] = [await engine.connect(), await engine.connect()];
    return { connection, ofSlices, slices: sliceReaderOn(ofSlices) };
  }

  async function take(): Promise<OwnLane> {
    const lane = await takeFree();
    if (lane !== null) return lane;
    if (waiting.length >= READS_WAITING_MAX) throw new StoreError('failed', 'too many reads are waiting');
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(lane: OwnLane): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(lane);
    else next(lane);
  }

  async function read<Answer>(run: Run<Answer>, beginOn: BeginRead): Promise<Answer> {
    const lane = await take();
    try {
      using snapshot = await beginOn(lane);
      try {
        return await run(lane.connection, snapshot);
      } finally {
        await lane.connection.run('COMMIT');
      }
    } catch (error) {
      throw toCallError('a read failed', error);
    } finally {
      giveBack(lane);
    }
  }

  return {
    read: (run) => read(run, begin),
    readRows: (run) => read(run, beginRows),
    async beside(run) {
      const second = await takeFree();
      try {
        return await run(second?.slices ?? null);
      } finally {
        if (second !== null) giveBack(second);
      }
    },
    [Symbol.dispose]() {
      for (const { connection, ofSlices } of idle) for (const own of [connection, ofSlices]) engine.disconnect(own);
      idle.length = 0;
    },
  };
}
