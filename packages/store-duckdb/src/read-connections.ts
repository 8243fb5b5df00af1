import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError, cancelled, checkAwaited } from '@fluoroscope/store';
import { toCallError } from './engine-error.ts';
import type { Engine } from './engine.ts';
import { INTERRUPTED_MS, READ_CONNECTIONS_MAX, READS_WAITING_MAX } from './limits.ts';
import type { BeginRead, ReadLane, SliceReader, Snapshot } from './source.ts';

/** Connections that only read, so that no read waits for a write: one for the transaction of a read, one beside it for slices. */
export interface ReadConnections extends Disposable {
  /** Runs with a connection of its own, on one snapshot. Waits while all are in use. Rejects with `cancelled` once the signal says so. */
  read<Answer>(run: Run<Answer>, signal?: AbortSignal): Promise<Answer>;
  /** The same for what looks at rows of traces. */
  readRows<Answer>(run: Run<Answer>, signal?: AbortSignal): Promise<Answer>;
  /** Within a read with this signal: with a second way to ask slices at the same time, if one is free. */
  besideOf(signal?: AbortSignal): Beside;
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

/** Taken for a read and given back; who finds none free waits in turn. */
interface Lanes extends Disposable {
  /** Rejects with `cancelled` when the signal says so first. */
  take(signal: AbortSignal | undefined): Promise<OwnLane>;
  takeFree(): Promise<OwnLane | null>;
  giveBack(lane: OwnLane): void;
}

function createLanes(engine: Engine, sliceReaderOn: ReadConnectionsOptions['sliceReaderOn']): Lanes {
  const idle: OwnLane[] = [];
  const waiting = new Set<(free: OwnLane) => void>();
  let openCount = 0;

  async function takeFree(): Promise<OwnLane | null> {
    const free = idle.pop();
    if (free !== undefined) return free;
    if (openCount === READ_CONNECTIONS_MAX) return null;
    openCount += 1;
    const [connection, ofSlices] = [await engine.connect(), await engine.connect()];
    return { connection, ofSlices, slices: sliceReaderOn(ofSlices) };
  }

  return {
    async take(signal) {
      const lane = await takeFree();
      if (lane !== null) return lane;
      checkAwaited(signal);
      if (waiting.size >= READS_WAITING_MAX) throw new StoreError('failed', 'too many reads are waiting');
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(go);
          reject(cancelled());
        };
        function go(free: OwnLane): void {
          signal?.removeEventListener('abort', leave);
          resolve(free);
        }
        waiting.add(go);
        signal?.addEventListener('abort', leave, { once: true });
      });
    },
    takeFree,
    giveBack(lane) {
      const [next] = waiting;
      if (next === undefined) {
        idle.push(lane);
        return;
      }
      waiting.delete(next);
      next(lane);
    },
    [Symbol.dispose]() {
      for (const { connection, ofSlices } of idle) for (const own of [connection, ofSlices]) engine.disconnect(own);
      idle.length = 0;
    },
  };
}

export function createReadConnections(
  engine: Engine,
  { begin: beginAny, beginRows, sliceReaderOn }: ReadConnectionsOptions,
): ReadConnections {
  const lanes = createLanes(engine, sliceReaderOn);

  async function read<Answer>(run: Run<Answer>, beginOn: BeginRead, signal: AbortSignal | undefined): Promise<Answer> {
    const lane = await lanes.take(signal);
    try {
      using snapshot = await beginOn(lane);
      try {
        checkAwaited(signal);
        using _stop = interruptOnAbort(lane, signal);
        return await run(lane.connection, snapshot);
      } finally {
        await lane.connection.run('ROLLBACK');
      }
    } catch (error) {
      throw signal?.aborted === true ? cancelled() : toCallError('a read failed', error);
    } finally {
      lanes.giveBack(lane);
    }
  }

  return {
    read: (run, signal) => read(run, beginAny, signal),
    readRows: (run, signal) => read(run, beginRows, signal),
    besideOf: (signal) => async (run) => {
      const second = await lanes.takeFree();
      if (second === null) return run(null);
      try {
        using _stop = interruptOnAbort(second, signal);
        return await run(second.slices);
      } finally {
        lanes.giveBack(second);
      }
    },
    [Symbol.dispose]: () => lanes[Symbol.dispose](),
  };
}

/**
 * Until disposed, which must be before the lane's transaction ends. An interrupt stops the statement that runs, not the next one: it is
 * said again until none begins any more.
 */
function interruptOnAbort({ connection, ofSlices }: OwnLane, signal: AbortSignal | undefined): Disposable {
  let timer: NodeJS.Timeout | undefined;
  function interrupt(): void {
    for (const own of [connection, ofSlices]) own.interrupt();
  }
  function start(): void {
    interrupt();
    timer = setInterval(interrupt, INTERRUPTED_MS);
  }
  if (signal?.aborted === true) start();
  signal?.addEventListener('abort', start, { once: true });
  return {
    [Symbol.dispose]() {
      signal?.removeEventListener('abort', start);
      clearInterval(timer);
    },
  };
}
